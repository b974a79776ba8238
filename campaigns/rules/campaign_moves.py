"""What can be done with a campaign in each state; `launch` holds the same line in the database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to do. `action` is what a role needs for it; `asks` says that it is confirmed.

    `ends` marks what cannot be taken back.
    """

    name: str
    label: str
    action: str
    allowed: tuple[str, ...]
    asks: bool = False
    ends: bool = False


ON = ("running", "held", "on_hold_by_vendor")
MOVES = (
    Move("approve", "Approve", "approve", ("draft",)),
    Move("start", "Start", "plan", ("approved",), asks=True),
    Move("resume", "Resume", "plan", ("held", "on_hold_by_vendor")),
    Move("hold", "Hold", "plan", ("running",), asks=True),
    Move("finish", "Finish", "plan", ON, asks=True, ends=True),
    Move(
        "cancel",
        "Cancel the campaign",
        "plan",
        ("draft", "approved", *ON),
        asks=True,
        ends=True,
    ),
)
LEADING = ("approve", "start", "resume")


def moves_from(state: str) -> tuple[Move, ...]:
    """What the state allows, the one that leads on first."""
    return tuple(move for move in MOVES if state in move.allowed)


def move_named(name: str) -> Move:
    """Raises KeyError."""
    return {move.name: move for move in MOVES}[name]
