"""The short form of the faults that hit workers, servers and connections."""

from collections.abc import Iterator

import pytest

from tests.faults.report import HEAD, Line, plain
from tests.faults.stage import Play, Stage, stage
from tests.faults.table import FAULTS, MACHINES, Entry, chosen, short_form

SEED = 1


@pytest.fixture(scope="module")
def place() -> Iterator[Stage]:
    with stage() as made:
        yield made


@pytest.mark.parametrize(("entry", "engine"), short_form(MACHINES))
def test_nothing_is_lost_and_nothing_comes_twice_when(
    entry: Entry, engine: str, place: Stage
) -> None:
    result = entry.play(Play(place, engine, SEED))
    print(f"seed {SEED}\n{plain([Line(entry, engine, result)])}")  # noqa: T201
    assert (result.lost, result.doubled) == (0, 0)


def test_every_fault_has_a_play_on_each_engine_that_it_names() -> None:
    numbers = [*range(1, 17), 18, 19, 22, 23, 24, *range(27, 31), 37, 38]
    assert {entry.id for entry in FAULTS} == {f"F{number}" for number in numbers}
    assert all(set(entry.short) <= set(entry.engines) for entry in FAULTS)
    assert len({entry.name for entry in FAULTS}) == len(FAULTS)
    with pytest.raises(ValueError, match="F99"):
        chosen("F1,F99")


def test_the_table_has_a_cell_for_every_column() -> None:
    entry = FAULTS[0]
    assert len(Line(entry, "sqlite", None, "it broke").cells()) == len(HEAD)
