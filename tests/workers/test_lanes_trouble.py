"""What goes wrong around one letter must not keep the others, nor count what was not tried."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from campaigns import contact, journal
from campaigns.contact import Limits
from campaigns.models import Contact, CustomerLink, Delivery, Touch
from tests.kit import Office, rows_of
from tests.services.pysink import PythonSink, Step
from tests.workers.test_lanes import courier, due, on_third_data, states
from workers.courier import deliver
from workers.opening import open_due
from workers.steward import tick


def test_room_that_was_reserved_and_not_used_is_there_for_the_next_try(office: Office) -> None:
    due(office)
    limits = Limits(per_day=15)
    with PythonSink({"CONNECT": [Step(421), Step(421)]}) as sink:
        rt = courier(office, sink, limits=limits)
        for _ in range(2):
            assert deliver(rt, office.now).sent == 0
            office.clock.move_to(office.now + timedelta(minutes=3))
        assert deliver(rt, office.now).sent == 12


def test_a_server_that_takes_a_few_and_then_wants_a_pause_is_not_rested_longer_each_time(
    office: Office,
) -> None:
    due(office)
    some = [Step(), Step(), Step(421, drop=True), Step(421, drop=True)]
    with PythonSink({"MAIL": some * 6}) as sink:
        rt = courier(office, sink, connections=1)
        for _ in range(7):
            deliver(rt, office.now)
            office.clock.move_to(office.now + timedelta(minutes=1, seconds=1))
    assert states(office) == {"sent": 12}


def test_a_server_that_allows_fewer_connections_still_gets_every_letter(office: Office) -> None:
    due(office)
    with PythonSink({"CONNECT": [Step(), Step(), Step(421), Step(421)]}) as sink:
        rt = courier(office, sink)
        first = deliver(rt, office.now)
        second = deliver(rt, office.now)
    assert first.sent >= 8
    assert first.sent + second.sent == 12
    assert rows_of(office, "SELECT DISTINCT attempt FROM delivery") == [(0,)]


def test_a_server_that_refuses_our_own_address_is_away_and_no_letter_fails(
    office: Office,
) -> None:
    due(office)
    with PythonSink({"MAIL": Step(550)}) as sink:
        deliver(courier(office, sink), office.now)
    assert states(office) == {"due": 12}


def test_a_server_that_refuses_everything_is_left_alone_before_everything_has_failed(
    office: Office,
) -> None:
    due(office)
    with PythonSink({"RCPT": Step(554)}) as sink:
        rt = courier(office, sink, connections=1)
        for _ in range(3):
            deliver(rt, office.now)
    assert states(office) == {"failed": 5, "due": 7}


class Broken(dict[tuple[str, str], object]):
    """Letters that nobody has foreseen to go wrong, at the first look."""

    def __init__(self) -> None:
        self.left = 1

    def __contains__(self, key: object) -> bool:
        if self.left:
            self.left -= 1
            raise KeyError("unforeseen")
        return super().__contains__(key)


def test_a_letter_that_cannot_be_written_does_not_keep_the_others(office: Office) -> None:
    due(office)
    with PythonSink() as sink:
        rt = replace(courier(office, sink), compiled=Broken())  # type: ignore[arg-type]
        tally = deliver(rt, office.now)
    assert (tally.sent, tally.later) == (11, 1)


def test_a_touch_that_cannot_be_opened_does_not_keep_the_others(office: Office) -> None:
    due(office)
    with office.store.writing() as session:
        session.query(Delivery).delete()
        session.query(CustomerLink).delete()
        session.execute(update(Touch).where(Touch.state == "open").values(state="planned"))
    tally = open_due(replace(office.rt, links=Unlinkable(office)), office.now)  # type: ignore[arg-type]
    assert tally.due == 11


class Unlinkable:
    """Links that fail for the first customer."""

    def __init__(self, office: Office) -> None:
        self.inner = office.rt.links
        self.left = 1

    def tokens(self, *values: object) -> list[str]:
        if self.left:
            self.left -= 1
            raise RuntimeError("unforeseen")
        return self.inner.tokens(*values)  # type: ignore[arg-type]


@pytest.mark.parametrize("reply", ["a NUL \0 inside", "\x1b[31mred\x1b[0m", "ünïcödé"])
def test_strange_words_of_a_server_are_kept_as_plain_ones(office: Office, reply: str) -> None:
    due(office, 2)
    with PythonSink({".": Step(250, text=reply)}) as sink:
        assert deliver(courier(office, sink), office.now).sent == 2
    [(kept,), _] = rows_of(office, "SELECT reply FROM delivery")
    assert kept.isprintable()


def test_a_touch_that_nobody_sealed_is_sealed_by_the_next_sweep(office: Office) -> None:
    due(office, 3)
    with office.store.writing() as session:
        session.execute(update(Delivery).values(state="sent", settled_at=office.now))
    tick(office.rt)
    assert rows_of(office, "SELECT DISTINCT state FROM touch WHERE opened_at IS NOT NULL") == [
        ("done",)
    ]
    sealed = "SELECT count(*) FROM journal_entry WHERE what = 'letters_settled'"
    assert rows_of(office, sealed) == [(3,)]
    with office.store.reading() as session:
        assert journal.verify(session) == []


def test_an_answer_that_comes_after_the_rescue_is_sealed_as_it_was(office: Office) -> None:
    due(office, 1)
    later = office.now + timedelta(minutes=5)

    def rescue() -> None:
        with office.store.writing() as session:
            contact.rescue(session, now=office.now, machine=later)

    def watch(phase: str) -> None:
        if phase == ".":
            rescue()

    with PythonSink(watch=watch) as sink:
        assert deliver(courier(office, sink), office.now).sent == 1
    assert states(office) == {"sent": 1}
    [(details,)] = rows_of(
        office, "SELECT details FROM journal_entry WHERE what = 'letters_settled' ORDER BY id DESC"
    )[:1]
    assert "uncertain" not in str(details)


def test_a_letter_does_not_go_to_an_address_that_was_corrected_meanwhile(office: Office) -> None:
    due(office)

    def correct() -> None:
        with office.store.writing() as session:
            session.execute(update(Contact).values(email="new" + Contact.email))

    with PythonSink(watch=on_third_data(correct)) as sink:
        rt = courier(office, sink, connections=1)
        deliver(rt, office.now)
        deliver(rt, office.now)
    to = [letter.recipients[0] for letter in sink.received]
    assert len(to) == len(set(to)) == 12
    assert sum(address.startswith("new") for address in to) == 10
