"""Finding what an exemption is about, at the one customer it may be about."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.models import Campaign, Contact, Exemption, Rollout


def campaign_at(session: Session, customer_id: int, campaign_id: int) -> Campaign:
    """The campaign, which must have this customer in it. Raises NotFound."""
    campaign = session.scalar(
        select(Campaign)
        .join(Rollout, Rollout.campaign_id == Campaign.id)
        .where(Campaign.id == campaign_id, Rollout.customer_id == customer_id)
    )
    if campaign is None:
        raise NotFound("This customer is not in that campaign.", "no_rollout")
    return campaign


def exemption_of(session: Session, customer_id: int, exemption_id: int) -> Exemption:
    """The exemption of one of this customer's people. Raises NotFound."""
    exemption = session.scalar(
        select(Exemption)
        .join(Contact, Contact.id == Exemption.contact_id)
        .where(Exemption.id == exemption_id, Contact.customer_id == customer_id)
    )
    if exemption is None:
        raise NotFound("There is no such exemption at this customer.", "no_exemption")
    return exemption
