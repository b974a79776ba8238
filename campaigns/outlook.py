"""Whether everybody without a date can still have one in time. Proposes and changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from campaigns.capacity import Room
from campaigns.models import ON, Campaign
from campaigns.rules import dates
from campaigns.rules.dates import OfferedDay
from campaigns.rules.foresight import FreeDay, Outlook, Waiting, foresee
from campaigns.situation import Situation
from campaigns.terms import playbook_of
from campaigns.undecided import places, room_left, undecided

UNLIKED_CODES = ("avoided_weekday", "eve")


def outlook_of(
    session: Session, campaign: Campaign, now: datetime, day_minutes: int
) -> Outlook | None:
    """Whether everybody without a date can still have one in time; without proposing any.

    None where the campaign is over or not begun, or nobody is without a date.
    """
    if campaign.state not in ON:
        return None
    found = undecided(session, campaign, now, day_minutes)
    if not found:
        return None
    free, room = room_left(session, found)
    return outlook_among(campaign, found, free, room)


def outlook_among(
    campaign: Campaign,
    found: Sequence[tuple[Situation, dates.Terms]],
    free: Mapping[date, Sequence[int]],
    room: Room,
) -> Outlook:
    """The same for those without a date and the time that is left, where both are at hand."""
    # Whether time suffices does not hang on which wave is open today.
    in_waves = sum(bool(terms.wave) for _, terms in found)
    found = [(situation, replace(terms, wave="")) for situation, terms in found]
    most = places(found, free, room)
    ahead = _ahead(found, {day for day in free if day.weekday() not in _avoided(campaign)}, room)
    waiting = [Waiting(terms.minutes, terms.span.last) for _, terms in found]
    days = [FreeDay(day, free[day], most.get(day)) for day in sorted(ahead)]
    return replace(foresee(waiting, days, campaign.vendor_day), in_waves=in_waves)


def _ahead(
    found: Sequence[tuple[Situation, dates.Terms]], days: Collection[date], room: Room
) -> set[date]:
    """Those of the days that anybody can have; most often the first few customers have them all."""
    missing, had = set(days), set[date]()
    for _, terms in found:
        if not missing:
            break
        offered = dates.offer(terms, room.free, room.loads)
        had |= {one.day for one in offered if one.day in missing and can_have(terms, one, room)}
        missing -= had
    return had


def can_have(terms: dates.Terms, offered: OfferedDay, room: Room) -> bool:
    """Whether the customer can, if need be on a day that we avoid where we can."""
    if offered.verdict.open or offered.verdict.code not in UNLIKED_CODES:
        return offered.verdict.open
    by_staff = dates.by_staff(terms, offered.day, room.free, room.loads)
    return by_staff.open and bool(dates.starts(terms, offered.day))


def _avoided(campaign: Campaign) -> Collection[int]:
    return playbook_of(campaign.playbook_source).rules.avoid_weekdays
