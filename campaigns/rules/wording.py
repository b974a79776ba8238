"""What is new and what is gone between two versions of a vendor's words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Difference:
    """Sentences that were taken out and put in, each in the order of the text."""

    gone: tuple[str, ...]
    new: tuple[str, ...]


def difference(before: str, after: str) -> Difference:
    """Compared sentence by sentence; blanks and line ends do not count."""
    old, fresh = _sentences(before), _sentences(after)
    gone: list[str] = []
    new: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, fresh, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[a:b]
            new += fresh[c:d]
    return Difference(tuple(gone), tuple(new))


def _sentences(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in SENTENCE.split(text))
    return [part for part in parts if part]
