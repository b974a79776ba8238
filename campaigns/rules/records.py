"""The shapes in which facts arrive: one class for each kind of imported row.

Readers of files (rollout/parse) make them, the stations (register, observe) take
them. `line` is the line or record number in the file, counted from 1, as an
editor shows it; the header of a CSV file is line 1.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, and the one sentence that says why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Parsed(Generic[Record]):
    """What a file held: every row is either accepted or rejected.

    `rows` counts the data rows seen; `rows == len(accepted) + len(rejected)`
    always holds.
    """

    rows: int
    accepted: Sequence[tuple[int, Record]]
    rejected: Sequence[Rejected]
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """One row of a customers file. Empty cells are None; `domains` are lower case."""

    name: str
    domains: tuple[str, ...] = ()
    timezone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    locale: str | None = None
    service_model: str | None = None  # managed | break-fix | other
    account_manager: str | None = None
    headcount: int | None = None
    tenant_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """One row of a contacts file; `customer` is the customer's name as written.

    `roles` holds words of `decision_maker, site_contact, manager, pilot, vip, user`;
    `kind` is one of `person, guest, shared, service, break_glass, room`.
    """

    customer: str
    name: str
    email: str
    roles: tuple[str, ...] = ("user",)
    locale: str | None = None
    external_id: str | None = None
    kind: str = "person"
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MilestoneRecord:
    """A dated fact about a vendor change.

    `date` is the first day of the period that `precision` names (day, month,
    quarter, half, year); None where the vendor gave none (kind `on-hold`).
    `zone` is an IANA name, or None for "a calendar day wherever you are".
    """

    kind: str  # starts completes default-off blocked postpone-limit paid-extension-end expires ...
    date: date | None
    precision: str = "day"
    zone: str | None = None
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A vendor change as one source tells it; text is plain, markup is gone."""

    source_id: str
    vendor: str
    title: str
    text: str = ""
    category: str = "other"  # auth retirement end-of-support client-migration expiry policy other
    effect: str = ""
    evidence: str = "none"  # mfa | none
    lead_days: int | None = None
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    milestones: tuple[MilestoneRecord, ...] = ()
    modified_at: datetime | None = None
    sources: tuple[str, ...] = ()
    note: str = ""


class EvidenceRecord(NamedTuple):
    """What one vendor system says of one person.

    `upn`, `address` and `tenant` are in lower case. `level` is the ladder of evidence: 0 known
    to be not registered (at most the person's own word), 1 registered, 2 usable, 3 usable or
    enrolled *and* required by policy, 4 seen in use after the date. None is unknown, never
    "no"; `reason` then says why. `required` is kept beside it: required but below level 1 is
    the person who will be stopped at the next sign-in. A file holds a million of these: hence
    a tuple.
    """

    external_id: str | None
    upn: str | None
    address: str | None
    tenant: str | None
    level: int | None
    required: bool | None
    admin: bool | None
    kind: str | None  # person | guest | shared | service | None when the source does not say
    active: bool | None
    methods: tuple[str, ...] = ()
    reason: str = ""  # why unknown
    raw: str = "{}"  # the row as the vendor wrote it, as JSON


@dataclass(frozen=True, slots=True)
class EvidenceEnding:
    """What is known of an evidence file when its last row was read.

    `taken_at` is None where the file does not say when it was taken.
    """

    taken_at: datetime | None
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class EvidenceFile:
    """One evidence import, before people are matched: read once, row by row, however long.

    `source` is one of graph, entra-portal, get-mg, cipp, google-admin; `ending` is asked after
    the last row.
    """

    source: str
    rows: Iterable[EvidenceRecord | Rejected]
    ending: Callable[[], EvidenceEnding]


@dataclass(frozen=True, slots=True)
class TicketRecord:
    """One help-desk ticket; work and waiting are different things, both in minutes."""

    reference: str
    customer: str
    opened: datetime
    closed: datetime | None
    work_minutes: float | None
    waiting_minutes: float | None
    summary: str = ""
    topic: str | None = None
