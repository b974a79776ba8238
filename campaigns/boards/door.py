"""Who stands behind a link in a letter. Whatever is amiss with it, the answer is one NotFound."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.links import Purpose, find
from campaigns.models import Campaign, Contact, Customer, CustomerLink, Rollout, Staff

ENDED = ("finished", "cancelled")


@dataclass(frozen=True, slots=True)
class Door:
    """One link with its reader, and the campaign at that reader's firm."""

    link: CustomerLink
    contact: Contact
    rollout: Rollout
    campaign: Campaign
    customer: Customer
    manager: Staff | None

    @property
    def ended(self) -> bool:
        return self.campaign.state in ENDED


def open_door(session: Session, token: str, purpose: Purpose) -> Door:
    """The living link behind a token.

    Raises the same NotFound for a token that was never made, one that was revoked or
    replaced, and one whose reader has left or, on the page for dates, decides no more.
    """
    link = find(session, token, purpose)
    row = session.execute(
        select(Contact, Rollout, Campaign, Customer, Staff)
        .select_from(Rollout)
        .join(Contact, Contact.id == link.contact_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(Staff, (Staff.email == Customer.account_manager) & Staff.ended_at.is_(None))
        .where(Rollout.id == link.rollout_id, Contact.customer_id == Customer.id)
    ).first()
    if row is None or not _valid(link, row[0], row[1], row[3]):
        raise NotFound("This link does not work any more, or was copied incompletely.", "no_link")
    return Door(link, row[0], row[1], row[2], row[3], row[4])


def _valid(link: CustomerLink, contact: Contact, rollout: Rollout, customer: Customer) -> bool:
    present = contact.left_at is None and customer.left_at is None
    if link.purpose != "choose":
        return present  # guides may keep an older link; a revoked one is not found at all
    decides = contact.decision_maker or contact.site_contact
    return present and decides and link.version == rollout.link_version
