"""What the mail server has: the oracle for what was lost and what came twice."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.services import PythonSink, SmtpSink

_HEADER = re.compile(
    rb"^(Message-ID|X-Rollout-Delivery|X-Rollout-Step):[ \t]*([^\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Letter:
    """One letter as it was taken. `taken_at` is None where the sink does not tell."""

    message_id: str
    delivery: str
    step: str
    message: bytes
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Letters:
    """Everything that came with its final dot and was not refused at it."""

    all: tuple[Letter, ...]

    def __len__(self) -> int:
        return len(self.all)

    def ids(self) -> Counter[str]:
        """How often each Message-ID came."""
        return Counter(letter.message_id for letter in self.all)

    def doubled(self) -> int:
        """How many copies came beyond the first of each letter."""
        return sum(count - 1 for count in self.ids().values())


def letters_of(sink: object) -> Letters:
    """From a sink of tests/services; one that was still coming in is left out."""
    if isinstance(sink, SmtpSink):
        return Letters(tuple(_from_folder(sink)))
    assert isinstance(sink, PythonSink)
    taken = [one for one in sink.received if one.code is None or one.code < 300]
    return Letters(tuple(letter for one in taken if (letter := _letter(one.message, None))))


def _from_folder(sink: SmtpSink) -> Iterable[Letter]:
    for path in sink.folder.glob("mail.*"):
        try:
            message, stat = path.read_bytes(), path.stat()
        except FileNotFoundError:  # the connection broke before the dot
            continue
        letter = _letter(message, datetime.fromtimestamp(stat.st_mtime, UTC))
        if letter is not None:
            yield letter


def _letter(message: bytes, taken_at: datetime | None) -> Letter | None:
    found: dict[str, str] = {}
    for name, value in _HEADER.findall(message):
        found.setdefault(name.decode().lower(), value.decode("utf-8", "replace").strip())
    names = ("message-id", "x-rollout-delivery", "x-rollout-step")
    if not all(name in found for name in names):
        return None
    message_id, delivery, step = (found[name] for name in names)
    return Letter(message_id, delivery, step, message, taken_at)
