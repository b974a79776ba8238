"""Claim, mark, settle: a letter belongs to one courier, and leaves at most once."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from campaigns import contact, launch
from campaigns.contact import Claim
from campaigns.errors import Conflict, NotFound
from campaigns.models import Campaign, Delivery
from tests.kit import (
    ADA,
    BO,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
    sent,
    withdraw,
)
from workers.courier import deliver, open_due
from workers.outcome import Outcome
from workers.steward import tick

LEASE = timedelta(minutes=5)
STATES = "SELECT state, count(*) FROM delivery GROUP BY state"


def invited(office: Office, customers: int = 1) -> int:
    """A running campaign whose invitations are due and not yet sent; its id."""
    for n in range(customers):
        add_customer(office, f"Customer {n}", people=1)
    campaign = open_campaign(office)
    office.clock.move_to(office.now + timedelta(hours=1))
    open_due(office.rt, office.now)
    return campaign


def take(office: Office, token: str = "mine", limit: int = 50) -> list[Claim]:
    with office.store.writing() as session:
        return contact.claim_due(
            session,
            now=office.now,
            machine=office.now,
            lease=LEASE,
            token=token,
            limit=limit,
        ).claims


WRITTEN = ("message_id", "address", "letter_version", "facts", "body_hash", "told_day")


def mark(office: Office, claim: Claim, machine: datetime | None = None) -> bool:
    with office.store.writing() as session:
        return contact.mark(
            session,
            claim,
            now=office.now,
            machine=machine or office.now,
            lease=LEASE,
            facts=dict.fromkeys(WRITTEN),
        )


def hold(office: Office, campaign: int) -> None:
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        launch.hold(session, found, why="wait", who=ADA, now=office.now)


def finish(office: Office, campaign: int) -> None:
    with office.store.writing() as session:
        launch.finish(session, session.get_one(Campaign, campaign), who=ADA, now=office.now)


def states(office: Office) -> dict[str, int]:
    return dict(rows_of(office, STATES))


def rescue(office: Office, machine: datetime) -> dict[str, int]:
    with office.store.writing() as session:
        return contact.rescue(session, now=office.now, machine=machine)


def test_a_claimed_letter_is_not_claimed_again(office: Office) -> None:
    invited(office, customers=3)
    assert len(take(office, "first", limit=2)) == 2
    assert len(take(office, "second")) == 1
    assert take(office, "third") == []


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
    with office.store.writing() as session:
        assert not contact.settle(session, late, state="failed", reply="550", now=office.now)
        assert contact.settle(session, early, state="sent", reply="250", now=office.now)
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
    with office.store.writing() as session:
        contact.settle(session, claim, state="due", reply="", now=office.now, at_once=True)
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


def test_two_couriers_at_once_send_each_letter_once(office: Office) -> None:
    invited(office, customers=30)
    gate = threading.Barrier(2)
    troubles: list[BaseException] = []

    def courier() -> None:
        try:
            gate.wait()
            deliver(office.rt, office.now)
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=courier) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    addresses = [letter.address for letter in sent(office)]
    assert len(addresses) == 30
    assert len(set(addresses)) == 30
    assert states(office) == {"sent": 30}


def test_two_sweepers_at_once_open_each_touch_once(office: Office) -> None:
    for n in range(15):
        add_customer(office, f"Customer {n}", people=1)
    open_campaign(office)
    office.clock.move_to(office.now + timedelta(hours=1))
    gate = threading.Barrier(3)
    opened: list[int] = []
    troubles: list[BaseException] = []

    def sweeper() -> None:
        try:
            gate.wait()
            opened.append(open_due(office.rt, office.now).due)
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=sweeper) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert sum(opened) == 15
    assert states(office) == {"due": 15}


def uncertain_letter(office: Office) -> str:
    """The public id of a letter that may or may not have arrived."""
    invited(office)
    office.mail.__init__([Outcome("uncertain", None, "gone")])  # type: ignore[misc]
    tick(office.rt)
    [(public_id,)] = rows_of(office, "SELECT public_id FROM delivery WHERE state = 'uncertain'")
    return str(public_id)


def journalled(office: Office) -> list[str]:
    return [what for (what,) in rows_of(office, "SELECT what FROM journal_entry ORDER BY id")]


def test_sending_an_uncertain_letter_again_is_a_persons_choice_and_journalled(
    office: Office,
) -> None:
    letter = uncertain_letter(office)
    with office.store.writing() as session:
        contact.send_again(session, letter, who=BO, now=office.now)
    office.later(hours=1)
    assert [one.delivery for one in sent(office)] == [letter]
    assert "uncertain_sent_again" in journalled(office)
    assert states(office) == {"sent": 1}


def test_leaving_an_uncertain_letter_takes_it_as_sent(office: Office) -> None:
    letter = uncertain_letter(office)
    with office.store.writing() as session:
        contact.leave_it(session, letter, who=BO, now=office.now)
    office.later(hours=1)
    assert sent(office) == []
    assert "uncertain_left" in journalled(office)
    assert states(office) == {"sent": 1}


def test_an_uncertain_letter_is_decided_once(office: Office) -> None:
    letter = uncertain_letter(office)
    with office.store.writing() as session:
        contact.leave_it(session, letter, who=BO, now=office.now)
    with pytest.raises(Conflict) as refused, office.store.writing() as session:
        contact.send_again(session, letter, who=BO, now=office.now)
    assert refused.value.code == "not_uncertain"
    with pytest.raises(NotFound), office.store.writing() as session:
        contact.leave_it(session, "no such letter", who=BO, now=office.now)


def test_an_uncertain_letter_sent_again_in_a_finished_campaign_does_not_wait_for_ever(
    office: Office,
) -> None:
    letter = uncertain_letter(office)
    with office.store.reading() as session:
        campaign = session.query(Campaign.id).scalar()
    finish(office, campaign)
    with pytest.raises(Conflict), office.store.writing() as session:
        contact.send_again(session, letter, who=BO, now=office.now)
    assert states(office) == {"uncertain": 1}


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
