"""A long queue is worked in rounds, so that nothing else waits for its end."""

from dataclasses import replace
from datetime import datetime, timedelta

from campaigns import launch
from campaigns.models import Campaign, Delivery
from rollout.wiring import machine_now
from tests.campaigns.claim_kit import hold, invited, states, take
from tests.kit import ADA, Office, rows_of
from workers.courier import ROUND, deliver
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
