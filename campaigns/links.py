"""Links in letters: made from a secret, known to the database only by their hash.

A token is derived (HMAC-SHA-256, 160 bits kept) from the installation's secret,
the purpose, the rollout, the contact and a version, so that every letter to one
person carries the same address and raising the version revokes the old one. It is
alphanumeric: linkifiers in mail programs drop trailing punctuation.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.models import CustomerLink

Purpose = Literal["choose", "guide"]
NO_LINK = "This link does not work any more, or was copied incompletely."
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 letters, none that look alike
_LETTERS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
LENGTH = 32  # letters of a token: 20 bytes, five bits a letter
PATHS: dict[Purpose, str] = {"choose": "c", "guide": "g"}


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the addresses that letters carry. `secret` never leaves this object."""

    secret: bytes
    base_url: str

    def token(self, purpose: Purpose, rollout_id: int, contact_id: int, version: int) -> str:
        """The 32 characters that let one person act for one rollout."""
        return self.tokens(purpose, rollout_id, (contact_id,), version)[0]

    def tokens(
        self, purpose: Purpose, rollout_id: int, contact_ids: Iterable[int], version: int
    ) -> list[str]:
        """The tokens of so many people: written out together, which takes half the time."""
        head, tail = f"{purpose}:{rollout_id}:", f":{version}"
        digests = b"".join(
            [
                hmac.digest(self.secret, f"{head}{contact_id}{tail}".encode(), "sha256")[:20]
                for contact_id in contact_ids
            ]
        )
        letters = base64.b32encode(digests).translate(_LETTERS).decode()
        return [letters[at : at + LENGTH][::-1] for at in range(0, len(letters), LENGTH)]

    def url(self, purpose: Purpose, rollout_id: int, contact_id: int, version: int) -> str:
        """The whole address, always from the configured base, never from a request."""
        token = self.token(purpose, rollout_id, contact_id, version)
        return f"{self.base_url.rstrip('/')}/{PATHS[purpose]}/{token}"

    def row(
        self, purpose: Purpose, rollout_id: int, contact_id: int, version: int, now: datetime
    ) -> dict[str, object]:
        """The row that makes the link valid: its hash and what it is bound to."""
        return {
            "token_hash": token_hash(self.token(purpose, rollout_id, contact_id, version)),
            "purpose": purpose,
            "rollout_id": rollout_id,
            "contact_id": contact_id,
            "version": version,
            "created_at": now,
        }


def token_hash(token: str) -> str:
    """What the database keeps of a token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(session: Session, token: str, purpose: Purpose) -> CustomerLink:
    """The live link behind a token. Anything else is one and the same NotFound."""
    link = session.scalar(
        select(CustomerLink).where(
            CustomerLink.token_hash == token_hash(token),
            CustomerLink.purpose == purpose,
            CustomerLink.revoked_at.is_(None),
        )
    )
    if link is None:
        raise NotFound(NO_LINK, "no_link")
    return link
