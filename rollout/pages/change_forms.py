"""The forms about vendor changes: what was typed, as records."""

import re
from datetime import date

from flask import request

from campaigns.errors import Invalid
from campaigns.rules.milestones import KINDS, PRECISIONS
from campaigns.rules.periods import first_day
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from rollout.pages import typed
from rollout.parse.moment import parse_day

CATEGORIES = {
    "auth": "signing in",
    "retirement": "retirement",
    "end-of-support": "end of support",
    "client-migration": "new client program",
    "expiry": "something expires",
    "policy": "policy",
    "other": "other",
}
EVIDENCE = ("mfa", "none")
UNDATED = ("on-hold", "unknown")
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
RESERVED = ("new", "import", "library")  # addresses below /changes/
YEARS = range(2000, 2101)


def change() -> ChangeRecord:
    """The change that was typed in, with its first date where one is known. Raises Invalid."""
    return ChangeRecord(
        source_id=_id(),
        vendor=typed.line("vendor", "The vendor", 200, required=True),
        title=typed.line("title", "The title", 500, required=True),
        text=typed.block("text", "The text", 50_000),
        category=typed.one_of("category", "Category", CATEGORIES),
        effect=typed.line("effect", "What happens if nobody does anything", 500),
        evidence=typed.one_of("evidence", "Evidence", EVIDENCE),
        milestones=_first_date(),
    )


def milestone() -> MilestoneRecord:
    """A date with its kind, precision and source. Raises Invalid."""
    kind = typed.one_of("kind", "Kind of date", KINDS)
    precision = typed.one_of("precision", "How exactly", PRECISIONS)
    return MilestoneRecord(
        kind=kind,
        date=_day(kind, precision),
        precision=precision,
        note=typed.block("note", "The vendor's words", 2_000),
        source=typed.line("source", "The source", 2_000, required=True),
    )


def _first_date() -> tuple[MilestoneRecord, ...]:
    known = any(request.form.get(name, "").strip() for name in ("day", "source", "note"))
    return (milestone(),) if known or request.form.get("kind") in UNDATED else ()


def _id() -> str:
    text = typed.line("id", "The id", 100, required=True)
    if not ID.fullmatch(text) or text.casefold() in RESERVED:
        raise Invalid(
            f'"{text}" cannot be an id. Use letters, digits, dots, hyphens and underscores, '
            "such as vendor-login-2027.",
            "bad_id",
            "id",
        )
    return text


def _day(kind: str, precision: str) -> date | None:
    text = request.form.get("day", "").strip()
    if not text and kind in UNDATED:
        return None
    if not text:
        raise Invalid("The date is missing. Write it as 2026-12-08.", "missing", "day")
    try:
        day = parse_day(text[:40])
    except Invalid as problem:
        raise Invalid(problem.message, problem.code, "day") from None
    if day.year not in YEARS:
        raise Invalid(f"{day.year} cannot be meant. Check the year.", "bad_year", "day")
    return first_day(day, precision)
