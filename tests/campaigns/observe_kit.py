"""Eve at Northwind Dental, and what is known of who is ready."""

from datetime import datetime, timedelta

from campaigns import people
from tests.kit import (
    Office,
    rows_of,
)

HOME = "northwind-dental.example"
EVE = f"eve0@{HOME}"
STANDING = """
    SELECT contact.email, standing.level, standing.required, standing.reason
    FROM standing JOIN contact ON contact.id = standing.contact_id ORDER BY contact.email
"""


def standing(office: Office) -> dict[str, int | None]:
    return {address: level for address, level, _, _ in rows_of(office, STANDING)}


def count(office: Office, campaign: int) -> tuple[int, int, int, int, int]:
    with office.store.reading() as session:
        [found] = people.count(session, None, campaign, "mfa", office.now.date()).values()
    return found.total, found.done, found.not_done, found.unknown, found.excepted


def before(office: Office, **span: float) -> datetime:
    return office.now - timedelta(**span)
