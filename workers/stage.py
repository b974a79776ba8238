"""The copy on which a rehearsal plays: one campaign and its customers, in memory."""

from sqlalchemy import ColumnElement, Table, insert, select, true

from campaigns import launch
from campaigns.models import (
    Base,
    Campaign,
    Contact,
    Rollout,
    Touch,
)
from campaigns.store import Store
from workers.runtime import Runtime

WHOLE = (
    "staff",
    "vendor_change",
    "milestone",
    "technician_week",
    "technician_skill",
    "day_off",
    "booking_limit",
    "technician_day",
    "day_load",
    "letter_version",
    "snapshot",
)


BY_CUSTOMER = ("working_week", "headcount", "level_count")


BY_ROLLOUT = (
    "agreement",
    "booking",
    "customer_link",
    "deferral_grant",
    "not_deciding",
    "put_down",
    "touch",
)


BY_CONTACT = ("standing",)


def copy_campaign(rt: Runtime, copy: Store, name: str) -> None:
    Base.metadata.create_all(copy.engine)
    with rt.store.reading() as source, copy.writing() as target:
        campaign = launch.find_campaign(source, name)
        for table in Base.metadata.sorted_tables:
            condition = _share(table, campaign)
            if condition is None:
                continue
            found = source.execute(select(table).where(condition))
            rows = [dict(row) for row in found.mappings()]
            if rows:
                target.connection().execute(insert(table), rows)


def _share(table: Table, campaign: Campaign) -> ColumnElement[bool] | None:
    """Which rows of a table the rehearsal needs; None for a table that it does without."""
    rollouts = select(Rollout.id).where(Rollout.campaign_id == campaign.id)
    customers = select(Rollout.customer_id).where(Rollout.campaign_id == campaign.id)
    contacts = select(Contact.id).where(Contact.customer_id.in_(customers))
    touches = select(Touch.id).where(Touch.rollout_id.in_(rollouts))
    at = table.c
    if table.name in WHOLE:
        return true()
    if table.name in BY_ROLLOUT:
        return at.rollout_id.in_(rollouts)
    if table.name in BY_CUSTOMER:
        return at.customer_id.is_(None) | at.customer_id.in_(customers)
    if table.name == "freeze":
        whose = at.customer_id.is_(None) | at.customer_id.in_(customers)
        return whose & (at.campaign_id.is_(None) | (at.campaign_id == campaign.id))
    if table.name == "exemption":
        return at.campaign_id == campaign.id
    if table.name in BY_CONTACT:
        return at.contact_id.in_(contacts)
    if table.name == "delivery":
        return at.touch_id.in_(touches)
    if table.name in ("campaign", "step"):
        return (at.id if table.name == "campaign" else at.campaign_id) == campaign.id
    if table.name in ("customer", "contact", "rollout"):
        return at.id.in_(
            {"customer": customers, "contact": contacts, "rollout": rollouts}[table.name]
        )
    return None
