"""A long queue is worked in rounds, so that nothing else waits for its end."""

from dataclasses import replace
from datetime import datetime, timedelta

from campaigns import launch
from campaigns.contact import Limits
from campaigns.models import Campaign, Delivery
from rollout.wiring import machine_now
from tests.campaigns.claim_kit import hold, invited, states, take
from tests.kit import ADA, Office, add_customer, open_campaign, rows_of
from tests.services.pysink import PythonSink
from workers.courier import deliver
from workers.lent import lending
from workers.mail import SmtpMailer
from workers.opening import ROUND, open_due
from workers.runtime import Runtime
from workers.steward import tick


class Hurrying:
    """A real clock of which every look is a while later than the last."""

    speed = None

    def __init__(self, office: Office) -> None:
        self._office, self._late = office, timedelta(0)

    def move_to(self, moment: datetime) -> None:
        raise AssertionError("nobody moves it")

    def now(self) -> datetime:
        return self._office.now

    def machine(self) -> datetime:
        self._late += ROUND / 20
        return machine_now() + self._late


def in_real_time(office: Office) -> Runtime:
    return replace(office.rt, clock=Hurrying(office), lease_seconds=3600)


def test_a_round_ends_and_says_that_there_is_more(office: Office) -> None:
    invited(office, customers=30)
    tally = deliver(in_real_time(office), office.now)
    assert tally.more
    assert 0 < tally.sent < 30
    assert states(office) == {"sent": tally.sent, "due": 30 - tally.sent}


def test_what_is_left_of_a_round_goes_out_in_the_next_ones(office: Office) -> None:
    invited(office, customers=30)
    tally = tick(in_real_time(office))
    assert (tally.sent, tally.more) == (30, False)


def test_a_letter_of_a_dead_worker_is_taken_back_while_another_has_much_to_send(
    office: Office,
) -> None:
    """Its lease ends while the long queue is worked; nobody else is there to look."""
    invited(office, customers=30)
    [claim] = take(office, "dead", limit=1)
    with office.store.writing() as session:
        letter = session.get_one(Delivery, claim.delivery.id)
        letter.lease_until = machine_now() + 2 * ROUND
    tally = tick(in_real_time(office))
    assert tally.sent == 30


def test_a_hold_is_heard_between_two_rounds(office: Office) -> None:
    campaign = invited(office, customers=30)
    rt = in_real_time(office)
    first = deliver(rt, office.now)
    hold(office, campaign)
    assert deliver(rt, office.now).sent == 0
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        launch.resume(session, found, who=ADA, now=office.now)
    assert first.sent + tick(rt).sent == 30


def test_a_letter_that_waits_for_the_next_round_counts_no_attempt(office: Office) -> None:
    invited(office, customers=30)
    deliver(in_real_time(office), office.now)
    assert rows_of(office, "SELECT DISTINCT attempt FROM delivery") == [(0,)]


def test_a_server_is_greeted_once_for_all_rounds(office: Office) -> None:
    """One that takes seconds to greet would else take hardly a letter a round."""
    invited(office, customers=30)
    with PythonSink(pipelining=True) as sink:
        mailer = SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=5)
        tally = tick(replace(in_real_time(office), mailer=mailer))
    assert (tally.sent, sink.connections) == (30, 1)


def test_connections_that_others_may_want_are_ours_for_all_rounds_and_free_at_the_end(
    office: Office,
) -> None:
    invited(office, customers=30)
    seen: list[int] = []

    def watch(phase: str) -> None:
        if phase == "DATA":
            seen.extend(row[0] for row in rows_of(office, "SELECT count(*) FROM mail_line"))

    with PythonSink(pipelining=True, watch=watch) as sink:
        mailer = SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=5)
        rt = replace(in_real_time(office), mailer=mailer, limits=Limits(lines=2), connections=2)
        tally = tick(rt)
    assert (tally.sent, sink.connections) == (30, 2)
    assert set(seen) == {2}
    assert rows_of(office, "SELECT count(*) FROM mail_line") == [(0,)]


def test_connections_that_were_lost_to_another_worker_are_not_used_on(office: Office) -> None:
    rt = replace(office.rt, limits=Limits(lines=1))
    with lending(rt) as slow, lending(rt) as quick:
        assert len(slow.fleet(never).lanes) == 1
        assert not quick.fleet(never).lanes
        office.clock.move_to(office.now + timedelta(seconds=rt.lease_seconds + 1))
        assert len(quick.fleet(never).lanes) == 1
        assert not slow.fleet(never).lanes


def never() -> bool:
    return False


def test_touches_that_are_due_are_opened_in_rounds_too(office: Office) -> None:
    for number in range(30):
        add_customer(office, f"Customer {number}", people=1)
    open_campaign(office)
    office.clock.move_to(office.now + timedelta(hours=3))
    rt = in_real_time(office)
    opened = open_due(rt, office.now)
    assert opened.more
    assert 0 < opened.due < 30
    assert tick(rt).sent == 30
