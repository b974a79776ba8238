"""Which column of a file is which, by name and never by position."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.errors import Invalid
from rollout.parse.cells import CellError, Hints, one_line, plain, shown, trimmed
from rollout.parse.table import Table, listed

MAX_TAG = 500
NO_TAGS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Headers:
    """Known columns by name, as the file writes them, and all the others."""

    known: Mapping[str, str]
    others: Sequence[str]

    def cell(self, values: Mapping[str, str], column: str) -> str:
        """The trimmed cell; empty where the file has no such column."""
        header = self.known.get(column)
        return trimmed(values[header]) if header is not None else ""

    def tags(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """The cells of all other columns that hold something. Raises CellError when too long."""
        if not self.others:
            return NO_TAGS
        tags = {header: trimmed(values[header]) for header in self.others}
        return {header: _tag(header, cell) for header, cell in tags.items() if cell}


def _tag(header: str, cell: str) -> str:
    if len(cell) > MAX_TAG:
        raise CellError(
            f"The column {shown(header)} has {len(cell)} characters. Use at most {MAX_TAG}."
        )
    return plain(one_line(cell), header, MAX_TAG)


def headers_of(table: Table, known: Sequence[str], required: Sequence[str]) -> Headers:
    """Finds the known columns; case, spaces, hyphens and underscores do not count.

    Raises Invalid where a required column is missing or a known one is there twice.
    """
    found: dict[str, str] = {}
    others: list[str] = []
    for header in table.columns:
        name = _form(header)
        if name in found:
            raise _twice(table, header)
        if name in known:
            found[name] = header
        else:
            others.append(header)
    for name in table.repeated:
        if _form(name) in found:
            raise _twice(table, name)
    missing = [name for name in required if name not in found]
    if missing:
        raise _missing(table, missing, others)
    return Headers(found, others)


def _form(header: str) -> str:
    return re.sub(r"[\s_-]+", "_", header.casefold())


def _twice(table: Table, header: str) -> Invalid:
    return Invalid(
        f"{table.name} has the column {shown(header)} more than once. Keep one of them.",
        code="repeated_column",
        field=_form(header),
    )


def _missing(table: Table, missing: Sequence[str], others: Sequence[str]) -> Invalid:
    names = " and ".join(f'"{name}"' for name in missing)
    word = "column" if len(missing) == 1 else "columns"
    near = Hints().nearest(missing[0], others)
    if near:
        mend = f'Rename {shown(near)} to "{missing[0]}".'
    else:
        mend = "The first line of the file must name the columns."
    return Invalid(
        f"{table.name} has no {word} {names}. It has: {listed(table.columns)}. {mend}",
        code="missing_column",
        field=missing[0],
    )
