"""Reading the cells of a contacts file (columns: DESIGN.md 5)."""

import re
from functools import lru_cache

from campaigns.rules.records import ContactRecord
from rollout.parse.address import address
from rollout.parse.cells import CellError, Hints, compared, did_you_mean, plain, shown
from rollout.parse.headers import Headers
from rollout.parse.places import locale
from rollout.parse.table import Row

COLUMNS = ("customer", "name", "email", "role", "locale", "external_id", "class")
REQUIRED = ("customer", "email")

MAX_NAME = 200
MAX_ID = 200

ROLES = {
    "decision maker": "decision_maker",
    "owner": "decision_maker",
    "site contact": "site_contact",
    "office manager": "site_contact",
    "manager": "manager",
    "pilot": "pilot",
    "vip": "vip",
    "user": "user",
    "end user": "user",
    "employee": "user",
}
ROLE_WORDS = "decision maker, site contact, manager, pilot, vip or user"

CLASSES = {
    "": "person",
    "person": "person",
    "guest": "guest",
    "shared": "shared",
    "service": "service",
    "break glass": "break_glass",
    "room": "room",
}
CLASS_WORDS = "person, guest, shared, service, break-glass or room"


class ContactReader:
    """Makes ContactRecords and remembers whom it has seen at which customer."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers
        self._hints = Hints()
        self._seen: dict[str, dict[str, int]] = {}

    def __call__(self, row: Row) -> ContactRecord:
        """The contact of one row. Raises CellError."""
        record = self._record(row.values)
        people = self._seen.setdefault(compared(record.customer), {})
        first = people.setdefault(record.email, row.line)
        if first != row.line:
            raise CellError(
                f"{shown(record.email)} at {shown(record.customer)} is already on line {first}. "
                "Keep one of them."
            )
        return record

    def _record(self, values: dict[str, str]) -> ContactRecord:
        cell = self._headers.cell
        customer = plain(cell(values, "customer"), "customer", MAX_NAME)
        email = cell(values, "email")
        language = cell(values, "locale")
        if not customer or not email:
            raise CellError(f"The {'email' if customer else 'customer'} is missing.")
        return ContactRecord(
            customer=customer,
            name=plain(cell(values, "name"), "name", MAX_NAME),
            email=address(email),
            roles=self._roles(cell(values, "role")),
            locale=locale(language) if language else None,
            external_id=plain(cell(values, "external_id"), "external id", MAX_ID) or None,
            kind=self._kind(cell(values, "class")),
            tags=self._headers.tags(values),
        )

    def _roles(self, text: str) -> tuple[str, ...]:
        found, unknown = roles(text)
        if unknown:
            near = self._hints.nearest(unknown, ROLES)
            question = did_you_mean(near)
            raise CellError(f"{shown(unknown)} is not a role. Use {ROLE_WORDS}.{question}")
        return found

    def _kind(self, text: str) -> str:
        kind = CLASSES.get(_form(text))
        if kind is None:
            question = did_you_mean(self._hints.nearest(text, CLASSES))
            raise CellError(f"{shown(text)} is not a class. Use {CLASS_WORDS}.{question}")
        return kind


@lru_cache(maxsize=1024)
def roles(cell: str) -> tuple[tuple[str, ...], str]:
    """The roles that a cell names, in their order, and the first word that is none."""
    words = [word for part in re.split(r"[;|/,]", cell) if (word := part.strip())]
    for word in words:
        if _form(word) not in ROLES:
            return (), word
    return tuple(dict.fromkeys(ROLES[_form(word)] for word in words)) or ("user",), ""


def _form(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.casefold())
