"""What all workers share about a mail server: its rest, its limits, its lines."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from campaigns import contact
from campaigns.contact import Limits
from tests.kit import Office

HOST = "mail.example:587"
LEASE = timedelta(seconds=40)


def reserve(office: Office, limits: Limits, want: int) -> int:
    with office.store.writing() as session:
        return contact.reserve(session, HOST, limits, want, office.now)


def lines(office: Office, limits: Limits, want: int, token: str) -> int:
    with office.store.writing() as session:
        until = office.now + LEASE
        return contact.take_lines(session, HOST, limits, want, token, office.now, until)


def rest(office: Office) -> float:
    """Minutes for which the server is now left alone."""
    with office.store.writing() as session:
        until = contact.rest(session, HOST, "421 too many connections", office.now)
    return (until - office.now).total_seconds() / 60


def pass_time(office: Office, **span: float) -> None:
    office.clock.move_to(office.now + timedelta(**span))


def test_a_server_that_fails_is_left_alone_longer_each_time(office: Office) -> None:
    waits = []
    for _ in range(8):
        waits.append(rest(office))
        pass_time(office, minutes=waits[-1], seconds=1)
    assert waits == [1, 2, 5, 10, 20, 30, 30, 30]


def test_workers_that_meet_the_same_failure_count_it_once(office: Office) -> None:
    assert rest(office) == 1
    pass_time(office, seconds=30)
    assert rest(office) == 0.5


def test_a_letter_that_was_taken_ends_the_rest(office: Office) -> None:
    rest(office)
    pass_time(office, minutes=2)
    rest(office)
    with office.store.writing() as session:
        contact.recovered(session, HOST)
        assert contact.resting_until(session, HOST, office.now) is None
    assert rest(office) == 1


def test_no_sixty_seconds_hold_more_than_the_minute_allows(office: Office) -> None:
    limits, given = Limits(per_minute=30), []
    for _ in range(120):
        given.append((office.now, reserve(office, limits, 7)))
        pass_time(office, seconds=3)
    for at, _ in given:
        minute = sum(n for when, n in given if at <= when < at + timedelta(seconds=60))
        assert minute <= 30
    assert sum(n for _, n in given) >= 30 * 6 * 0.85


def test_the_day_is_counted_over_twenty_four_hours(office: Office) -> None:
    limits = Limits(per_day=100)
    assert reserve(office, limits, 70) == 70
    pass_time(office, hours=20)
    assert reserve(office, limits, 70) == 30
    pass_time(office, hours=3)
    assert reserve(office, limits, 70) == 0
    pass_time(office, hours=1, seconds=5)
    assert reserve(office, limits, 70) == 70


def test_letters_that_did_not_go_after_all_leave_their_room_to_others(office: Office) -> None:
    limits = Limits(per_minute=10)
    assert reserve(office, limits, 10) == 10
    with office.store.writing() as session:
        contact.release(session, HOST, limits, 4, office.now)
    assert reserve(office, limits, 10) == 4


def test_a_server_without_limits_is_not_even_counted(office: Office) -> None:
    assert reserve(office, Limits(), 1_000_000) == 1_000_000
    assert lines(office, Limits(), 64, "one") == 64


def test_connections_are_shared_and_come_back_when_a_worker_dies(office: Office) -> None:
    limits = Limits(lines=3)
    assert lines(office, limits, 2, "one") == 2
    assert lines(office, limits, 2, "two") == 1
    assert lines(office, limits, 2, "three") == 0
    with office.store.writing() as session:
        contact.give_back_lines(session, "two")
    assert lines(office, limits, 2, "three") == 1
    pass_time(office, seconds=41)
    assert lines(office, limits, 3, "four") == 3


@pytest.mark.parametrize("workers", [8])
def test_workers_at_the_same_moment_never_take_more_than_there_is(
    office: Office, workers: int
) -> None:
    limits, barrier, taken = Limits(per_minute=20, lines=5), Barrier(workers), []

    def work(number: int) -> None:
        barrier.wait()
        mine = (reserve(office, limits, 6), lines(office, limits, 2, f"worker {number}"))
        taken.append(mine)

    threads = [Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(letters for letters, _ in taken) == 20
    assert sum(count for _, count in taken) == 5
