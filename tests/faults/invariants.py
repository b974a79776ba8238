"""What must hold after every fault: the rows, the sink's files, the journal.

The numbers are those of the contract: I1 states, I2 and I3 rows and letters, I4 and I5
bookings, I6 nothing after a stop, I7 windows, I8 counters, I9 the journal, I11 customers
apart. (I10, evidence in any order, has tests of its own among the imports.)
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from campaigns import journal
from campaigns.models import JournalEntry
from campaigns.pulse import pulse
from rollout.wiring import machine_now
from tests.faults.house import House
from tests.faults.ledger import Letters

STATES = ("due", "sending", "sent", "failed", "uncertain", "skipped", "cancelled", "expired")
HANDED_OVER = ("sent", "uncertain")
EXPLAINED = ("failed", "uncertain", "skipped", "cancelled", "expired")


@dataclass(frozen=True)
class Row:
    """One delivery with what is needed to judge it."""

    public_id: str
    message_id: str | None
    state: str
    reason: str | None
    mark: object
    settled_at: object


@dataclass(frozen=True)
class Verdict:
    """Counts over all letters, and every breach as a sentence."""

    letters: int
    lost: int
    doubled: int
    uncertain: int
    breaches: tuple[str, ...]

    def holds(self) -> None:
        """Fails with the breaches, a few of each."""
        assert not self.breaches, "\n".join(self.breaches[:20])


def examine(house: House, letters: Letters, open_is_fine: bool = False) -> Verdict:
    """Everything that can be asked after any run. `open_is_fine` where some still wait."""
    rows = rows_of(house)
    breaches = [
        *_states(rows, open_is_fine),
        *_rows_and_letters(rows, letters),
        *_bookings(house),
        *_windows(house),
        *_counters(house, rows),
        *_touches(house),
        *_customers_apart(house),
    ]
    with house.store.reading() as session:
        breaches += [f"I9: {problem}" for problem in journal.verify(session)]
    sent = {row.message_id for row in rows if row.state == "sent"}
    waiting = sum(row.state in ("due", "sending") for row in rows)
    return Verdict(
        letters=len(rows),
        lost=len(sent - set(letters.ids())) + (0 if open_is_fine else waiting),
        doubled=letters.doubled(),
        uncertain=sum(row.state == "uncertain" for row in rows),
        breaches=tuple(breaches),
    )


def rows_of(house: House) -> list[Row]:
    found = house.rows(
        "SELECT public_id, message_id, state, reason, mark, settled_at FROM delivery"
    )
    return [Row(*row) for row in found]  # type: ignore[arg-type]


def none_after(
    letters: Letters, deliveries: Collection[str], stopped: datetime, grace: float = 1.0
) -> list[str]:
    """I6: letters of these deliveries whose dot came later than the stop allows."""
    limit = stopped + timedelta(seconds=grace)
    return [
        f"I6: {one.delivery} was taken {(one.taken_at - stopped).total_seconds():.2f} s after"
        for one in letters.all
        if one.delivery in deliveries and one.taken_at is not None and one.taken_at > limit
    ]


def _states(rows: list[Row], open_is_fine: bool) -> list[str]:
    found = [f"I1: {r.public_id} is {r.state}" for r in rows if r.state not in STATES]
    if not open_is_fine:
        found += [
            f"I1: {row.public_id} is still {row.state}"
            for row in rows
            if row.state in ("due", "sending")
        ]
    found += [
        f"I1: {row.public_id} is {row.state} without a reason"
        for row in rows
        if row.state in EXPLAINED and not row.reason
    ]
    return found + [
        f"I1: {row.public_id} is {row.state} without a time"
        for row in rows
        if row.state not in ("due", "sending") and row.settled_at is None
    ]


def _rows_and_letters(rows: list[Row], letters: Letters) -> list[str]:
    by_id = {row.message_id: row for row in rows if row.message_id}
    known = {row.public_id: row for row in rows}
    found = []
    for message_id, count in letters.ids().items():
        row = by_id.get(message_id)
        if count > 1:
            found.append(f"I2: {message_id} came {count} times")
        if row is None:
            found.append(f"I2: {message_id} is no letter of ours")
        elif row.state not in HANDED_OVER:
            found.append(f"I2: {row.public_id} was taken and is {row.state} ({row.reason})")
    for letter in letters.all:
        if letter.delivery in known and known[letter.delivery].message_id != letter.message_id:
            found.append(f"I2: {letter.delivery} came under another Message-ID")
    return found + [
        f"I3: {row.public_id} is sent and never came"
        for row in rows
        if row.state == "sent" and row.message_id not in letters.ids()
    ]


def _bookings(house: House) -> list[str]:
    days = house.rows(
        """SELECT d.day, d.lane, d.taken, d.capacity, coalesce(sum(b.minutes), 0)
           FROM technician_day d
           LEFT JOIN booking b ON b.technician_day_id = d.id AND b.released_at IS NULL
           GROUP BY d.id, d.day, d.lane, d.taken, d.capacity"""
    )
    found = [
        f"I4: {day} {lane}: {taken} taken, {held} booked, {capacity} in all"
        for day, lane, taken, capacity, held in days
        if not int(str(taken)) == int(str(held)) <= int(str(capacity))
    ]
    standing = house.rows(
        """SELECT r.id FROM rollout r
           JOIN agreement a ON a.rollout_id = r.id AND a.version = r.version
           LEFT JOIN booking b
             ON b.rollout_id = r.id AND b.version = a.version AND b.released_at IS NULL
           WHERE (a.day IS NOT NULL) <> (b.id IS NOT NULL)"""
    )
    return found + [f"I5: rollout {id_}: date and booking do not agree" for (id_,) in standing]


def _windows(house: House) -> list[str]:
    late = house.rows(
        """SELECT d.public_id FROM delivery d JOIN touch t ON t.id = d.touch_id
           WHERE d.state IN ('sent', 'uncertain') AND (d.mark < t.due OR d.mark > t.valid_until)"""
    )
    return [f"I7: {public_id} left outside its window" for (public_id,) in late]


def _counters(house: House, rows: list[Row]) -> list[str]:
    """What the board and /metrics show, and what the journal sealed, against the rows."""
    with house.store.reading() as session:
        shown = pulse(session, now=house.now, machine=machine_now(), refusal=None)
    told = {"uncertain": shown.uncertain, "failed": shown.failed}
    found = [
        f"I8: {count} {state} are shown and {real} are there"
        for state, count in told.items()
        if count != (real := sum(row.state == state for row in rows))
    ]
    through = {int(str(id_)) for (id_,) in house.rows(_THROUGH)}
    with house.store.reading() as session:
        entries = session.scalars(select(JournalEntry).filter_by(what="letters_settled"))
        sealed = {int(entry.details["touch"]) for entry in entries}
    return found + [f"I8: touch {id_} is through and not sealed" for id_ in through - sealed]


# A touch that was opened and found nobody to write to is done without a seal.
_THROUGH = """SELECT t.id FROM touch t WHERE t.state = 'done' AND EXISTS
              (SELECT 1 FROM delivery d WHERE d.touch_id = t.id
               AND d.state IN ('sent', 'uncertain', 'failed'))"""


def _touches(house: House) -> list[str]:
    stuck = house.rows(
        """SELECT t.id FROM touch t WHERE t.state = 'open' AND NOT EXISTS
           (SELECT 1 FROM delivery d WHERE d.touch_id = t.id AND d.state IN ('due','sending'))"""
    )
    early = house.rows(
        """SELECT t.id FROM touch t WHERE t.state = 'done' AND EXISTS
           (SELECT 1 FROM delivery d WHERE d.touch_id = t.id AND d.state IN ('due','sending'))"""
    )
    return [
        *(f"I1: touch {id_} is open and has nothing left to do" for (id_,) in stuck),
        *(f"I1: touch {id_} is through and has letters that wait" for (id_,) in early),
    ]


def _customers_apart(house: House) -> list[str]:
    strangers = house.rows(
        """SELECT d.public_id FROM delivery d JOIN touch t ON t.id = d.touch_id
           JOIN rollout r ON r.id = t.rollout_id JOIN contact c ON c.id = d.contact_id
           WHERE c.customer_id <> r.customer_id"""
    )
    return [f"I11: {public_id} went to another customer" for (public_id,) in strangers]
