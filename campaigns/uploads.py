"""Uploaded files between preview and confirmation; kept for a day, seen by whoever sent them."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.links import token_hash
from campaigns.models import UploadedFile

KEPT = timedelta(days=1)


def keep(
    session: Session,
    *,
    kind: str,
    name: str,
    content: bytes,
    options: Mapping[str, str],
    preview: Mapping[str, Any],
    by: str,
    now: datetime,
) -> str:
    """Keep a file with its preview; the token under which its sender finds it again.

    `now` is the machine's clock. Files that nobody confirmed within a day go on the way.
    """
    forget_old(session, now)
    token = secrets.token_hex(16)
    session.add(
        UploadedFile(
            token_hash=token_hash(token),
            kind=kind,
            name=name[:200],
            content=content,
            options=dict(options),
            preview=dict(preview),
            by=by,
            at=now,
        )
    )
    return token


def find(session: Session, token: str, by: str, now: datetime) -> UploadedFile:
    """The file that this person sent. Unknown, old and another's are one and the same NotFound."""
    upload = session.scalar(
        select(UploadedFile).where(
            UploadedFile.token_hash == token_hash(token),
            UploadedFile.by == by,
            UploadedFile.at > now - KEPT,
        )
    )
    if upload is None:
        raise NotFound("This file is not here any more. Choose it once more.", "no_upload")
    return upload


def settle(session: Session, upload_id: int, result: Mapping[str, Any]) -> None:
    """Keep what the import did, and drop the bytes. The first result stands."""
    session.execute(
        update(UploadedFile)
        .where(UploadedFile.id == upload_id, UploadedFile.content != b"")
        .values(result=dict(result), content=b"")
        .execution_options(synchronize_session=False)
    )


def look_again(session: Session, upload_id: int, preview: Mapping[str, Any]) -> None:
    """The file does not fit any more as it did: what an import would do now is kept instead."""
    session.execute(
        update(UploadedFile)
        .where(UploadedFile.id == upload_id, UploadedFile.content != b"")
        .values(preview=dict(preview))
        .execution_options(synchronize_session=False)
    )


def forget_old(session: Session, now: datetime) -> None:
    """Drop what has waited longer than a day."""
    session.execute(
        delete(UploadedFile)
        .where(UploadedFile.at <= now - KEPT)
        .execution_options(synchronize_session=False)
    )
