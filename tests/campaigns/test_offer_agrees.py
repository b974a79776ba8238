"""Whatever is offered is accepted on the same state; whatever is closed is refused alike."""

import random
import sys
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy.orm import Session

from campaigns import agree, choice
from campaigns.capacity import Room
from campaigns.errors import Conflict
from campaigns.models import Rollout
from campaigns.rules.dates import TAKEN, OfferedDay
from tests.campaigns.freeze_kit import freeze, week
from tests.campaigns.roster_kit import (
    TESS,
    UMA,
    add_technician,
    set_limits,
    set_skills,
    set_week,
    take_off,
)
from tests.kit import CHANGE, Office, add_customer, agree_on, open_campaign, rows_of

WORLDS = 6  # states of the database for each engine
ASKED = 3  # rollouts of each whose every day is asked for
BOOKED = 5  # days of each rollout that are booked in earnest and undone
KIM = agree.Chooser("Kim Lee", "owner")
POLICY = replace(CHANGE, source_id="MC7", category="policy", title="Another change")


class Undone(Exception):
    """Nothing of it shall stay."""


def world(office: Office, dice: random.Random) -> list[int]:
    """Five customers in two campaigns, technicians with hours and skills, limits, dates agreed."""
    for n in range(5):
        add_customer(office, f"Firm {n}", people=dice.choice((1, 20, 90)))
    open_campaign(office)
    open_campaign(office, "Another", change=POLICY)
    add_technician(office, UMA)
    week = (dice.choice((0, 120, 240, 480)) for _ in range(5))
    set_week(office, dice.choice((TESS, UMA)), *week, 0, 0)
    set_skills(office, UMA, dice.choice(("auth", "policy")))
    limits = {name: dice.choice((None, 1, 2)) for name in ("campaign_day", "day")}
    distance = dice.choice((0, 7, None))
    minutes = dice.choice((None, 300, 600))
    set_limits(office, **limits, day_minutes=minutes, distance_days=distance)
    rollouts = [row[0] for row in rows_of(office, "SELECT id FROM rollout ORDER BY id")]
    for rollout in dice.sample(rollouts, 5):
        days = open_days_of(office, rollout)[:9]
        if days:
            agree_on(office, rollout, dice.choice(days))
    late = office.now.date() + timedelta(days=70)
    take_off(office, TESS, late, late + timedelta(days=dice.randrange(9)))
    close_days(office, dice, late)
    return dice.sample(rollouts, ASKED)


def close_days(office: Office, dice: random.Random, late: date) -> None:
    """Freezes of everybody, of a customer and of a campaign; weeks of us and of customers."""
    closed = late + timedelta(days=dice.randrange(20))
    freeze(office, closed, reason="stocktaking")
    freeze(office, date(2026, 1, 1), repeats="month_end", workdays=3, customer=dice.randint(1, 5))
    freeze(office, date(2025, 9, 3), date(2025, 9, 8), repeats="yearly", campaign=1)
    freeze(office, date(2026, 1, 8), repeats="weekly", until=late, customer=dice.randint(1, 5))
    week(office, dice.randint(1, 5), dice.choice(("tue-fri 7-12", "mon-sat 13-20")))
    week(office, None, dice.choice((None, "mon-thu 8-17")))


def open_days_of(office: Office, rollout: int) -> list[date]:
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        return [one.day for one in choice.offers(session, case) if one.verdict.open]


def answer(session: Session, case: choice.Case, day: date, at: time) -> tuple[str, str]:
    """The code and the words with which a day is met; `open` where it is accepted."""
    try:
        found = agree.consider(session, case, agree.Wish(day, at, KIM, f"{day} {at}"))
    except Conflict as refused:
        return refused.code, refused.message
    assert isinstance(found, Room) or found is case.current
    return "open", ""


def expected(one: OfferedDay) -> tuple[str, str]:
    code = "date_taken" if one.verdict.code in TAKEN else one.verdict.code
    return code, one.verdict.reason


def books(office: Office, rollout: int, day: date, at: time) -> bool:
    """Whether the day can be booked in earnest; it is undone at once."""
    try:
        with office.store.writing() as session:
            case = choice.open_case(session, rollout, office.now, 480)
            wish = {"day": day, "at": at, "chooser": KIM, "answer_key": "in earnest"}
            agree.agree(session, case, **wish, now=office.now)  # type: ignore[arg-type]
            assert session.get_one(Rollout, rollout).state == "agreed"
            raise Undone
    except Undone:
        return True
    except Conflict:
        return False


@pytest.mark.parametrize("seed", range(WORLDS))
def test_every_day_is_met_as_the_offer_says(
    office: Office, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(seed)
    asked = booked = 0
    codes: dict[str, int] = {}
    for rollout in world(office, dice):
        with office.store.reading() as session:
            case = choice.open_case(session, rollout, office.now, 480)
            offered = choice.offers(session, case)
            for one in offered:
                at = one.times[0] if one.times else time(8)
                code, words = answer(session, case, one.day, at)
                assert (code, one.verdict.reason in words) == (expected(one)[0], True), one
                codes[one.verdict.code] = codes.get(one.verdict.code, 0) + 1
                asked += 1
        for one in dice.sample(offered, min(BOOKED, len(offered))):
            at = one.times[-1] if one.times else time(18)
            assert books(office, rollout, one.day, at) == one.verdict.open
            booked += 1
    with capsys.disabled():
        sys.stdout.write(f"\n{asked} days asked for, {booked} booked in earnest: {codes}\n")
    assert asked >= 100
