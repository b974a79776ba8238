"""Technicians' hours, limits and other campaigns: what is offered is what is accepted."""

import random
import sys
from datetime import date, time

import pytest

from campaigns.rules.calendar import DAY, Hours, WorkCalendar
from campaigns.rules.dates import Loads, Terms, by_staff, judge, offer, span
from campaigns.rules.roster import Crew, Limits, Load, Technician, gap, usual_week
from campaigns.rules.steps import Rules
from tests.rules.calendar_kit import STARTED, USUAL, a_calendar, works

STATES = 2_500  # for each of the seeds, so 10,000
SEEDS = (1, 2, 3, 4)
NOON = time(12, 30)
BOOK = (Rules(), Rules(avoid_weekdays=(), avoid_holiday_eves=False, slots=(time(8), NOON)))
TESS = Technician("tess", (480, 480, 480, 480, 480, 0, 0))
WEDNESDAY = date(2026, 9, 9)
THURSDAY = date(2026, 9, 10)


def technician(dice: random.Random, name: str) -> Technician:
    week = (*(dice.choice((0, 120, 240, 480)) for _ in range(5)), 0, 0)
    starts = STARTED + dice.randrange(50) * DAY
    off = ((starts, starts + dice.randrange(20) * DAY),) if dice.random() < 0.5 else ()
    return Technician(name, week, off)


def some(dice: random.Random, most: int) -> int | None:
    return dice.randint(1, most) if dice.random() < 0.5 else None


def state(dice: random.Random) -> tuple[Terms, dict[date, int], Loads]:
    """Anything that a provider, its technicians and its customers may have come to."""
    vendor = STARTED + dice.choice((15, 20, 24, 30, 40, 64)) * DAY if dice.random() < 0.99 else None
    rules = dice.choice(BOOK)
    crew = Crew(
        tuple(technician(dice, f"t{n}") for n in range(dice.randrange(4))),
        tuple(technician(dice, f"u{n}") for n in range(dice.randrange(2))),
    )
    near = [STARTED + dice.randint(7, 50) * DAY for _ in range(12)]
    terms = Terms(
        today=STARTED + dice.randrange(25) * DAY,
        span=span(STARTED, vendor, rules),
        enforced_on=vendor,
        vendor="Microsoft",
        calendar=a_calendar(dice),
        rules=rules,
        minutes=dice.choice((30, 66, 100, 240, 480)),
        day_minutes=480,
        crew=crew if dice.random() < 0.9 else None,
        limits=Limits(some(dice, 3), some(dice, 6), some(dice, 900), dice.choice((0, 1, 7, 14))),
        others=tuple(sorted(dice.sample(near, dice.randrange(3)))),
    )
    free = {day: dice.choice((0, 60, 99, 100, 300, 480)) for day in near if dice.random() < 0.7}
    loads = {
        day: Load(dice.randrange(4), dice.randrange(7), dice.randrange(900))
        for day in near
        if dice.random() < 0.6
    }
    return terms, free, loads


