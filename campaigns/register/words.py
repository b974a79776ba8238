"""Changes in people's own words: typed in by hand, and told to customers in plain sentences."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import Conflict
from campaigns.journal import Actor, record
from campaigns.models import VendorChange
from campaigns.register.changes import import_changes
from campaigns.rules.records import ChangeRecord


def type_in(session: Session, row: ChangeRecord, *, who: Actor, now: datetime) -> VendorChange:
    """A change typed in by hand. Raises Conflict (`change_exists`) for an id that is taken."""
    taken = session.scalar(select(VendorChange.id).where(VendorChange.source_id == row.source_id))
    if taken is not None:
        raise Conflict(
            f'There is a change "{row.source_id}" already. Open it to add a date, '
            "or choose another id.",
            "change_exists",
            "id",
        )
    return import_changes(session, [row], who=who, now=now)[0].change


def tell_customers(
    session: Session,
    change: VendorChange,
    *,
    title: str,
    summary: str,
    effect: str,
    who: Actor,
    now: datetime,
) -> None:
    """What letters and pages say instead of the vendor's words; empty goes back to those.

    Letters that have left keep what they said.
    """
    before = (change.plain_title, change.plain_summary, change.effect)
    change.plain_title = title or None
    change.plain_summary = summary or None
    change.effect = effect
    if before == (change.plain_title, change.plain_summary, change.effect):
        return
    details = {"title": title, "summary": summary, "effect": effect}
    record(
        session, who=who, what="change_worded", subject=change.source_id, now=now, details=details
    )
