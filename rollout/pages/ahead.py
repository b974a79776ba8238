"""What lies ahead as rows: what many customers get alike at the same local time is one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.rules import step_words
from workers.rehearse import Event


@dataclass(frozen=True, slots=True)
class Row:
    """`day` and `clock` are the customers' own; `people` is their sum."""

    day: date
    clock: str
    kind: str
    audience: str
    subject: str
    reason: str
    customers: Sequence[str]
    people: int


def alike(events: Sequence[Event]) -> list[Row]:
    """In the order of the days, then of the local times."""
    groups: dict[tuple[str, str, str, str, str], list[Event]] = {}
    for event in events:
        key = (event.local, event.kind, event.step, event.subject, event.reason)
        groups.setdefault(key, []).append(event)
    return [_row(groups[key]) for key in sorted(groups)]


def _row(group: Sequence[Event]) -> Row:
    first = group[0]
    return Row(
        day=date.fromisoformat(first.local[:10]),
        clock=first.local[11:16],
        kind=first.kind,
        audience=step_words.audience(first.audience),
        subject=_subject(group),
        reason=first.reason,
        customers=sorted({event.customer for event in group}, key=str.casefold),
        people=sum(event.people for event in group),
    )


def _subject(group: Sequence[Event]) -> str:
    return group[0].subject or group[0].step.replace("-", " ")
