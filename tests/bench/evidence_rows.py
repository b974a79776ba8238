"""A word on everybody, loaded as rows."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from campaigns.models import Contact, Snapshot
from campaigns.store import Store
from tests.bench import mass

COLUMNS = ("contact_id", "evidence", "level", "taken_at", "snapshot_id")


def everybody(store: Store, now: datetime) -> None:
    """Two of three people can, as one file says."""
    with store.writing() as session:
        snapshot = Snapshot(
            source="entra-portal",
            file_name="bench.csv",
            file_hash="0" * 64,
            taken_at=now,
            imported_at=now,
            imported_by="ada@harbor.example",
            rows_in=0,
            accepted=0,
            rejected=0,
            matched=0,
            rejections={},
        )
        session.add(snapshot)
        session.flush()
        number = snapshot.id
    mass.load(store, "standing", COLUMNS, _rows(store, number, now))
    mass.count_people(store)


def _rows(store: Store, snapshot: int, now: datetime) -> Iterator[mass.Row]:
    with store.reading() as session:
        contacts = session.scalars(select(Contact.id).order_by(Contact.id)).all()
    for contact in contacts:
        yield contact, "mfa", 2 if contact % 3 else 0, now, snapshot
