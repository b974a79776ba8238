"""Two customers and one last slot: exactly one wins, the others are told at once."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, time
from typing import Any

from campaigns import agree, choice
from campaigns.errors import Conflict
from campaigns.models import DeferralGrant
from tests.kit import Office, add_customer, agree_on, open_campaign, open_days, rollout_id, rows_of

RIVALS = 20
ROUNDS = 3
# One person each: an hour and 3 x 2 minutes; a day of 480 minutes holds seven of them.
NEEDED = 66
PLACES = 480 // NEEDED
HELD = """
    SELECT d.day, d.taken, d.capacity, sum(b.minutes)
    FROM technician_day d
    LEFT JOIN booking b ON b.technician_day_id = d.id AND b.released_at IS NULL
    GROUP BY d.id, d.day, d.taken, d.capacity
"""


def rivals(office: Office, many: int) -> list[int]:
    for n in range(many):
        add_customer(office, f"Rival {n}", people=1)
    campaign = open_campaign(office)
    return [rollout_id(office, campaign, f"Rival {n}") for n in range(many)]


def at_once(acts: list[Callable[[], Any]]) -> list[BaseException | None]:
    """Everybody acts at the same moment; what each one met with."""
    gate = threading.Barrier(len(acts))
    met: list[BaseException | None] = [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        try:
            acts[place]()
        except BaseException as error:
            met[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met


def words(met: list[BaseException | None]) -> Counter[str]:
    return Counter(
        "agreed" if m is None else m.code if isinstance(m, Conflict) else repr(m)[:300] for m in met
    )


def assert_nothing_oversold(office: Office) -> None:
    for _day, taken, capacity, held in rows_of(office, HELD):
        assert taken == (held or 0) <= capacity


def test_exactly_as_many_win_as_there_are_places(office: Office) -> None:
    rollouts = rivals(office, RIVALS)
    days: list[date] = [d.day for d in open_days(office, rollouts[0])]  # type: ignore[attr-defined]
    for day in days[:ROUNDS]:
        met = at_once([lambda r=r, d=day: agree_on(office, r, d) for r in rollouts])  # type: ignore[misc]
        assert words(met) == {"agreed": PLACES, "date_taken": RIVALS - PLACES}
        assert_nothing_oversold(office)
        held = "SELECT count(*) FROM agreement WHERE day IS NOT NULL"
        assert rows_of(office, held)[0][0] % PLACES == 0
    losers = {type(m) for m in met if m is not None}
    assert losers == {Conflict}


def test_who_loses_is_shown_what_is_free_and_keeps_the_date_that_stood(office: Office) -> None:
    first, second = rivals(office, 2)
    early, late, *_ = [d.day for d in open_days(office, first)]  # type: ignore[attr-defined]
    agree_on(office, second, late)
    agree_on(office, first, early)
    with office.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE technician_day SET taken = capacity - 10")
    met = at_once([lambda: agree_on(office, second, early)])
    assert words(met) == {"date_taken": 1}
    with office.store.reading() as session:
        kept = choice.open_case(session, second, office.now, 480).current
        assert kept is not None
        assert kept.day == late
    assert early not in {d.day for d in open_days(office, second)}  # type: ignore[attr-defined]


def test_one_customer_answering_twice_at_once_has_one_date(office: Office) -> None:
    [rollout] = rivals(office, 1)
    allow_many_moves(office, rollout)
    first, second, *_ = [d.day for d in open_days(office, rollout)]  # type: ignore[attr-defined]
    met = at_once(
        [
            lambda d=d, n=n: agree_on(office, rollout, d, key=f"{n}")  # type: ignore[misc]
            for n, d in enumerate((first, second) * 4)
        ]
    )
    kinds = words(met)
    assert set(kinds) <= {"agreed", "changed_meanwhile"}
    assert kinds["agreed"] >= 1
    held = rows_of(office, "SELECT count(*) FROM booking WHERE released_at IS NULL")
    assert held == [(1,)]
    assert_nothing_oversold(office)


def test_the_same_form_sent_twice_at_once_is_one_agreement(office: Office) -> None:
    [rollout] = rivals(office, 1)
    day = open_days(office, rollout)[0].day  # type: ignore[attr-defined]
    met = at_once([lambda: agree_on(office, rollout, day, key="form 1")] * 6)
    assert set(words(met)) <= {"agreed", "changed_meanwhile"}
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(1,)]
    assert_nothing_oversold(office)


def allow_many_moves(office: Office, *rollouts: int) -> None:
    with office.store.writing() as session:
        session.add_all(
            DeferralGrant(rollout_id=rollout, by_staff="ada", why="a test", at=office.now)
            for rollout in rollouts
            for _ in range(8)
        )


def test_two_customers_who_swap_their_days_at_once_both_get_an_answer(office: Office) -> None:
    """Each gives back a day and takes the other's: nobody may wait for the other for ever."""
    one, two = rivals(office, 2)
    first, second, *_ = [d.day for d in open_days(office, one)]  # type: ignore[attr-defined]
    agree_on(office, one, first)
    agree_on(office, two, second)
    allow_many_moves(office, one, two)
    for round_ in range(8):
        mine, yours = (second, first) if round_ % 2 == 0 else (first, second)
        met = at_once(
            [
                lambda d=mine: agree_on(office, one, d, at=time(8)),  # type: ignore[misc]
                lambda d=yours: agree_on(office, two, d, at=time(8)),  # type: ignore[misc]
            ]
        )
        assert words(met) == {"agreed": 2}
    assert_nothing_oversold(office)


def test_the_database_itself_refuses_to_sell_more_than_there_is(office: Office) -> None:
    [rollout] = rivals(office, 1)
    agree_on(office, rollout, open_days(office, rollout)[0].day)  # type: ignore[attr-defined]
    met = at_once([lambda: _oversell(office)])
    assert "IntegrityError" in repr(met[0])
    assert_nothing_oversold(office)


def _oversell(office: Office) -> None:
    with office.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE technician_day SET taken = capacity + 1")


def test_the_needed_minutes_are_what_this_file_reckons_with(office: Office) -> None:
    [rollout] = rivals(office, 1)
    with office.store.reading() as session:
        assert choice.open_case(session, rollout, office.now, 480).terms.minutes == NEEDED
        assert agree.versions(session, rollout) == 0
