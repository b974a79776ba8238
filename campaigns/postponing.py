"""Station postponing: a vendor gives one customer a date of its own, and says so somewhere."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import vendor_dates
from campaigns.errors import Conflict, Invalid
from campaigns.journal import Actor
from campaigns.models import Customer, VendorChange, VendorPostponement
from campaigns.revised import live_campaigns

MAX_EVIDENCE = 1_000


def postpone(
    session: Session,
    change: VendorChange,
    customer: Customer,
    *,
    day: date,
    evidence: str,
    expires_on: date | None,
    who: Actor,
    now: datetime,
) -> VendorPostponement:
    """From now on `day` is the vendor's date for this customer, until `expires_on` is over.

    An earlier grant ends. Agreed dates stay. Raises Invalid where the evidence is missing or the
    grant has expired already.
    """
    words = " ".join(evidence.split())
    if not words:
        raise Invalid(
            "Say where the vendor granted this: a date without a source is a guess.",
            field="evidence",
        )
    if len(words) > MAX_EVIDENCE:
        raise Invalid(f"Where it is written: at most {MAX_EVIDENCE} characters.", field="evidence")
    if expires_on is not None and expires_on < now.date():
        raise Invalid("This grant has expired already. Check its last day.", field="expires_on")
    standing = standing_one(session, change, customer)
    if standing is not None:
        vendor_dates.end(session, standing, who=who, now=now)
        session.flush()
    made = VendorPostponement(
        change_id=change.id,
        customer_id=customer.id,
        day=day,
        evidence=words,
        expires_on=expires_on,
        by_staff=who.name,
        at=now,
    )
    session.add(made)
    session.flush()
    for campaign in live_campaigns(session, change):
        vendor_dates.own_date(session, campaign, customer.id, day, now)
    vendor_dates.note(session, change, made, "vendor_date_granted", who, now)
    return made


def end_postponement(
    session: Session, change: VendorChange, customer: Customer, *, who: Actor, now: datetime
) -> None:
    """Everybody's date holds again. Raises Conflict where the customer has none of its own."""
    standing = standing_one(session, change, customer)
    if standing is None:
        raise Conflict(
            f"{customer.name} has no date of its own for {change.source_id}.", "no_grant"
        )
    vendor_dates.end(session, standing, who=who, now=now)


def standing_one(
    session: Session, change: VendorChange, customer: Customer
) -> VendorPostponement | None:
    """What the vendor has granted this customer, or None."""
    return session.scalar(
        select(VendorPostponement).where(
            VendorPostponement.change_id == change.id,
            VendorPostponement.customer_id == customer.id,
            VendorPostponement.ended_at.is_(None),
        )
    )
