"""One touch, one wording: a text that is edited meanwhile waits for the next touch."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import LetterVersion, TouchWording
from campaigns.store import insert_missing

Pair = tuple[int, str]


def keep_letter(
    session: Session,
    version: str,
    name: str,
    language: str,
    compiled: dict[str, Any],
    now: datetime,
) -> None:
    """Keep a compiled letter, so that what was sent can be shown as it was."""
    row = {
        "version": version,
        "name": name,
        "language": language,
        "compiled": compiled,
        "created_at": now,
    }
    insert_missing(session, LetterVersion, [row])


def keep_wording(session: Session, wanted: Mapping[Pair, str]) -> dict[Pair, str]:
    """The version that each (touch, language) keeps to: the first one that anybody wanted.

    The letters of the `wanted` versions must have been kept before.
    """
    rows = [
        {"touch_id": touch, "language": language, "version": version}
        for (touch, language), version in wanted.items()
    ]
    insert_missing(session, TouchWording, rows)
    found = session.execute(
        select(TouchWording.touch_id, TouchWording.language, TouchWording.version).where(
            TouchWording.touch_id.in_({touch for touch, _ in wanted})
        )
    )
    kept = {(touch, language): version for touch, language, version in found}
    return {pair: kept[pair] for pair in wanted}


def letters_kept(session: Session, versions: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Compiled letters by version, as they were kept."""
    query = select(LetterVersion.version, LetterVersion.compiled)
    rows = session.execute(query.where(LetterVersion.version.in_(list(versions))))
    return {row.version: row.compiled for row in rows}
