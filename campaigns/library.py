"""The vendor changes that come with the product, with every move of their dates.

The facts stand in library_changes.json beside this module. `date` there is the first
day of the period that `precision` names; a milestone's `sources` are keys of the
change's own list. A change whose date was found in no source has no milestone: a
person has to enter one.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from campaigns.errors import NotFound
from campaigns.rules.records import ChangeRecord, MilestoneRecord


@dataclass(frozen=True, slots=True)
class Move:
    """A vendor changed its mind: the date or rule before and after, in its own words.

    `changed_on` is as exact as it is known ("2025-06-12", "2024"), or None.
    `verified` is False where one weak source is all there is: confirm before showing
    it to a customer. `note` tells what the vendor said about it.
    """

    changed_on: str | None
    before: str
    after: str
    source: str
    verified: bool
    note: str


def as_of() -> date:
    """The day on which the facts were last looked up."""
    return date.fromisoformat(_content()["as_of"])


@cache
def shipped_changes() -> tuple[ChangeRecord, ...]:
    """Every change of the library, ready for `register`."""
    return tuple(_change(entry) for entry in _content()["changes"])


def moves(change_id: str) -> tuple[Move, ...]:
    """How often the vendor moved, in order. Raises NotFound for an unknown change."""
    for entry in _content()["changes"]:
        if entry["id"] == change_id:
            return tuple(_move(entry, move) for move in entry["history"])
    raise NotFound(f'"{change_id}" is not a change of the library.', "change_unknown")


@cache
def _content() -> dict[str, Any]:
    text = files("campaigns").joinpath("library_changes.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def _change(entry: dict[str, Any]) -> ChangeRecord:
    actions = (entry["summary"], entry["user_action"], entry["admin_action"])
    return ChangeRecord(
        source_id=entry["id"],
        vendor=entry["vendor"],
        title=entry["title"],
        text=" ".join(actions),
        category=entry["category"],
        effect=entry["effect"],
        evidence=entry["evidence"],
        lead_days=entry["lead_days"],
        tags=(f"confidence:{entry['confidence']}",),
        milestones=tuple(_milestone(entry, milestone) for milestone in entry["milestones"]),
        sources=tuple(_cited(entry, source["key"]) for source in entry["sources"]),
        note=" ".join(entry["flags"]),
    )


def _milestone(entry: dict[str, Any], milestone: dict[str, Any]) -> MilestoneRecord:
    return MilestoneRecord(
        kind=milestone["kind"],
        date=date.fromisoformat(milestone["date"]),
        precision=milestone["precision"],
        zone=milestone["zone"],
        note=milestone["scope"],
        source=" ; ".join(_cited(entry, key) for key in milestone["sources"]),
    )


def _move(entry: dict[str, Any], move: dict[str, Any]) -> Move:
    return Move(
        changed_on=move["changed_on"],
        before=move["from"],
        after=move["to"],
        source=_cited(entry, move["source"]),
        verified=move["verified"],
        note=move["note"],
    )


def _cited(entry: dict[str, Any], key: str) -> str:
    """Where it is written, of when, and what kind of source that is."""
    source = next(source for source in entry["sources"] if source["key"] == key)
    return f"{source['url']} [{source['dated']}, {source['kind']}]"