def may(terms: Terms, day: date, free: dict[date, int], loads: Loads) -> bool:
    """The rules in other words than the product's own."""
    rules, limits, load = terms.rules, terms.limits, loads.get(day, Load())
    everybody = terms.crew.fitting if terms.crew else ()
    untouched = max([one.minutes(day) for one in everybody] or [0]) if terms.crew else 480
    return (
        day > terms.today
        and terms.span.first <= day <= terms.span.last
        and (terms.enforced_on is None or day < terms.enforced_on)
        and (day - terms.today).days >= 2
        and works(terms.calendar, day, rules.slots)
        and day.weekday() not in rules.avoid_weekdays
        and not (rules.avoid_holiday_eves and terms.calendar.holiday(day + DAY))
        and all(abs((day - other).days) >= limits.distance for other in terms.others)
        and free.get(day, untouched) >= terms.minutes
        and (limits.campaign_day is None or load.campaign < limits.campaign_day)
        and (limits.day is None or load.rollouts < limits.day)
        and (limits.day_minutes is None or load.minutes + terms.minutes <= limits.day_minutes)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_offered_is_accepted_and_what_is_closed_has_the_same_reason(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every day of ten thousand states: the offer, the judge and this file's own words agree."""
    dice = random.Random(seed)
    codes: dict[str, int] = {}
    for _ in range(STATES):
        terms, free, loads = state(dice)
        offered = offer(terms, free, loads)
        for one in offered:
            codes[one.verdict.code] = codes.get(one.verdict.code, 0) + 1
        # Each day is judged anew for some, one day for the others: seconds, not minutes.
        for one in offered if dice.random() < 0.05 else offered[dice.randrange(9) :: 9]:
            verdict = judge(terms, one.day, None, free, loads)
            assert verdict == one.verdict
            assert all(judge(terms, one.day, at, free, loads) == verdict for at in one.times)
            closed = set(terms.rules.slots) - set(one.times) if verdict.open else ()
            for at in closed:
                assert judge(terms, one.day, at, free, loads).code == "outside_hours"
            assert bool(one.times) == verdict.open
            if verdict.open:
                assert may(terms, one.day, free, loads)
                assert by_staff(terms, one.day, free, loads).open
            else:
                assert verdict.reason.endswith(".")
                too_soon = verdict.code == "too_soon"  # how soon is said in test_dates
                assert too_soon or not may(terms, one.day, free, loads)
    with capsys.disabled():
        count = sum(codes.values())
        sys.stdout.write(f"\n{STATES} states, {count} days offered or closed: {codes}\n")
    assert set(codes) >= {
        "open", "full", "no_skill", "off_duty", "campaign_limit", "day_limit", "too_close",
        "holiday", "freeze", "weekend", "closed_weekday", "outside_hours",
        "eve", "avoided_weekday", "too_soon",
    }  # fmt: skip


def terms(**more: object) -> Terms:
    vendor = date(2026, 12, 15)
    values: dict[str, object] = {
        "today": STARTED,
        "span": span(STARTED, vendor, Rules()),
        "enforced_on": vendor,
        "vendor": "Microsoft",
        "calendar": WorkCalendar("Europe/Berlin", "DE"),
        "rules": Rules(),
        "minutes": 100,
        "day_minutes": 480,
        "crew": Crew((TESS,)),
    }
    return Terms(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "load", "code", "words"),
    [
        ({"limits": Limits(campaign_day=2)}, Load(2, 2, 200), "campaign_limit", "this change"),
        ({"limits": Limits(campaign_day=2)}, Load(1, 9, 900), "open", ""),
        ({"limits": Limits(day=3)}, Load(0, 3, 300), "day_limit", "enough customers"),
        ({"limits": Limits(day=3)}, Load(2, 2, 900), "open", ""),
        ({"limits": Limits(day_minutes=300)}, Load(0, 1, 201), "day_limit", "enough customers"),
        ({"limits": Limits(day_minutes=300)}, Load(0, 9, 200), "open", ""),
        ({"crew": Crew((), (TESS,))}, Load(), "no_skill", "right skill"),
        ({"crew": Crew((Technician("a", (0,) * 7),))}, Load(), "off_duty", "works on this day"),
        ({"others": (date(2026, 9, 4),)}, Load(), "too_close", "on 4 September; we leave a week"),
        ({"others": (date(2026, 9, 3),)}, Load(), "open", ""),
        ({"others": (date(2026, 9, 17),)}, Load(), "open", ""),
    ],
)
def test_each_limit_has_its_code_and_its_words(
    more: dict[str, object], load: Load, code: str, words: str
) -> None:
    verdict = judge(terms(**more), THURSDAY, None, {}, {THURSDAY: load})
    assert verdict.code == code
    assert words in verdict.reason


def test_a_day_off_and_a_short_day_of_the_week_are_the_technicians_own() -> None:
    part_time = Technician("a", (480, 480, 90, 480, 480, 0, 0), ((THURSDAY, THURSDAY),))
    case = terms(crew=Crew((part_time,)))
    assert judge(case, WEDNESDAY, None, {}).code == "full"  # 90 minutes are not 100
    assert judge(case, THURSDAY, None, {}).code == "off_duty"
    assert judge(case, WEDNESDAY + 6 * DAY, None, {}).open  # a Tuesday
    assert judge(terms(crew=Crew((part_time, TESS))), WEDNESDAY, None, {}).open


def test_staff_may_pass_over_the_distance_but_over_no_limit() -> None:
    close = terms(others=(THURSDAY - DAY,))
    assert by_staff(close, THURSDAY, {}).open
    full = terms(others=(THURSDAY - DAY,), limits=Limits(day=1))
    assert by_staff(full, THURSDAY, {}, {THURSDAY: Load(0, 1, 66)}).code == "day_limit"
    assert by_staff(terms(crew=Crew((), (TESS,))), THURSDAY, {}).code == "no_skill"


def test_a_usual_week_and_distances_are_said_as_people_say_them() -> None:
    assert usual_week(480) == (480, 480, 480, 480, 480, 0, 0)
    assert [gap(days) for days in (1, 7, 10, 14)] == ["a day", "a week", "10 days", "two weeks"]


def test_the_hours_that_close_a_day_are_said_with_whose_they_are() -> None:
    short = (None, Hours(time(13), time(17)), *((Hours(time(8), time(18)),) * 3), None, None)
    slots = Rules(slots=(time(8), time(18)))
    tuesday = WEDNESDAY + 6 * DAY
    place = ("Europe/Berlin", None, None, ())
    for calendar, words in (
        (WorkCalendar(*place, short, True), "On Tuesdays you are open from 13:00 to 17:00"),
        (WorkCalendar(*place, short), "On Tuesdays we are open from 13:00 to 17:00"),
        (WorkCalendar(*place, USUAL, True, short), "On Tuesdays we are open from 13:00 to 17:00"),
        (WorkCalendar(*place, short, True, USUAL), "On Tuesdays you are open from 13:00 to 17:00"),
    ):
        case = terms(calendar=calendar, rules=slots)
        verdict = judge(case, tuesday, None, {})
        assert verdict.code == "outside_hours"
        assert verdict.reason == f"{words}, and we start at 08:00, 18:00."
        monday = judge(case, tuesday - DAY + 7 * DAY, None, {})
        assert monday.reason.endswith("do not work on Mondays.")
