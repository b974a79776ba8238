"""Whether each campaign can still be done in time, for a page that is opened all day long.

The sentence is worked out anew when the number of undecided customers has changed, when a day
has begun, and otherwise every five minutes: a freeze or a day off may have come meanwhile.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from campaigns import propose
from campaigns.boards.summary import Summary
from campaigns.models import ON, Campaign
from campaigns.rules.foresight import Outlook
from campaigns.store import Store
from workers.runtime import Runtime

STANDS = timedelta(minutes=5)
Key = tuple[int, int, str]
_known: WeakKeyDictionary[Store, dict[Key, tuple[datetime, Outlook | None]]] = WeakKeyDictionary()


def outlooks(
    rt: Runtime, session: Session, views: Iterable[Summary], now: datetime
) -> dict[int, Outlook]:
    """The outlook of each campaign that runs and has undecided customers, by its number."""
    found = {}
    for view in views:
        if view.state in ON and view.undecided:
            outlook = _outlook(rt, session, view, now)
            if outlook is not None:
                found[view.id] = outlook
    return found


def _outlook(rt: Runtime, session: Session, view: Summary, now: datetime) -> Outlook | None:
    known = _known.setdefault(rt.store, {})
    key, machine = (view.id, view.undecided, now.date().isoformat()), rt.clock.machine()
    stood, outlook = known.get(key, (None, None))
    if stood is None or not timedelta(0) <= machine - stood < STANDS:
        campaign = session.get_one(Campaign, view.id)
        outlook = propose.outlook_of(session, campaign, now, rt.day_minutes)
        for old in [other for other in known if other[0] == view.id]:
            known.pop(old, None)
        known[key] = machine, outlook
    return outlook
