"""Whether technicians' minutes, the provider's limits and a customer's other changes leave room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.hours import open_words
from campaigns.rules.roster import Crew, Limits, Load, gap


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a date can be had; `code` is stable, `reason` is for people."""

    open: bool
    code: str = "open"
    reason: str = ""


OPEN = Verdict(True)
FULL = Verdict(False, "full", "No technician has enough time left on this day.")
OFF_DUTY = Verdict(False, "off_duty", "None of our technicians works on this day.")
NO_SKILL = Verdict(False, "no_skill", "No technician with the right skill is free on this day.")
MOVED_ENOUGH = Verdict(
    False,
    "moved_enough",
    "The date was moved to a later day as often as this page allows. Call us for a later one.",
)
CAMPAIGN_LIMIT = Verdict(
    False, "campaign_limit", "We already make this change for enough customers on this day."
)
DAY_LIMIT = Verdict(False, "day_limit", "We already look after enough customers on this day.")


def by_time(crew: Crew | None, day: date, left: int, minutes: int) -> Verdict:
    """Whether one technician has `minutes` of the `left`, and in which words if not."""
    if left >= minutes:
        return OPEN
    if crew is None:
        return FULL
    if not any(one.minutes(day) for one in (*crew.fitting, *crew.others)):
        return OFF_DUTY
    return NO_SKILL if crew.others else FULL


def by_limits(limits: Limits, load: Load, minutes: int) -> Verdict:
    """Whether the provider takes on so many minutes more beside what others have booked."""
    if limits.campaign_day is not None and load.campaign >= limits.campaign_day:
        return CAMPAIGN_LIMIT
    if limits.day is not None and load.rollouts >= limits.day:
        return DAY_LIMIT
    if limits.day_minutes is not None and load.minutes + minutes > limits.day_minutes:
        return DAY_LIMIT
    return OPEN


def by_distance(others: Sequence[date], distance: int, today: date, day: date) -> Verdict:
    """Whether the days of the customer's other campaigns are `distance` days away."""
    for other in others:
        if abs((other - day).days) < distance:
            planned = f"Another change {'is' if other >= today else 'was'} planned for you on"
            left = f"we leave {gap(distance)} between two"
            return Verdict(False, "too_close", f"{planned} {other.day} {other:%B}; {left}.")
    return OPEN


def by_hours(
    calendar: WorkCalendar, slots: Sequence[time], day: date, at: time | None = None
) -> Verdict:
    """Whether a change can start `at`, or at any time of the playbook, within working hours."""
    if any(calendar.is_open(day, slot) for slot in (slots if at is None else (at,))):
        return OPEN
    own, ours = calendar.week, calendar.provider_week
    hours = own[day.weekday()]
    wanted = slots if at is None else (at,)
    theirs = hours is not None and any(hours.opens <= one <= hours.closes for one in wanted)
    if ours is not None and theirs:
        words = open_words(ours, day.weekday(), own=False)
    else:
        words = open_words(own, day.weekday(), own=calendar.own_week)
    return Verdict(False, "outside_hours", f"{words}, and we start at {times_words(slots)}.")


def times_words(slots: Sequence[time]) -> str:
    """`08:00, 12:30, 18:00`."""
    return ", ".join(f"{slot:%H:%M}" for slot in slots)
