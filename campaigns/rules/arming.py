"""May this installation send? A copy of it may not, nor one whose clock has jumped.

Three things are compared with what was kept at the last sweep: where the database is, what this
folder has seen leave, and the clock against one that nobody can set. Each is chosen so that an
honest installation agrees with itself: many workers, restarts, a container that was moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.rules.spans import span

JUMP = timedelta(minutes=10)
# Of path, inode and machine, the marks of a database in a file, how many must still fit.
ENOUGH = 2
FILE = "file"


@dataclass(frozen=True, slots=True)
class Boot:
    """A start of this machine, and the seconds since; they count sleep and cannot be set."""

    id: str
    uptime: float


@dataclass(frozen=True, slots=True, order=True)
class Seal:
    """What a folder has seen leave: when sending was confirmed, and the rounds since the start."""

    armed_at: datetime
    rounds: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database says of the last sweep and the last confirmation; None before the first."""

    place: Sequence[str] | None
    seal: Seal | None
    held_why: str | None
    swept_at: datetime | None
    boot: Boot | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What this process sees now.

    `place` is a kind and its marks. `database_now` is None where the database has no clock of
    its own; `clock` is None where time is driven, for that may jump.
    """

    place: Sequence[str]
    seal: Seal | None
    clock: datetime | None
    database_now: datetime | None
    boot: Boot | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing may be sent. A `lasting` one is kept until somebody confirms sending."""

    code: str
    why: str
    lasting: bool = False


COPIED = Refusal(
    "copied",
    "This database was copied, restored or moved since sending was last confirmed. "
    "Another copy of it may be sending the same letters.",
)
WENT_BACK = Refusal(
    "went_back",
    "This database is older than the letters that have left from here: it was restored. "
    "Letters of the time between may be due a second time.",
    lasting=True,
)


def refusal(kept: Kept, seen: Seen) -> Refusal | None:
    """Why nothing may be sent now, the gravest reason first; None where everything fits."""
    if kept.place is not None and not same_place(kept.place, seen.place):
        return COPIED
    if seen.seal is not None and (kept.seal is None or seen.seal > kept.seal):
        return WENT_BACK
    if _lost_its_folder(kept, seen):
        return COPIED
    if kept.held_why is not None:
        return Refusal("held", kept.held_why)
    return _of_the_clock(kept, seen, seen.clock) if seen.clock is not None else None


def same_place(kept: Sequence[str], seen: Sequence[str]) -> bool:
    """Whether two descriptions mean one database.

    A server's marks must all fit. A file's may change one at a time: its path when the folder
    is moved, its inode when it is put back, the machine when the volume is.
    """
    if kept[0] != seen[0] or kept[0] != FILE:
        return list(kept) == list(seen)
    fitting = sum(a == b != "" for a, b in zip(kept[1:], seen[1:], strict=True))
    return fitting >= ENOUGH


def _lost_its_folder(kept: Kept, seen: Seen) -> bool:
    """A file that has sent letters but has nothing beside it that saw them leave."""
    sent = kept.seal is not None and kept.seal.rounds > 0
    return seen.place[0] == FILE and sent and seen.seal is None


def _of_the_clock(kept: Kept, seen: Seen, clock: datetime) -> Refusal | None:
    if seen.database_now is not None and abs(clock - seen.database_now) > JUMP:
        return Refusal(
            "clocks_differ",
            f"This machine's clock says {_shown(clock)}, the database's "
            f"{_shown(seen.database_now)}. Set the wrong one right.",
        )
    if kept.swept_at is None:
        return None
    if clock < kept.swept_at - JUMP:
        return Refusal(
            "clock_back",
            f"The clock says {_shown(clock)}, but the last sweep was at "
            f"{_shown(kept.swept_at)}: it was set back.",
        )
    jump = _jump(kept, seen, clock)
    if jump > JUMP:
        return Refusal(
            "clock_forward",
            f"The clock jumped forward by {span(jump)}, to {_shown(clock)}. "
            "Sending at a false time cannot be taken back.",
            lasting=True,
        )
    if jump < -JUMP:
        return Refusal("clock_back", f"The clock was set back by {span(-jump)}.")
    return None


def _jump(kept: Kept, seen: Seen, clock: datetime) -> timedelta:
    """How far the clock has gone beyond the time that has passed; none across starts.

    An outage is not a jump: the time since this machine's start went on as well.
    """
    assert kept.swept_at is not None
    if kept.boot is None or seen.boot is None or kept.boot.id != seen.boot.id:
        return timedelta()
    passed = seen.boot.uptime - kept.boot.uptime
    # Some containers count from their own start, under the id of the machine's.
    return clock - kept.swept_at - timedelta(seconds=passed) if passed >= 0 else timedelta()


def _shown(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M} UTC"
