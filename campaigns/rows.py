"""Columns read past the session, which costs half as much as through it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Result,
    Select,
    String,
    Time,
    cast,
    false,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from campaigns.models.base import BigKey

# What parts of one statement have in common; see `part`.
_COLUMNS: Mapping[str, Any] = {
    "key": BigKey,
    "word": String,
    "said": String,
    "number": Integer,
    "weekday": Integer,
    "starts": Date,
    "ends": Date,
    "until": Date,
    "opens": Time,
    "closes": Time,
}
_KIND = 0
_NULL: ColumnElement[Any] = literal_column("NULL")
Parts = Mapping[str, Sequence[Sequence[Any]]]


def rows_of(
    session: Session,
    statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]],
    **values: object,
) -> Result[*tuple[Any, ...]]:
    """Rows of a statement that was built beforehand; what the session holds back goes first."""
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, values)


def part(kind: str, **columns: Any) -> Select[*tuple[Any, ...]]:
    """Rows of one kind, in columns that every kind has; those that are not named are NULL.

    Small tables that are always read together come in one statement this way: on Postgres a
    statement costs more than its rows.
    """
    return select(literal_column(f"'{kind}'"), *(columns.get(name, _NULL) for name in _COLUMNS))


def together(*parts: Select[*tuple[Any, ...]]) -> CompoundSelect[*tuple[Any, ...]]:
    """One statement of several parts. Their types stand once, in a part without rows: what is
    longer than 4,096 characters psycopg takes apart anew each time."""
    typed = (cast(null(), type_).label(name) for name, type_ in _COLUMNS.items())
    head = select(literal_column("''", String).label("kind"), *typed).where(false())
    return union_all(head, *parts)


def by_kind(rows: Iterable[Sequence[Any]]) -> Parts:
    """The rows of each kind without the kind itself, in the order of `part`'s columns."""
    found: defaultdict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in rows:
        found[row[_KIND]].append(row[1:])
    return found
