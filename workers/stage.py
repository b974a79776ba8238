"""The copy on which a rehearsal plays: campaigns and their customers, in memory.

Whoever rehearses one campaign sees the others, too: they take technicians' time, and the dates
of one customer keep a distance. What runs goes on running on the copy.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, Table, insert, or_, select, true

from campaigns.models import Base, Campaign, Contact, Rollout, Touch
from campaigns.store import Store
from workers.runtime import Runtime

AT_ONCE = 5_000  # rows that are held while they are copied
NOT_BEGUN = ("draft", "approved", "cancelled")  # these take nobody's time

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
    "task",
    "touch",
)


BY_TOUCH = ("delivery", "touch_wording")


BY_CONTACT = ("standing",)


def copy_house(rt: Runtime, copy: Store, wanted: Collection[int]) -> None:
    """Copy the campaigns with these ids and all that have begun, with their customers."""
    Base.metadata.create_all(copy.engine)
    playing = select(Campaign.id).where(
        or_(Campaign.id.in_(wanted), Campaign.state.not_in(NOT_BEGUN))
    )
    with rt.store.reading() as source, copy.writing() as target:
        for table in Base.metadata.sorted_tables:
            condition = _share(table, playing)
            if condition is None:
                continue
            found = source.execute(select(table).where(condition))
            for rows in found.mappings().partitions(AT_ONCE):
                target.connection().execute(insert(table), [dict(row) for row in rows])


def _share(table: Table, playing: Select[int]) -> ColumnElement[bool] | None:
    """Which rows of a table the rehearsal needs; None for a table that it does without."""
    rollouts = select(Rollout.id).where(Rollout.campaign_id.in_(playing))
    customers = select(Rollout.customer_id).where(Rollout.campaign_id.in_(playing))
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
        return whose & (at.campaign_id.is_(None) | at.campaign_id.in_(playing))
    if table.name in BY_CONTACT:
        return at.contact_id.in_(contacts)
    if table.name in BY_TOUCH:
        return at.touch_id.in_(touches)
    if table.name in ("step", "exemption", "wave"):
        return at.campaign_id.in_(playing)
    chosen = {"campaign": playing, "customer": customers, "contact": contacts, "rollout": rollouts}
    return at.id.in_(chosen[table.name]) if table.name in chosen else None
