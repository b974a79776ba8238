"""What lies ahead as rows: what many customers get alike at the same local time is one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.rules import step_words
from workers.rehearse import Event

Titles = Mapping[tuple[str, str], str]  # of steps, by campaign and key


@dataclass(frozen=True, slots=True)
class Row:
    """`day` and `clock` are the customers' own; `people` is their sum."""

    day: date
    clock: str
    kind: str
    campaign: str
    audience: str
    subject: str
    reason: str
    customers: Sequence[str]
    people: int


def alike(events: Sequence[Event], titles: Titles) -> list[Row]:
    """In the order of the days, then of the local times. `titles` names the steps."""
    groups: dict[tuple[str, ...], list[Event]] = {}
    for event in events:
        key = (
            event.local,
            event.campaign,
            event.kind,
            event.step,
            event.subject,
            event.reason,
        )
        groups.setdefault(key, []).append(event)
    return [_row(groups[key], titles) for key in sorted(groups)]


def _row(group: Sequence[Event], titles: Titles) -> Row:
    first = group[0]
    return Row(
        day=date.fromisoformat(first.local[:10]),
        clock=first.local[11:16],
        kind=first.kind,
        campaign=first.campaign,
        audience=step_words.audience(first.audience),
        subject=_subject(group[0], titles),
        reason=first.reason,
        customers=sorted({event.customer for event in group}, key=str.casefold),
        people=sum(event.people for event in group),
    )


def _subject(event: Event, titles: Titles) -> str:
    return event.subject or titles.get((event.campaign, event.step)) or event.step.replace("-", " ")
