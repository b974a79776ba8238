"""One worker, several connections: each letter once, and a mark before every final dot."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from campaigns import launch
from campaigns.contact import Limits
from campaigns.models import Campaign, Contact
from tests.kit import ADA, Office, add_customer, open_campaign, rows_of
from tests.services.pysink import PythonSink, Step
from workers.courier import deliver
from workers.mail import SmtpMailer
from workers.opening import open_due
from workers.runtime import Runtime

MARKED = "SELECT count(*) FROM delivery WHERE state = 'sending' AND mark IS NOT NULL"
STATES = "SELECT state, count(*) FROM delivery GROUP BY state"


def due(office: Office, customers: int = 12) -> int:
    """Invitations that wait for a courier; the campaign's number."""
    for number in range(customers):
        add_customer(office, f"Customer {number}", people=1)
    campaign = open_campaign(office)
    office.clock.move_to(office.now + timedelta(hours=3))
    open_due(office.rt, office.now)
    return campaign


def courier(office: Office, sink: PythonSink, **values: object) -> Runtime:
    mailer = SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=5)
    return replace(office.rt, mailer=mailer, **{"connections": 4, **values})  # type: ignore[arg-type]


def states(office: Office) -> dict[str, int]:
    return {state: int(count) for state, count in rows_of(office, STATES)}


def recipients(sink: PythonSink) -> Counter[str]:
    return Counter(letter.recipients[0] for letter in sink.received if letter.code == 250)


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("marks", [1, 3])
def test_every_letter_leaves_once_over_all_connections(
    office: Office, pipelining: bool, marks: int
) -> None:
    due(office)
    with PythonSink(pipelining=pipelining) as sink:
        tally = deliver(courier(office, sink, marks=marks), office.now)
    assert tally.sent == len(recipients(sink)) == len(sink.received) == 12
    assert states(office) == {"sent": 12}
    assert 1 < sink.connections <= 4


@pytest.mark.parametrize(("marks", "most"), [(1, 4), (3, 12)])
def test_before_a_final_dot_its_mark_is_committed_and_few_marks_are_ahead(
    office: Office, marks: int, most: int
) -> None:
    due(office)
    seen: list[tuple[int, int]] = []
    sink: PythonSink

    def watch(phase: str) -> None:
        if phase == ".":
            open_marks = (
                "SELECT count(*) FROM delivery WHERE state = 'sending' AND mark IS NOT NULL"
            )
            [(marked,)] = rows_of(office, open_marks)
            seen.append((int(marked), len(sink.received)))

    with PythonSink(watch=watch) as sink:
        deliver(courier(office, sink, marks=marks), office.now)
    assert len(seen) == 12
    assert all(1 <= marked <= most for marked, _ in seen)


def test_a_connection_that_breaks_after_the_dot_leaves_one_letter_uncertain(
    office: Office,
) -> None:
    due(office)
    with PythonSink({".": [Step(), Step(drop=True)]}) as sink:
        tally = deliver(courier(office, sink), office.now)
    assert (tally.sent, tally.uncertain) == (11, 1)
    assert states(office) == {"sent": 11, "uncertain": 1}
    assert len(sink.received) == 12


def test_one_connection_without_an_answer_does_not_hold_up_the_others(office: Office) -> None:
    due(office)
    with PythonSink({"RCPT": [Step(wait=1.5)]}) as sink:
        rt = courier(office, sink)
        tally = deliver(replace(rt, mailer=replace(rt.mailer, timeout=0.4)), office.now)  # type: ignore[type-var]
    assert (tally.sent, tally.later) == (11, 1)
    assert states(office) == {"sent": 11, "due": 1}


def test_a_refused_address_fails_alone_on_its_connection(office: Office) -> None:
    due(office)
    with PythonSink({"RCPT": [Step(), Step(550)]}) as sink:
        tally = deliver(courier(office, sink), office.now)
    assert (tally.sent, tally.failed) == (11, 1)


