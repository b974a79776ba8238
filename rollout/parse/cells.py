"""What a single cell may hold, and how a cell is shown in a sentence about it."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

EDGES = " \t\r\n\v\f\u00a0\u200b\ufeff"
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SHOWN = 60


class CellError(ValueError):
    """A value that cannot be used; its text is the sentence for the person who sent it."""


def trimmed(text: str) -> str:
    """The text without white space, zero-width spaces and stray byte order marks at its ends."""
    return text.strip().strip(EDGES)


def shown(text: str, limit: int = SHOWN) -> str:
    """The text in quotation marks, short and without control characters."""
    clean = UNSEEN.sub("\u00b7", text[: limit + 1])
    return f'"{clean}"' if len(clean) <= limit else f'"{clean[: limit - 1]}\u2026"'


def plain(text: str, what: str, limit: int) -> str:
    """The text as one line in composed form (NFC).

    Raises CellError where it holds control characters or is longer than `limit` characters.
    """
    if UNSEEN.search(text):
        raise CellError(f"The {what} {shown(text)} holds a control character. Type it again.")
    if len(text) > limit:
        raise CellError(
            f"The {what} {shown(text)} has {len(text)} characters. Use at most {limit}."
        )
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Running text on one line: white space becomes a space, other control characters go."""
    return UNSEEN.sub("", " ".join(text.split())) if UNSEEN.search(text) else text


def compared(text: str) -> str:
    """The form in which two names are the same: case and inner white space do not count."""
    return " ".join(text.split()).casefold()


class Hints:
    """Suggestions for misspelt words; bounded, because comparing is slow and files are long."""

    def __init__(self, budget: int = 100) -> None:
        self._budget = budget
        self._known: dict[str, str | None] = {}

    def nearest(self, text: str, words: Iterable[str]) -> str | None:
        """The most similar of `words`, or None where nothing is near or too much was asked."""
        if text in self._known:
            return self._known[text]
        if self._budget <= 0 or len(text) > SHOWN:
            return None
        self._budget -= 1
        found = _nearest(text, words)
        self._known[text] = found
        return found


def _nearest(text: str, words: Iterable[str]) -> str | None:
    by_form = {word.casefold(): word for word in words}
    near = difflib.get_close_matches(text.casefold(), by_form, n=1)
    return by_form[near[0]] if near else None


def did_you_mean(word: str | None) -> str:
    """The question that follows a refusal, with its space in front; empty without a word."""
    return f" Did you mean {word}?" if word else ""
