"""Which dates a customer can have, and why each other day is closed.

`judge` is the one place that decides; the customer's page, the writer of
agreements, the proposal and the rehearsal all ask it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from campaigns.rules.calendar import DAY, WorkCalendar
from campaigns.rules.hours import SATURDAY, WEEKDAYS
from campaigns.rules.room import (
    MOVED_ENOUGH,
    OPEN,
    Verdict,
    by_distance,
    by_hours,
    by_limits,
    by_time,
    times_words,
)
from campaigns.rules.roster import USUAL, Crew, Limits, Load
from campaigns.rules.steps import Rules

__all__ = [
    "SOFT",
    "TAKEN",
    "WEEKDAYS",
    "OfferedDay",
    "Span",
    "Terms",
    "Verdict",
    "by_staff",
    "earliest",
    "judge",
    "offer",
    "span",
    "starts",
]

# Codes that the provider's staff may pass over when a customer asks for it by phone.
SOFT = frozenset((
    "too_soon", "after_last", "avoided_weekday", "eve", "outside_hours", "moved_enough",
    "other_time", "too_close",
))  # fmt: skip
# Codes of days on which there was room, and is none any more.
TAKEN = frozenset({"full", "no_skill", "campaign_limit", "day_limit"})
LAST_NOTICE = 2  # days


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day on offer; `last` before `first` means that nothing is left."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What governs one customer's choice. `minutes` is the technician time it takes.

    Without a `crew` one desk has `day_minutes` on any day. `others` are the days of the
    customer's other campaigns, earliest first.
    """

    today: date
    span: Span
    enforced_on: date | None  # the vendor's day, where it lies ahead
    vendor: str
    calendar: WorkCalendar
    rules: Rules
    minutes: int
    day_minutes: int
    crew: Crew | None = None
    limits: Limits = USUAL
    others: tuple[date, ...] = ()
    wave: str = ""  # why its wave is not open yet, as the customer may read it
    no_later: date | None = None  # the day that stands, where it was moved often enough


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """One day of the offer with the times still free, or the reason why it is closed."""

    day: date
    verdict: Verdict
    times: tuple[time, ...] = ()


Loads = Mapping[date, Load]
NO_LOADS: Loads = {}
NO_LOAD = Load()


def span(started: date, vendor_day: date | None, rules: Rules) -> Span:
    """The days on offer for a campaign that a customer learnt of on `started`.

    The playbook's whole lead (60 days) where at least four weeks of choice remain
    before the last day; down to the short lead (30) where they do not; less only
    where the vendor's date forces it, and never under the shortest (7). The last
    day lies `prep_days` before the vendor's, or `latest_days` where that is past.
    Without a vendor date customers choose within a quarter of a year; the same from
    the shortest lead on where the vendor has switched it on already.
    """
    if vendor_day is None:
        return Span(started + rules.lead_days * DAY, started + (rules.lead_days + 90) * DAY)
    if vendor_day <= started:
        soonest = started + rules.shortest_lead_days * DAY
        return Span(soonest, soonest + 90 * DAY)
    last = vendor_day - rules.prep_days * DAY
    if last < started + 2 * rules.shortest_lead_days * DAY:
        last = vendor_day - rules.latest_days * DAY
    room = (last - started).days
    lead = min(rules.lead_days, max(rules.min_lead_days, room - 28))
    if room < rules.min_lead_days + 7:
        lead = max(rules.shortest_lead_days, min(lead, room - 7))
    return Span(started + lead * DAY, last)


def earliest(terms: Terms) -> date:
    """The first day that leaves people time to get ready, counted from today as well.

    A customer who decides late still gives its people the shortest lead (7 days), or two
    days where the last day on offer is closer than twice that.
    """
    short = (terms.span.last - terms.today).days < 2 * terms.rules.shortest_lead_days
    notice = LAST_NOTICE if short else terms.rules.shortest_lead_days
    return max(terms.span.first, terms.today + notice * DAY)


def starts(terms: Terms, day: date) -> tuple[time, ...]:
    """The times at which a change can start on that day: the playbook's, within the hours."""
    return tuple(at for at in terms.rules.slots if terms.calendar.is_open(day, at))


def judge(
    terms: Terms, day: date, at: time | None, free: Mapping[date, int], loads: Loads = NO_LOADS
) -> Verdict:
    """Whether `day` (and `at`, when given) can be had.

    `free` maps days to the most minutes that any one technician with the skill has left; a day
    that is missing is untouched. `loads` says what others have booked, where limits bind.
    """
    return _judge(terms, day, at, _by_room(terms, day, free, loads))


def by_staff(terms: Terms, day: date, free: Mapping[date, int], loads: Loads = NO_LOADS) -> Verdict:
    """The same judgement for a date agreed by phone: habits give way, limits do not."""
    verdict = judge(terms, day, None, free, loads)
    if verdict.code not in SOFT:
        return verdict
    if day <= terms.today:
        return Verdict(False, "past", "This day is not ahead of us.")
    calendar = _by_calendar(terms, day)
    if not calendar.open:
        return calendar
    return _by_room(terms, day, free, loads)


