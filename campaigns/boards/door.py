"""Who stands behind a link in a letter. Whatever is amiss with it, the answer is one NotFound."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.links import NO_LINK, Purpose, token_hash
from campaigns.models import Campaign, Contact, Customer, CustomerLink, Rollout, Staff
from campaigns.situation import WHOLE, Situation

ENDED = ("finished", "cancelled")
_BEHIND = (
    WHOLE.join(CustomerLink, CustomerLink.rollout_id == Rollout.id)
    .join(Contact, Contact.id == CustomerLink.contact_id)
    .add_columns(CustomerLink, Contact, Staff)
    .outerjoin(Staff, and_(Staff.email == Customer.account_manager, Staff.ended_at.is_(None)))
    .where(
        CustomerLink.token_hash == bindparam("token"),
        CustomerLink.purpose == bindparam("door"),
        CustomerLink.revoked_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Door:
    """One link with its reader, and the campaign at that reader's firm."""

    link: CustomerLink
    contact: Contact
    manager: Staff | None
    situation: Situation

    @property
    def rollout(self) -> Rollout:
        return self.situation.rollout

    @property
    def campaign(self) -> Campaign:
        return self.situation.campaign

    @property
    def customer(self) -> Customer:
        return self.situation.customer

    @property
    def ended(self) -> bool:
        return self.campaign.state in ENDED


def open_door(session: Session, token: str, purpose: Purpose) -> Door:
    """The living link behind a token.

    Raises the same NotFound for a token that was never made, one that was revoked or
    replaced, and one whose reader has left or, on the page for dates, decides no more.
    """
    row = session.execute(_BEHIND, {"token": token_hash(token), "door": purpose}).first()
    if row is None:
        raise NotFound(NO_LINK, "no_link")
    *around, link, contact, manager = row
    situation = Situation(*around)
    if not _valid(link, contact, situation.rollout, situation.customer):
        raise NotFound(NO_LINK, "no_link")
    return Door(link, contact, manager, situation)


def _valid(link: CustomerLink, contact: Contact, rollout: Rollout, customer: Customer) -> bool:
    at_home = contact.customer_id == customer.id
    present = at_home and contact.left_at is None and customer.left_at is None
    if link.purpose != "choose":
        return present  # guides may keep an older link; a revoked one is not found at all
    decides = contact.decision_maker or contact.site_contact
    return present and decides and link.version == rollout.link_version
