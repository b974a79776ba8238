"""What tests of the change pages read and send."""

from datetime import date
from typing import Any

from campaigns.boards.changes import change_view
from campaigns.models import JournalEntry
from tests.web.desk_kit import Face


def dates(house: Face, change: str) -> list[tuple[str, date | None, str]]:
    with house.office.store.reading() as session:
        view = change_view(session, change, house.office.now)
    return [(m.kind, m.day, m.precision) for m in view.line.milestones]


def journal(house: Face, what: str) -> list[dict[str, Any]]:
    with house.office.store.reading() as session:
        entries = session.query(JournalEntry).filter_by(what=what).all()
    return [entry.details for entry in entries]


TYPED = {
    "id": "vendor-login-2027",
    "vendor": "Contoso",
    "title": "A new sign-in",
    "text": "Contoso says so.",
    "category": "auth",
    "evidence": "none",
    "kind": "starts",
    "precision": "quarter",
    "day": "2027-05-20",
    "source": "their letter of 1 May",
}
