"""One person's guide: which guides help, the day that was agreed, what the person has told us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns import facts
from campaigns.boards.door import Door, open_door
from campaigns.models import SelfReport
from campaigns.terms import playbook_of

BEFORE_A_DATE = "the day that we will name to you"
_SAID = select(SelfReport.says).where(
    SelfReport.rollout_id == bindparam("rollout"), SelfReport.contact_id == bindparam("contact")
)


@dataclass(frozen=True, slots=True)
class Guiding:
    """`facts` fill the guides; `says` holds done and help, as far as the person has said so."""

    door: Door
    facts: Mapping[str, str]
    second_step: bool
    day: date | None
    at: time | None
    zone: str
    today: date
    language: str
    says: frozenset[str]


def guiding(session: Session, token: str, *, now: datetime, provider: facts.Provider) -> Guiding:
    """The page behind a person's own link. Raises NotFound."""
    door = open_door(session, token, "guide")
    change, current = door.situation.change, door.situation.current
    book = playbook_of(door.campaign.playbook_source)
    today = facts.local_today(now, door.customer.timezone)
    known = {"agreed_day": BEFORE_A_DATE}
    known |= facts.of_person(door.contact)
    known |= facts.of_provider(provider, door.manager)
    known |= facts.of_change(change, None)
    known |= facts.of_agreement(current, None, today, book.rules.change_cutoff_days)
    known["customer"] = door.customer.name
    known["reference"] = facts.reference(door.rollout, door.campaign)
    return Guiding(
        door=door,
        facts=known,
        second_step=book.evidence.value == "mfa",
        day=current.day if current else None,
        at=current.local_time if current else None,
        zone=current.zone if current else door.customer.timezone,
        today=today,
        language=door.contact.locale or door.customer.locale,
        says=_says(session, door),
    )


def _says(session: Session, door: Door) -> frozenset[str]:
    which = {"rollout": door.rollout.id, "contact": door.contact.id}
    return frozenset(session.scalars(_SAID, which))
