"""The words of an evidence file, laid out in the database beside the people they are about.

Two temporary tables, the same on both engines, live as long as one import. Rows go in as they
are read, so that a file of a million people needs no more memory than one of ten; everything
that follows is a few statements over all of them.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, select
from sqlalchemy.orm import Session

from campaigns.models import Customer, CustomerDomain
from campaigns.models.base import BigKey, Json
from campaigns.rules.records import EvidenceFile, EvidenceRecord, Rejected
from campaigns.store import pour, scratch

SWITCHED_OFF = "the account is switched off"
_TEMPORARY = MetaData()

# One row of the file, by its place among those that were accepted. `home` is the customer by
# tenant, else by the domain of an address; `level` and `reason` are what may be believed.
WORD = Table(
    "evidence_word",
    _TEMPORARY,
    Column("line", BigKey, primary_key=True, autoincrement=False),
    Column("external_id", String),
    Column("upn", String),
    Column("address", String),
    Column("home", BigKey),
    Column("level", Integer),
    Column("required", Boolean),
    Column("admin", Boolean),
    Column("kind", String),
    Column("reason", String),
    Column("methods", Json),
    Column("raw", Json),
    prefixes=["TEMPORARY"],
)
# The one contact that a row is about, and whose contact that is.
MATCH = Table(
    "evidence_match",
    _TEMPORARY,
    Column("line", BigKey, primary_key=True, autoincrement=False),
    Column("contact_id", BigKey),
    Column("customer_id", BigKey),
    prefixes=["TEMPORARY"],
)


@dataclass
class Sifted:
    """What came out of the file while it was read."""

    accepted: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.accepted + len(self.rejected)


@contextmanager
def laid_out(session: Session, file: EvidenceFile) -> Iterator[Sifted]:
    """Reads the file to its end into the table of words, which is there while the block lasts."""
    sifted = Sifted()
    with scratch(session, WORD, MATCH):
        pour(session, WORD, _rows(file, _homes(session), sifted))
        yield sifted


def _rows(
    file: EvidenceFile, homes: Mapping[str, int], sifted: Sifted
) -> Iterator[tuple[Any, ...]]:
    for row in file.rows:
        if isinstance(row, Rejected):
            sifted.rejected.append(row)
            continue
        sifted.accepted += 1
        yield _row(sifted.accepted, row, homes)


def _row(line: int, row: EvidenceRecord, homes: Mapping[str, int]) -> tuple[Any, ...]:
    external_id, upn, address, tenant, level, required, admin, kind, active, methods, why, raw = row
    upn, address = upn.lower() if upn else None, address.lower() if address else None
    home = homes.get(tenant.lower()) if tenant else None
    for text in (upn, address):
        if home is None and text:
            home = homes.get(text.rpartition("@")[2])
    if active is False:
        level, why = None, SWITCHED_OFF
    said = (level, required, admin, kind, why or None, _listed(methods), raw)
    return (line, external_id or None, upn, address, home, *said)


@lru_cache(maxsize=4096)
def _listed(methods: tuple[str, ...]) -> str:
    return json.dumps(methods)


def _homes(session: Session) -> Mapping[str, int]:
    """Customers by tenant and by domain, in lower case."""
    homes: dict[str, int] = {}
    for id_, tenant in session.execute(select(Customer.id, Customer.tenant_id)):
        if tenant:
            homes[tenant.lower()] = id_
    for id_, domain in session.execute(select(CustomerDomain.customer_id, CustomerDomain.domain)):
        homes[domain.lower()] = id_
    return homes
