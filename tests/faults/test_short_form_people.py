"""The short form of the faults that people, clocks, copies and mail servers bring."""

from collections.abc import Iterator

import pytest

from tests.faults.report import Line, plain
from tests.faults.stage import Play, Stage, stage
from tests.faults.table import PEOPLE, Entry, short_form

SEED = 1


@pytest.fixture(scope="module")
def place() -> Iterator[Stage]:
    with stage() as made:
        yield made


@pytest.mark.parametrize(("entry", "engine"), short_form(PEOPLE))
def test_nothing_is_lost_and_nothing_comes_twice_when(
    entry: Entry, engine: str, place: Stage
) -> None:
    result = entry.play(Play(place, engine, SEED))
    print(f"seed {SEED}\n{plain([Line(entry, engine, result)])}")  # noqa: T201
    assert (result.lost, result.doubled) == (0, 0)
