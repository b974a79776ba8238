"""Exceptions: a person out of scope for a while, with a reason and a name under it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from campaigns.errors import Conflict, Invalid
from campaigns.journal import Actor, record_of
from campaigns.models import Campaign, Contact, Exemption


def except_contact(
    session: Session,
    contact: Contact,
    campaign: Campaign,
    *,
    reason: str,
    until: date,
    who: Actor,
    now: datetime,
) -> Exemption:
    """Leave a contact out until that day, the day included; then it is back by itself.

    Raises Invalid without a reason or with a day that is not ahead.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("Write why this person is excepted.", field="reason")
    if until < now.date():
        raise Invalid("The exception has to end on a day that is ahead.", field="until")
    exemption = Exemption(
        contact_id=contact.id,
        campaign_id=campaign.id,
        reason=reason[:500],
        approved_by=who.name,
        until=until,
        at=now,
    )
    session.add(exemption)
    details = {"reason": reason, "until": str(until), "campaign": campaign.name}
    record_of(session, contact, "excepted", who, now, details)
    return exemption


def return_to_scope(session: Session, exemption: Exemption, *, who: Actor, now: datetime) -> None:
    """End an exception early. Raises Conflict where it has ended already."""
    if exemption.ended_at is not None:
        raise Conflict("This exception has ended already.", "ended")
    exemption.ended_at = now
    contact = session.get_one(Contact, exemption.contact_id)
    record_of(session, contact, "exception_ended", who, now, {})
