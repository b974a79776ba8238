"""The path from an invitation to an agreed date and the letters that follow it."""

import email
import email.policy
from collections import Counter
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns import agree, choice
from campaigns.models import Agreement, Delivery, Touch
from tests.kit import Office, add_customer, open_campaign, open_days, rollout_id


def letters(office: Office) -> list[tuple[str, str, datetime]]:
    """(step, address, local moment in Berlin) of every letter handed over."""
    found = []
    for envelope in office.mail.letters:
        message = email.message_from_bytes(envelope.message, policy=email.policy.default)
        sent = message["Date"].datetime.astimezone(ZoneInfo("Europe/Berlin"))
        found.append((message["X-Rollout-Step"], envelope.recipient, sent))
    return found


def pick(office: Office, rollout: int, *, at: time = time(18), place: int = 5) -> Agreement:
    day = open_days(office, rollout)[place].day
    with office.store.writing() as session:
        case = choice.open_case(session, rollout, office.now, office.rt.day_minutes)
        kim = agree.Chooser("Kim Lee", "owner")
        return agree.agree(
            session, case, day=day, at=at, chooser=kim, answer_key=f"k{day}", now=office.now
        )


def test_the_owner_is_invited_once_and_a_second_sweep_sends_nothing(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    office.later(hours=1).later(hours=1)
    assert [(s, a) for s, a, _ in letters(office)] == [("invite", "kim@northwind-dental.example")]


def test_everybody_hears_of_the_agreed_day_on_the_right_local_day(office: Office) -> None:
    add_customer(office)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    agreement = pick(office, rollout)
    office.until(agreement.instant + timedelta(days=10))
    by_step = {step: sent for step, _, sent in letters(office)}
    day = agreement.day
    assert by_step["announce"].date() == day - timedelta(days=30)
    assert by_step["deadline"].date() == day - timedelta(days=7)
    assert by_step["tomorrow"].date() == day - timedelta(days=1)
    assert by_step["today"].date() == day
    assert Counter(step for step, _, _ in letters(office))["tomorrow"] == 5
    assert Counter(step for step, _, _ in letters(office))["confirm"] == 1


def test_moving_the_date_plans_what_has_not_left_again(office: Office) -> None:
    add_customer(office)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    first = pick(office, rollout, place=0)
    office.until(first.instant - timedelta(days=10))
    second = pick(office, rollout, place=12)
    office.until(second.instant + timedelta(days=1))
    steps = Counter(step for step, _, _ in letters(office))
    assert steps["moved"] == 1
    assert steps["moved-people"] == 4  # the owner heard it with the confirmation
    assert steps["tomorrow"] == 5
    assert {sent.date() for step, _, sent in letters(office) if step == "today"} == {second.day}


def test_no_person_has_two_letters_of_one_step_and_date(office: Office) -> None:
    add_customer(office)
    rollout = rollout_id(office, open_campaign(office))
    pick(office, rollout)
    office.later(days=150)
    assert max(Counter((s, a) for s, a, _ in letters(office)).values()) == 1
    with office.store.reading() as session:
        assert not session.query(Delivery).filter(Delivery.state.in_(("due", "sending"))).count()
        assert not session.query(Touch).filter(Touch.state.in_(("open",))).count()
