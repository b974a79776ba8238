"""Every change of the clocks in the corpus, and what is promised and planned around it."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from campaigns.playbooks import names
from campaigns.rules.calendar import DAY, WorkCalendar, local_instant
from campaigns.rules.plan import Anchors, PlannedTouch, PlanStep, plan
from tests.rules.plan_steps import steps_of
from tests.shared import shared

# zone, instant, offsets in seconds before and after: what stands here when the corpus does not
ESSENTIALS = [
    ("Europe/Berlin", "2026-03-29T01:00", 3600, 7200),
    ("Europe/Berlin", "2026-10-25T01:00", 7200, 3600),
    ("Africa/Cairo", "2026-04-23T22:00", 7200, 10800),
    ("Africa/Cairo", "2026-10-29T21:00", 10800, 7200),
    ("Australia/Lord_Howe", "2026-10-03T15:30", 37800, 39600),
    ("America/Vancouver", "2026-03-08T10:00", -28800, -25200),
    ("Africa/Casablanca", "2026-02-15T02:00", 3600, 0),
    ("Pacific/Apia", "2011-12-30T10:00", -36000, 50400),
]


@dataclass(frozen=True)
class Transition:
    zone: str
    at: datetime
    before: timedelta
    after: timedelta

    @property
    def start(self) -> datetime:
        """On the wall, where what is left out, or comes twice, begins."""
        return (self.at + min(self.before, self.after)).replace(tzinfo=None)

    @property
    def size(self) -> timedelta:
        return abs(self.after - self.before)

    @property
    def gap(self) -> bool:
        return self.after > self.before


def _row(zone: str, at: str, before: int | str, after: int | str) -> Transition:
    instant = datetime.fromisoformat(at.replace("Z", "")).replace(tzinfo=UTC)
    spans = (timedelta(seconds=int(before)), timedelta(seconds=int(after)))
    return Transition(zone, instant, *spans)


@cache
def transitions() -> tuple[Transition, ...]:
    found = [_row(*row) for row in ESSENTIALS]
    path = shared("corpora", "timezones", "transitions_2024_2031.csv")
    if path is not None:
        with path.open() as file:
            found += [
                _row(row["zone"], row["utc_instant"], row["offset_before_s"], row["offset_after_s"])
                for row in csv.DictReader(file)
            ]
        assert len(found) >= 2_798
    return tuple(found)


def walls(transition: Transition) -> Iterator[datetime]:
    """Times on the wall from before the change of the clocks until after it."""
    step = transition.size / 4
    for count in range(-4, 9):
        yield (transition.start + count * step).replace(second=0, microsecond=0)


def test_later_on_the_wall_is_never_earlier_and_reads_back_as_promised() -> None:
    for one in transitions():
        last = datetime.min.replace(tzinfo=UTC)
        tz = ZoneInfo(one.zone)
        for wall in walls(one):
            instant, shifted = local_instant(wall.date(), wall.time(), one.zone)
            there = instant.astimezone(tz)
            assert instant >= last, (one, wall)
            left_out = one.gap and one.start <= wall < one.start + one.size
            assert shifted == left_out, (one, wall)
            if shifted:
                assert instant == one.at, (one, wall)
            else:
                assert there.replace(tzinfo=None) == wall, (one, wall)
                assert there.fold == 0, (one, wall)
            last = instant


def around(one: Transition, steps: list[PlanStep], day: date, at: time) -> list[PlannedTouch]:
    calendar = WorkCalendar(one.zone)
    anchors = Anchors(agreed_date=day, starts=at)
    return plan(steps, anchors, calendar, one.at - timedelta(days=800))


@pytest.mark.parametrize("playbook", names())
def test_no_touch_is_skipped_or_doubled_around_a_change_of_the_clocks(playbook: str) -> None:
    steps = steps_of(playbook)
    mails = {step.id for step in steps if step.channel == "mail"}
    audiences = {step.id: step.audience for step in steps}
    nominal = {step.id: (step.offset, step.id) for step in steps}
    for number, one in enumerate(transitions()):
        promised = one.start + one.size * (number % 3) / 3
        day, at = promised.date(), promised.time().replace(second=0, microsecond=0)
        found = around(one, steps, day, at)
        assert Counter(touch.step_id for touch in found) == Counter(step.id for step in steps)
        event = local_instant(day, at, one.zone)[0]
        tz = ZoneInfo(one.zone)
        last: dict[str, datetime] = {}
        for touch in sorted(found, key=lambda touch: nominal[touch.step_id]):
            assert touch.skipped is None, (one, touch)
            assert touch.due < touch.valid_until, (one, touch)
            assert touch.local_due is not None
            there = touch.due.astimezone(tz).replace(tzinfo=None)
            assert there >= touch.local_due, (one, touch)
            assert there - touch.local_due <= (one.size if one.gap else timedelta(0)), (one, touch)
            if touch.step_id not in mails:
                continue
            if nominal[touch.step_id][0] <= 0:
                assert touch.due < event, (one, touch)
            audience = audiences[touch.step_id]
            assert audience not in last or touch.due > last[audience], (one, touch)
            last[audience] = touch.due


def test_what_is_due_in_the_gap_or_the_overlap_itself_goes_once() -> None:
    for one in transitions():
        wall = (one.start + one.size / 2).replace(second=0, microsecond=0)
        step = PlanStep(
            1, "then", "agreed_date", 1, False, wall.time(), "never", 7, True, False, "provider"
        )
        [touch] = around(one, [step], wall.date() - DAY, time(12))
        assert touch.skipped is None
        assert touch.due < touch.valid_until
        if one.gap:
            assert touch.due == one.at
        else:
            assert touch.due == (wall - one.before).replace(tzinfo=UTC)
