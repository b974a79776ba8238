"""What is sent to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.kit import Office


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """Every SQL statement sent while the block runs."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(office.store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(office.store.engine, "before_cursor_execute", note)
