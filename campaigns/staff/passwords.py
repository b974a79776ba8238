"""Passwords: argon2id, length before rules (NIST SP 800-63B).

The parameters are the OWASP Password Storage Cheat Sheet's (19 MiB, 2 passes, 1 lane): many
people may sign in at once on a small machine.
"""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from campaigns.errors import Invalid

MIN_LENGTH = 12
MAX_LENGTH = 1000
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)

# A hash of nothing anybody knows, with the parameters above: checking against it takes as
# long as checking a real one, so that the time does not tell which addresses exist.
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$NVtr+YK7ORM4ChnZfXdrGA"
    "$84rHPlnGOnSAyRYJpbUQ/BO9YWg3+UF0aAN+4mahS2w"
)

COMMON = frozenset(
    {
        "1234567890ab",
        "123456789012",
        "1234567890123",
        "1q2w3e4r5t6y",
        "abcdefghijkl",
        "administrator",
        "adminadminadmin",
        "changemechangeme",
        "iloveyou1234",
        "letmeinletmein",
        "password1234",
        "password12345",
        "passwordpassword",
        "qwerty123456",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopas",
        "rolloutrollout",
        "welcome12345",
    }
)


def hashed(password: str, email: str) -> str:
    """The hash to keep. Raises Invalid where the password would be guessed at once."""
    plain = _plain(password)
    if len(plain) < MIN_LENGTH:
        raise Invalid(
            f"The password has {len(plain)} characters. Use at least {MIN_LENGTH}; "
            "a short sentence is easy to remember.",
            "password_short",
            "password",
        )
    if len(plain) > MAX_LENGTH:
        raise Invalid(
            f"The password is longer than {MAX_LENGTH} characters. Use a shorter one.",
            "password_long",
            "password",
        )
    folded = plain.casefold()
    if folded in COMMON or folded == email or len(set(folded)) < 4:
        raise Invalid(
            "This password is one of the first that somebody would try. Choose another.",
            "password_common",
            "password",
        )
    return HASHER.hash(plain)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password fits; takes as long where there is no hash to compare with."""
    try:
        HASHER.verify(kept or NOBODY, _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def refreshed(kept: str, password: str) -> str:
    """The same hash, or a new one of the same password where the parameters have grown."""
    return HASHER.hash(_plain(password)) if HASHER.check_needs_rehash(kept) else kept


def _plain(password: str) -> str:
    # Two keyboards may send the same letter as different code points.
    return unicodedata.normalize("NFKC", password)
