"""Whether each campaign can still be done in time, for pages that are opened all day long.

What it hangs on is journalled or booked. So the sentence of a moment ago holds as long as nothing
was, the quarter of the hour is the same, and as many are undecided.
"""

from collections.abc import Iterable
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.boards.summary import Summary
from campaigns.models import ON, Booking, Campaign, JournalEntry
from campaigns.outlook import outlook_of
from campaigns.rules.foresight import Outlook
from campaigns.store import Store
from workers.runtime import Runtime

_NEWEST = select(
    select(func.max(JournalEntry.id)).scalar_subquery(),
    select(func.max(Booking.id)).scalar_subquery(),
)
QUARTER = 15 * 60
Stand = tuple[object, ...]
_known: WeakKeyDictionary[Store, dict[int, tuple[Stand, Outlook | None]]] = WeakKeyDictionary()


def outlooks(
    rt: Runtime, session: Session, views: Iterable[Summary], now: datetime
) -> dict[int, Outlook]:
    """The outlook of each campaign that runs and has undecided customers, by its number."""
    known = _known.setdefault(rt.store, {})
    newest, found = session.execute(_NEWEST).one(), {}
    for view in views:
        if view.state not in ON or not view.undecided:
            continue
        # Customers count by their own day, and somewhere one begins each quarter of an hour.
        stand = (*newest, int(now.timestamp()) // QUARTER, view.undecided)
        stood, outlook = known.get(view.id, (None, None))
        if stood != stand:
            campaign = session.get_one(Campaign, view.id)
            outlook = outlook_of(session, campaign, now, rt.day_minutes)
            known[view.id] = stand, outlook
        if outlook is not None:
            found[view.id] = outlook
    return found
