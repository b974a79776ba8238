"""Reading the cells of a customers file (columns: DESIGN.md 5)."""

import re

from campaigns.rules.records import CustomerRecord
from rollout.parse.address import domain
from rollout.parse.cells import CellError, Hints, compared, plain, shown
from rollout.parse.headers import Headers
from rollout.parse.places import country, locale, subdivision, timezone
from rollout.parse.table import Row

COLUMNS = (
    "name",
    "domain",
    "timezone",
    "country",
    "subdivision",
    "locale",
    "service_model",
    "account_manager",
    "headcount",
    "tenant_id",
)
REQUIRED = ("name",)

MAX_NAME = 200
MAX_WORD = 100
MAX_DOMAINS = 50
MAX_HEADCOUNT = 10_000_000

SERVICE_MODELS = {"": "managed", "managed": "managed", "breakfix": "break-fix", "other": "other"}


class CustomerReader:
    """Makes CustomerRecords and remembers the names it has seen."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers
        self._hints = Hints()
        self._seen: dict[str, int] = {}

    def __call__(self, row: Row) -> CustomerRecord:
        """The customer of one row. Raises CellError."""
        record = self._record(row.values)
        first = self._seen.setdefault(compared(record.name), row.line)
        if first != row.line:
            raise CellError(f"{shown(record.name)} is already on line {first}. Keep one of them.")
        return record

    def _record(self, values: dict[str, str]) -> CustomerRecord:
        name = self._word(values, "name", MAX_NAME)
        if name is None:
            raise CellError("The name is missing.")
        zone = self._headers.cell(values, "timezone")
        code = self._headers.cell(values, "country")
        nation = country(code, self._hints) if code else None
        part = self._word(values, "subdivision", MAX_WORD)
        language = self._headers.cell(values, "locale")
        return CustomerRecord(
            name=name,
            domains=domains(self._headers.cell(values, "domain")),
            timezone=timezone(zone, self._hints) if zone else None,
            country=nation,
            subdivision=subdivision(part, nation, self._hints) if part and nation else part,
            locale=locale(language) if language else None,
            service_model=service_model(self._headers.cell(values, "service_model")),
            account_manager=self._word(values, "account_manager", MAX_NAME),
            headcount=headcount(self._headers.cell(values, "headcount")),
            tenant_id=self._word(values, "tenant_id", MAX_WORD),
            tags=self._headers.tags(values),
        )

    def _word(self, values: dict[str, str], column: str, limit: int) -> str | None:
        cell = self._headers.cell(values, column)
        return plain(cell, column.replace("_", " "), limit) if cell else None


def domains(cell: str) -> tuple[str, ...]:
    """One or several domains, separated by space, comma, semicolon or bar. Raises CellError."""
    parts = [part for part in re.split(r"[\s,;|]+", cell) if part]
    if len(parts) > MAX_DOMAINS:
        raise CellError(f"{len(parts)} domains stand here. Use at most {MAX_DOMAINS}.")
    return tuple(dict.fromkeys(domain(part) for part in parts))


def service_model(cell: str) -> str:
    """managed (also for an empty cell), break-fix or other. Raises CellError."""
    model = SERVICE_MODELS.get(re.sub(r"[\s_-]+", "", cell.casefold()))
    if model is None:
        raise CellError(f"{shown(cell)} is not a service model. Use managed, break-fix or other.")
    return model


def headcount(cell: str) -> int | None:
    """A whole number of people, or None for an empty cell. Raises CellError."""
    if not cell:
        return None
    if not re.fullmatch(r"[0-9]{1,8}", cell) or int(cell) > MAX_HEADCOUNT:
        raise CellError(f"The headcount {shown(cell)} is not a whole number such as 25.")
    return int(cell)
