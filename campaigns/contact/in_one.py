"""Outcomes behind and marks ahead in one statement: what a courier writes most of the time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from campaigns.contact.claim import Claim
from campaigns.contact.hand_over import (
    MARK,
    MARKED,
    SETTLE,
    SETTLED,
    Settlement,
    Written,
    instants,
    mark,
    marked_row,
    settle_known,
    settled_row,
)

_ENGINE = "postgresql"
_BOTH = text(
    f"WITH settled AS ({SETTLE.format(given=SETTLED.source(_ENGINE))}), "  # noqa: S608 - our names
    f"marked AS ({MARK.format(given=MARKED.source(_ENGINE))}) "
    "SELECT id, FALSE FROM settled UNION ALL SELECT id, TRUE FROM marked"
).bindparams(*instants("machine", "lease", "now"))


def settle_and_mark(
    session: Session,
    token: str,
    settlements: Sequence[Settlement],
    letters: Sequence[tuple[Claim, Written]],
    *,
    now: datetime,
    machine: datetime,
    lease: timedelta,
) -> tuple[set[int], set[int]]:
    """The deliveries that were still ours and are settled, and those that may go.

    None of the settlements is a letter that was put off: those need `settle`, as do those that
    are missing in the answer. On Postgres it is one statement, for `Store.at_once`.
    """
    connection = session.connection()
    if connection.dialect.name != _ENGINE:
        ours = settle_known(session, token, settlements, now) if settlements else set()
        times = {"now": now, "machine": machine, "lease": lease}
        return ours, mark(session, token, letters, **times) if letters else set()  # type: ignore[arg-type]
    values = {"now": now, "machine": machine, "lease": machine + lease, "token": token}
    rows = SETTLED.values([settled_row(one) for one in settlements]) | MARKED.values(
        [marked_row(claim, written) for claim, written in letters]
    )
    found = connection.execute(_BOTH, values | rows).all()
    return {id_ for id_, ahead in found if not ahead}, {id_ for id_, ahead in found if ahead}
