"""Claim, mark, settle: a letter belongs to one courier, and leaves at most once."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from campaigns.models import Delivery
from tests.campaigns.claim_kit import (
    LEASE,
    finish,
    hold,
    invited,
    mark,
    rescue,
    settle,
    states,
    take,
)
from tests.kit import (
    Office,
    agree_on,
    open_days,
    rollout_id,
    sent,
    withdraw,
)
from workers.courier import deliver
from workers.opening import open_due
from workers.steward import tick


def test_a_claimed_letter_is_not_claimed_again(office: Office) -> None:
    invited(office, customers=3)
    assert len(take(office, "first", limit=2)) == 2
    assert len(take(office, "second")) == 1
    assert take(office, "third") == []


def test_letters_that_have_gone_do_not_crowd_out_those_that_are_due(office: Office) -> None:
    invited(office, customers=3)
    first, second, third = take(office)
    for claim in (first, second):
        assert settle(office, claim, "sent")
    assert settle(office, third, "due", at_once=True)
    assert [claim.delivery.id for claim in take(office, "next", limit=1)] == [third.delivery.id]


def test_a_held_campaign_gives_no_letters_away(office: Office) -> None:
    hold(office, invited(office))
    assert take(office) == []
    assert states(office) == {"due": 1}


def test_a_mark_is_refused_after_a_hold(office: Office) -> None:
    campaign = invited(office)
    [claim] = take(office)
    hold(office, campaign)
    assert mark(office, claim) is False


def test_a_mark_is_refused_after_the_date_was_agreed_or_moved(office: Office) -> None:
    campaign = invited(office)
    [claim] = take(office)
    rollout = rollout_id(office, campaign, "Customer 0")
    agree_on(office, rollout, open_days(office, rollout)[3].day)  # type: ignore[attr-defined]
    assert mark(office, claim) is False


def test_a_mark_is_refused_once_the_lease_has_run_out(office: Office) -> None:
    invited(office)
    [claim] = take(office)
    assert mark(office, claim, office.now + LEASE + timedelta(seconds=1)) is False


def test_a_mark_is_refused_to_a_courier_whose_letter_was_given_to_another(office: Office) -> None:
    invited(office)
    [late] = take(office, "late")
    rescue(office, office.now + LEASE + timedelta(seconds=1))
    [early] = take(office, "early")
    assert mark(office, late) is False
    assert mark(office, early) is True


def test_a_late_courier_cannot_settle_what_another_one_holds(office: Office) -> None:
    invited(office)
    [late] = take(office, "late")
    rescue(office, office.now + LEASE + timedelta(seconds=1))
    [early] = take(office, "early")
    assert not settle(office, late, "failed")
    assert settle(office, early, "sent")
    assert states(office) == {"sent": 1}


def test_an_unmarked_letter_of_a_dead_courier_is_due_again_and_sent_once(office: Office) -> None:
    invited(office)
    take(office)
    assert rescue(office, office.now + timedelta(minutes=1)) == {"due": 0, "uncertain": 0}
    assert rescue(office, office.now + timedelta(minutes=6)) == {"due": 1, "uncertain": 0}
    tick(office.rt)
    assert len(sent(office)) == 1


def test_a_marked_letter_of_a_dead_courier_is_uncertain_and_never_sent_again_by_itself(
    office: Office,
) -> None:
    invited(office)
    [claim] = take(office)
    assert mark(office, claim)
    assert rescue(office, office.now + timedelta(minutes=6)) == {"due": 0, "uncertain": 1}
    office.later(days=3)
    assert sent(office) == []
    assert states(office) == {"uncertain": 1}


def test_the_steward_rescues_by_itself(office: Office) -> None:
    invited(office)
    take(office)
    office.clock.move_to(office.now + timedelta(minutes=6))
    tick(office.rt)
    assert len(sent(office)) == 1


def test_a_letter_in_flight_when_the_campaign_is_finished_does_not_stay_open(
    office: Office,
) -> None:
    """The courier is stopped at the mark; what it gives back must not wait for ever."""
    campaign = invited(office)
    [claim] = take(office)
    finish(office, campaign)
    assert mark(office, claim) is False
    settle(office, claim, "due", at_once=True)
    office.later(hours=1)
    assert states(office) == {"cancelled": 1}


def test_a_letter_of_a_dead_courier_does_not_stay_open_in_a_finished_campaign(
    office: Office,
) -> None:
    campaign = invited(office)
    take(office)
    finish(office, campaign)
    office.later(hours=1).later(hours=1)
    assert states(office) == {"cancelled": 1}


def test_a_withdrawn_date_cancels_what_waited_for_it(office: Office) -> None:
    campaign = invited(office)
    deliver(office.rt, office.now)
    rollout = rollout_id(office, campaign, "Customer 0")
    agree_on(office, rollout, open_days(office, rollout)[3].day)  # type: ignore[attr-defined]
    open_due(office.rt, office.now)
    withdraw(office, rollout)
    office.later(hours=2)
    steps = [letter.step for letter in sent(office)]
    assert "confirm" not in steps
    assert steps.count("withdrawn") == 1
    assert "due" not in states(office)


def test_a_letter_cannot_be_in_a_state_that_does_not_exist(office: Office) -> None:
    invited(office)
    with pytest.raises(Exception, match=r"(?i)check"), office.store.writing() as session:
        session.execute(update(Delivery).values(state="lost"))
