"""Temporary tables: filled row by row, and gone when the work is done."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, select
from sqlalchemy.exc import DBAPIError

from campaigns.models.base import Json
from campaigns.store import look_over, pour, scratch
from tests.kit import Office, rows_of

WORDS = Table(
    "pour_words",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", String),
    Column("more", Json),
    prefixes=["TEMPORARY"],
)


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        yield number, "tab\there, line\nthere, \\N and \u00e9" if number else None, '{"a": [1]}'


def test_rows_come_back_as_they_were_poured(office: Office) -> None:
    with office.store.writing() as session, scratch(session, WORDS):
        pour(session, WORDS, rows(3000))
        look_over(session, WORDS)
        assert session.scalar(select(func.count()).select_from(WORDS)) == 3000
        first, second = session.execute(select(WORDS).order_by(WORDS.c.number).limit(2))
    assert tuple(first) == (0, None, {"a": [1]})
    assert tuple(second) == (1, "tab\there, line\nthere, \\N and \u00e9", {"a": [1]})


def test_the_table_is_gone_afterwards_and_can_be_made_again(office: Office) -> None:
    for _ in range(2):
        with office.store.writing() as session, scratch(session, WORDS):
            pour(session, WORDS, rows(1))
    with pytest.raises(DBAPIError):
        rows_of(office, "SELECT * FROM pour_words")


def test_it_is_gone_after_a_failure_too(office: Office) -> None:
    def failing() -> Iterator[tuple[Any, ...]]:
        yield from rows(2)
        raise ValueError("no more rows")

    for _ in range(2):
        with (
            pytest.raises(ValueError, match="no more rows"),
            office.store.writing() as session,
            scratch(session, WORDS),
        ):
            pour(session, WORDS, failing())