def offer(
    terms: Terms, free: Mapping[date, int], loads: Loads = NO_LOADS
) -> tuple[OfferedDay, ...]:
    """Every day from the first Monday shown to the last day, open or closed with its reason."""
    first, last = terms.span.first, terms.span.last
    begun = [day for day in {*free, *loads} if first <= day <= last]
    known = ((day, _by_room(terms, day, free, loads)) for day in begun)
    differ = (pair for pair in known if pair[1] != _by_room(terms, pair[0], {}))
    return _offer(terms, frozenset(differ))


@lru_cache(maxsize=256)
def _offer(terms: Terms, known: frozenset[tuple[date, Verdict]]) -> tuple[OfferedDay, ...]:
    """Most customers of a campaign have the same terms, and few days are full."""
    rooms = dict(known)
    days = []
    day = terms.span.first
    times: dict[int, tuple[time, ...]] = {}  # hours are those of a day of the week
    while day <= terms.span.last:
        verdict = _judge(terms, day, None, rooms.get(day) or _by_room(terms, day, {}))
        if verdict.open and day.weekday() not in times:
            times[day.weekday()] = starts(terms, day)
        days.append(OfferedDay(day, verdict, times[day.weekday()] if verdict.open else ()))
        day += DAY
    return tuple(days)


def _by_room(terms: Terms, day: date, free: Mapping[date, int], loads: Loads = NO_LOADS) -> Verdict:
    """Whether technicians' minutes and the provider's limits leave room on that day."""
    untouched = terms.crew.most(day) if terms.crew else terms.day_minutes
    verdict = by_time(terms.crew, day, free.get(day, untouched), terms.minutes)
    if not verdict.open:
        return verdict
    return by_limits(terms.limits, loads.get(day, NO_LOAD), terms.minutes)


def _judge(terms: Terms, day: date, at: time | None, left: Verdict) -> Verdict:
    for rule in (
        _by_wave,
        _by_vendor,
        _by_calendar,
        _by_playbook,
        _by_hours,
        _by_deferrals,
        _by_distance,
    ):
        verdict = rule(terms, day)
        if not verdict.open:
            return verdict
    if not left.open:
        return left
    if at is None:
        return OPEN
    if at not in terms.rules.slots:
        return Verdict(False, "other_time", f"We start at {times_words(terms.rules.slots)}.")
    return by_hours(terms.calendar, terms.rules.slots, day, at)


def _by_wave(terms: Terms, _day: date) -> Verdict:
    return Verdict(False, "wave", terms.wave) if terms.wave else OPEN


def _by_deferrals(terms: Terms, day: date) -> Verdict:
    return MOVED_ENOUGH if terms.no_later is not None and day > terms.no_later else OPEN


def _by_distance(terms: Terms, day: date) -> Verdict:
    return by_distance(terms.others, terms.limits.distance, terms.today, day)


def _by_vendor(terms: Terms, day: date) -> Verdict:
    if day <= terms.today:
        return Verdict(False, "past", "This day is not ahead of us.")
    if terms.enforced_on is not None and day >= terms.enforced_on:
        return Verdict(False, "after_vendor", f"{terms.vendor} has switched it on by then.")
    if day > terms.span.last:
        left = terms.rules.prep_days
        return Verdict(
            False, "after_last", f"Too close to {terms.vendor}'s date: we keep {left} days in hand."
        )
    if day < earliest(terms):
        return Verdict(False, "too_soon", "Too soon: your people need time to get ready.")
    return OPEN


def _by_calendar(terms: Terms, day: date) -> Verdict:
    off = terms.calendar.day_off(day)
    if off:
        return Verdict(False, "weekend" if day.weekday() >= SATURDAY else "closed_weekday", off)
    holiday = terms.calendar.holiday(day)
    if holiday:
        return Verdict(False, "holiday", f"Public holiday: {holiday}.")
    closure = terms.calendar.closure(day)
    if closure:
        return Verdict(False, "freeze", f"Closed: {closure}.")
    return OPEN


AVOIDED = tuple(
    Verdict(False, "avoided_weekday", f"We do not switch on {name}.") for name in WEEKDAYS
)


def _by_playbook(terms: Terms, day: date) -> Verdict:
    if day.weekday() in terms.rules.avoid_weekdays:
        return AVOIDED[day.weekday()]
    if terms.rules.avoid_holiday_eves and terms.calendar.holiday(day + DAY):
        return Verdict(False, "eve", "The day before a public holiday.")
    return OPEN


def _by_hours(terms: Terms, day: date) -> Verdict:
    return by_hours(terms.calendar, terms.rules.slots, day)
