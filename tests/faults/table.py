"""Every fault: its number, its sentence, the engines on which it is played."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.faults import (
    beats,
    bookings,
    changes_meanwhile,
    clocks_and_copies,
    database_fails,
    letters_change,
    long_runs,
    points,
    redis_fails,
    server_answers,
    workers_die,
)
from tests.faults.result import Fault

POSTGRES, SQLITE = "postgresql", "sqlite"
BOTH = (POSTGRES, SQLITE)
SEEDS = 3


@dataclass(frozen=True)
class Entry:
    """`engines` in the long form; `short` those of the short form. `seeds` runs in the long one."""

    id: str
    title: str
    play: Fault
    engines: tuple[str, ...] = BOTH
    short: tuple[str, ...] = (POSTGRES,)
    seeds: int = 1

    @property
    def name(self) -> str:
        return self.play.__name__  # type: ignore[attr-defined, no-any-return]


MACHINES = (
    Entry(
        "F1", "workers are killed at random", workers_die.kill_at_random, short=BOTH, seeds=SEEDS
    ),
    Entry("F2", "the program dies at a named point", points.dies_at_points, short=(SQLITE,)),
    Entry("F2", "it is killed while the server is at a phase", points.killed_at_phases),
    Entry("F3", "workers are asked to stop while they send", workers_die.ask_to_stop),
    Entry("F4", "the beat dies and comes back", beats.beat_dies),
    Entry("F5", "there are too many beats", beats.many_beats, seeds=SEEDS),
    Entry("F6", "Redis is flushed", redis_fails.flushed, seeds=SEEDS),
    Entry("F7", "Redis hangs up and restarts", redis_fails.hangs_up, (POSTGRES,)),
    Entry("F8", "Redis is away", redis_fails.away),
    Entry("F9", "Postgres restarts at once", database_fails.restarts, (POSTGRES,), seeds=SEEDS),
    Entry("F10", "connections die in a commit", database_fails.commit_is_cut, (POSTGRES,)),
    Entry("F11", "more requests than connections", bookings.pool_runs_dry, (POSTGRES,)),
)
PEOPLE = (
    Entry("F12", "the mail server refuses everything", server_answers.refuses_all, short=(SQLITE,)),
    Entry("F12", "it puts every letter off", server_answers.puts_off, short=(SQLITE,)),
    Entry("F13", "it refuses one address", server_answers.refuses_one),
    Entry("F14", "it does not answer", server_answers.dawdles, short=(SQLITE,)),
    Entry("F15", "it hangs up after the dot", server_answers.hangs_up_after_the_dot),
    Entry("F16", "QUIT fails", server_answers.quit_fails, short=(SQLITE,)),
    Entry("F18", "the clock jumps by a day", clocks_and_copies.clock_jumps, short=(SQLITE,)),
    Entry("F19", "a copy of the database is started", clocks_and_copies.copied),
    Entry("F19", "a backup is put back", clocks_and_copies.put_back, (SQLITE,), (SQLITE,)),
    Entry("F22", "dates move while letters leave", changes_meanwhile.dates_move),
    Entry("F23", "many want the last place", bookings.last_place, short=BOTH),
    Entry("F24", "one button is pressed many times", bookings.double_click, short=(SQLITE,)),
    Entry("F27", "the campaign is held while letters leave", changes_meanwhile.held),
    Entry("F28", "contacts leave while letters leave", changes_meanwhile.contacts_leave),
    Entry("F29", "campaigns end while letters leave", changes_meanwhile.cancelled),
    Entry("F30", "a letter's text is edited", letters_change.text_is_edited, short=(SQLITE,)),
    Entry("F37", "a worker sends many letters", long_runs.memory_stays),
    Entry("F38", "the schema grows while letters leave", letters_change.schema_grows),
)
FAULTS = (*MACHINES, *PEOPLE)


def short_form(entries: tuple[Entry, ...]) -> list[Any]:
    """pytest's parameters: each entry on the engines of its short form."""
    return [
        pytest.param(entry, engine, id=f"{entry.id}_{entry.name}-{engine}")
        for entry in entries
        for engine in entry.short
    ]


def chosen(only: str) -> tuple[Entry, ...]:
    """The entries of `F1,F5`, or all. Raises ValueError for a number that is none."""
    ids = {word.strip().upper() for word in only.split(",") if word.strip()}
    unknown = ids - {entry.id for entry in FAULTS}
    if unknown:
        raise ValueError(f"No such fault: {', '.join(sorted(unknown))}.")
    return tuple(entry for entry in FAULTS if not ids or entry.id in ids)