def test_a_server_that_is_away_is_left_alone_as_a_whole_and_no_try_is_counted(
    office: Office,
) -> None:
    due(office)
    with PythonSink({"CONNECT": Step(421)}) as sink:
        rt = courier(office, sink)
        for _ in range(5):
            deliver(rt, office.now)
        knocks = sink.connections
    assert knocks <= 4
    assert states(office) == {"due": 12}
    assert rows_of(office, "SELECT DISTINCT attempt FROM delivery") == [(0,)]


def test_after_its_rest_the_server_is_tried_again(office: Office) -> None:
    due(office)
    with PythonSink({"CONNECT": [Step(421)]}) as sink:
        rt = courier(office, sink)
        assert deliver(rt, office.now).sent == 0
        office.clock.move_to(office.now + timedelta(minutes=1, seconds=1))
        assert deliver(rt, office.now).sent == 12


def test_a_server_that_says_goodbye_between_letters_is_called_again(office: Office) -> None:
    due(office)
    with PythonSink({"MAIL": [Step(), Step(), Step(421, drop=True)]}) as sink:
        tally = deliver(courier(office, sink, connections=1), office.now)
    assert tally.sent == 12
    assert sink.connections == 2


def test_a_goodbye_that_fails_changes_nothing(office: Office) -> None:
    due(office)
    with PythonSink({"QUIT": Step(drop=True)}) as sink:
        assert deliver(courier(office, sink), office.now).sent == 12
    assert states(office) == {"sent": 12}


def test_a_minutes_limit_is_kept_over_sweeps(office: Office) -> None:
    due(office)
    with PythonSink() as sink:
        rt = courier(office, sink, limits=Limits(per_minute=5))
        assert deliver(rt, office.now).sent == 5
        assert deliver(rt, office.now).sent == 0
        office.clock.move_to(office.now + timedelta(seconds=63))
        assert deliver(rt, office.now).sent == 5
    assert states(office) == {"sent": 10, "due": 2}


def on_third_data(deed: Callable[[], None]) -> Callable[[str], None]:
    count = Counter[str]()

    def watch(phase: str) -> None:
        count[phase] += 1
        if phase == "DATA" and count[phase] == 3:
            deed()

    return watch


def test_after_a_hold_no_further_letter_is_finished(office: Office) -> None:
    campaign = due(office)

    def hold() -> None:
        with office.store.writing() as session:
            found = session.get_one(Campaign, campaign)
            launch.hold(session, found, why="wait", who=ADA, now=office.now)

    with PythonSink(watch=on_third_data(hold)) as sink:
        tally = deliver(courier(office, sink, connections=1), office.now)
    assert tally.sent == len(sink.received) == 2
    assert states(office) == {"sent": 2, "due": 10}


def test_nobody_who_was_removed_after_the_claim_gets_a_letter(office: Office) -> None:
    due(office)

    def remove() -> None:
        with office.store.writing() as session:
            gone = {"suppressed_at": office.now, "suppressed_why": "asked"}
            session.execute(update(Contact).values(gone))

    with PythonSink(watch=on_third_data(remove)) as sink:
        rt = courier(office, sink, connections=1)
        tally = deliver(rt, office.now)
        assert deliver(rt, office.now).sent == 0
    assert tally.sent == len(sink.received) == 2
    assert states(office) == {"sent": 2, "skipped": 10}


def test_told_to_stop_the_letters_on_the_connections_are_finished_and_the_rest_is_due(
    office: Office,
) -> None:
    due(office)
    stop = office.rt.stopping.set
    with PythonSink(watch=on_third_data(stop)) as sink:
        tally = deliver(courier(office, sink, marks=3), office.now)
    office.rt.stopping.clear()
    assert tally.sent == len(sink.received) <= 6
    assert states(office) == {"sent": tally.sent, "due": 12 - tally.sent}
