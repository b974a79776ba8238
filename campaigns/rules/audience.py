"""Whether one person gets one letter. The fan-out and the claim both ask here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from campaigns.rules.adoption import spared

USERS = (
    "all_users",
    "users_not_ready",
    "admins",
    "admins_not_ready",
    "managers",
    "pilot",
    "vips",
    "told_other_day",
)


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one contact at the moment of the question."""

    left: bool = False
    suppressed_why: str | None = None
    excepted_until: date | None = None
    level: int | None = None
    source: str | None = None  # which system said so
    last_letter: datetime | None = None  # of this campaign
    had_step: bool = False  # the same letter under an earlier date


@dataclass(frozen=True, slots=True)
class Occasion:
    """The letter: which step, and how it stands to the agreed date."""

    audience: str
    stop: str
    required: bool
    version: int
    days_before: int | None  # days from the touch to the agreed date; None before an agreement
    spacing_days: int
    spacing_until: int
    late_since: datetime | None = None  # the start of today, where the letter's own day is past


def why_not(person: Person, occasion: Occasion, now: datetime) -> str | None:
    """The reason why this person is skipped, or None: the letter goes."""
    if person.left:
        return "has left"
    if person.suppressed_why:
        return f"address not used: {person.suppressed_why}"
    if occasion.audience in USERS and person.excepted_until is not None:
        return f"excepted until {person.excepted_until:%d %b %Y}"
    if occasion.stop == "done" and spared(person.level, person.source):
        return f"done already (evidence level {person.level})"
    if person.had_step and not occasion.required and occasion.version > 1:
        return "had this letter for the earlier date"
    if _crowds(person, occasion):
        return "another letter goes to this person today, and this one was late"
    return _too_close(person, occasion, now)


def _crowds(person: Person, occasion: Occasion) -> bool:
    """What was held up never comes on top of another letter: resuming does not flood."""
    if occasion.required or occasion.late_since is None or person.last_letter is None:
        return False
    return person.last_letter >= occasion.late_since


def _too_close(person: Person, occasion: Occasion, now: datetime) -> str | None:
    """At most one letter a person in `spacing_days` days, until shortly before the date."""
    if occasion.required or occasion.days_before is None or person.last_letter is None:
        return None
    if occasion.days_before <= occasion.spacing_until or occasion.audience not in USERS:
        return None
    if now - person.last_letter >= timedelta(days=occasion.spacing_days):
        return None
    return f"had a letter on {person.last_letter:%d %b}, less than {occasion.spacing_days} days ago"
