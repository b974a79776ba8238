"""The people of one customer in one campaign: what is known of each, and since when."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ScalarSelect, case, func, select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.models import Campaign, Contact, Exemption, Rollout, SelfReport, Snapshot, Standing
from campaigns.rules.adoption import DONE_LEVEL, word


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person with what is known and since when."""

    contact: Contact
    state: str
    level: int | None
    required: bool | None
    reason: str | None
    taken_at: datetime | None
    source: str | None
    says: tuple[str, ...]
    excepted_until: date | None


def person_lines(
    session: Session,
    rollout: Rollout,
    campaign: Campaign,
    evidence: str,
    today: date,
    few: int | None = None,
) -> list[PersonLine]:
    """Everybody who is counted, by name; with `few` at most so many of each state."""
    says = _says(session, rollout)
    until = _excepted_until(campaign, today)
    state = case(
        (until.is_not(None), "excepted"),
        (Standing.level.is_(None), "unknown"),
        (Standing.level >= DONE_LEVEL, "done"),
        else_="not_done",
    )
    query = (
        select(Contact, Standing, Snapshot.source, until)
        .outerjoin(Standing, people.standing_of(evidence))
        .outerjoin(Snapshot, Snapshot.id == Standing.snapshot_id)
        .where(Contact.customer_id == rollout.customer_id, people.counted())
        .order_by(Contact.name, Contact.id)
    )
    if few is not None:
        place = func.row_number().over(partition_by=state, order_by=(Contact.name, Contact.id))
        placed = (
            select(Contact.id, place.label("place"))
            .outerjoin(Standing, people.standing_of(evidence))
            .where(Contact.customer_id == rollout.customer_id, people.counted())
            .subquery()
        )
        query = query.join(placed, (placed.c.id == Contact.id) & (placed.c.place <= few))
    rows = session.execute(query)
    return [
        PersonLine(
            contact=contact,
            state=word(standing.level if standing else None, excepted is not None),
            level=standing.level if standing else None,
            required=standing.required if standing else None,
            reason=standing.reason if standing else "no evidence yet",
            taken_at=standing.taken_at if standing else None,
            source=source,
            says=tuple(says.get(contact.id, ())),
            excepted_until=excepted,
        )
        for contact, standing, source, excepted in rows
    ]


def _excepted_until(campaign: Campaign, today: date) -> ScalarSelect[date]:
    return (
        select(func.max(Exemption.until))
        .where(
            Exemption.contact_id == Contact.id,
            Exemption.campaign_id == campaign.id,
            Exemption.ended_at.is_(None),
            Exemption.until >= today,
        )
        .scalar_subquery()
    )


def _says(session: Session, rollout: Rollout) -> dict[int, list[str]]:
    """What people said of themselves, by contact."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(SelfReport.contact_id, SelfReport.says).where(SelfReport.rollout_id == rollout.id)
    )
    for contact_id, said in rows:
        found.setdefault(contact_id, []).append(said)
    return found
