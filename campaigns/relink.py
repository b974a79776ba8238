"""Links that went astray: the old ones stop working, the next letters carry new ones."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.journal import Actor, record_for
from campaigns.links import Links
from campaigns.models import Contact, CustomerLink, Rollout
from campaigns.store import insert_missing


def new_links(
    session: Session,
    rollout_id: int,
    links: Links,
    *,
    guides: bool,
    who: Actor,
    now: datetime,
) -> int:
    """Revoke the links to the customer's page, and with `guides` those to people's guides.

    Returns how many stopped working. Whoever had one has a new one, unsent: letters that
    are on their way already carry the new version. Raises NotFound.
    """
    version = _raise_version(session, rollout_id)
    old = session.scalars(
        select(CustomerLink).where(
            CustomerLink.rollout_id == rollout_id, CustomerLink.revoked_at.is_(None)
        )
    ).all()
    fresh = [
        links.row("choose" if link.purpose == "choose" else "guide", *_bound(link), version, now)
        for link in old
    ]
    revoked = [link.id for link in old if guides or link.purpose == "choose"]
    session.execute(
        update(CustomerLink)
        .where(CustomerLink.id.in_(revoked))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    insert_missing(session, CustomerLink, _once_each(fresh))
    details = {"version": version, "revoked": len(revoked)}
    record_for(session, rollout_id, "links_renewed", who, now, details)
    return len(revoked)


def after_change(
    session: Session, contact: Contact, links: Links, *, who: Actor, now: datetime
) -> int:
    """A contact has another address: whoever reads the old one must not choose any more.

    Renews the links of every campaign in which this contact had one; how many campaigns.
    """
    rollouts = session.scalars(
        select(CustomerLink.rollout_id)
        .where(
            CustomerLink.contact_id == contact.id,
            CustomerLink.purpose == "choose",
            CustomerLink.revoked_at.is_(None),
        )
        .distinct()
        .order_by(CustomerLink.rollout_id)
    ).all()
    for rollout_id in rollouts:
        new_links(session, rollout_id, links, guides=False, who=who, now=now)
    return len(rollouts)


def _bound(link: CustomerLink) -> tuple[int, int]:
    return link.rollout_id, link.contact_id


def _once_each(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Guides that kept an older link have two live ones; the new one is the same for both."""
    return list({row["token_hash"]: row for row in rows}.values())


def _raise_version(session: Session, rollout_id: int) -> int:
    version = session.scalar(
        update(Rollout)
        .where(Rollout.id == rollout_id)
        .values(link_version=Rollout.link_version + 1)
        .returning(Rollout.link_version)
        .execution_options(synchronize_session=False)
    )
    if version is None:
        raise NotFound("There is no such rollout.", "no_rollout")
    return version
