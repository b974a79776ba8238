"""Physical lines of a text file, numbered as an editor numbers them.

The encoding is found on the way, without reading twice: a byte order mark or a
pattern of NUL bytes says UTF-16; else the first line that is not ASCII decides
between UTF-8 and Windows Western (cp1252) for the whole file. A later line that
does not fit is flawed, rather than guessed at.
"""

import codecs
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MAX_LINE = 1024 * 1024  # bytes; a longer line is no row of a table

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Line(NamedTuple):
    """One physical line; `ending` is its line break as written, `flaw` says what is wrong."""

    number: int
    text: str
    ending: str
    flaw: str = ""


class Lines:
    """Lines of a file, with the possibility to put some back and read them again."""

    def __init__(self, pieces: Iterable[bytes], head: bytes) -> None:
        mark, self.encoding = encoding_of(head)
        self._decided = bool(mark)
        self._wide = self.encoding.startswith(("utf-16", "utf-32"))
        rest = _without(pieces, len(mark))
        self._source = _split(_transcoded(rest, self.encoding) if self._wide else rest)
        self._number = 0
        self._raw: deque[bytes] = deque()
        self._one_by_one = False
        self._back: deque[Line] = deque()

    def next(self) -> Line | None:
        """The next line, or None at the end of the file."""
        if self._back:
            return self._back.popleft()
        if not self._read_on():
            return None
        self._number += 1
        return self._line(self._raw.popleft())

    def ready(self) -> str:
        r"""The lines that lie ready as one text, each ended by \n; they are not taken yet.

        Empty where there is none, or where one of them needs a closer look: then `next`.
        """
        if self._back or not self._read_on() or self._one_by_one:
            return ""
        self._one_by_one = True
        block = b"".join(self._raw)
        if len(block) > MAX_LINE or b"\0" in block or not (block.isascii() or self._is_utf8()):
            return ""
        text = _utf8(block)
        if text is None or (self._wide and "\ufffd" in text):
            return ""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text if text.endswith("\n") else text + "\n"

    def take_ready(self, text: str) -> int:
        """Takes the lines that `ready` gave; the number of the first of them."""
        first, self._number = self._number + 1, self._number + len(self._raw)
        self._raw.clear()
        self._decided = self._decided or not text.isascii()
        return first

    def _read_on(self) -> bool:
        """Whether there is a line, read now if need be."""
        while not self._raw:
            part = next(self._source, None)
            if part is None:
                return False
            self._raw.extend(part)
            self._one_by_one = False
        return True

    def _is_utf8(self) -> bool:
        return self._wide or self.encoding != "cp1252"

    def put_back(self, lines: list[Line]) -> None:
        """Lines that are to be read again, in their order."""
        self._back.extendleft(reversed(lines))

    def _line(self, raw: bytes) -> Line:
        body = raw.rstrip(b"\r\n")
        ending = raw[len(body) :].decode("ascii")
        if len(body) > MAX_LINE:
            return Line(self._number, "", ending, "This line is longer than 1 MB.")
        if b"\0" in body:
            flaw = "This line holds a NUL character. Export the list again as text."
            return Line(self._number, "", ending, flaw)
        if body.isascii():
            return Line(self._number, body.decode("ascii"), ending)
        return self._decoded(body, ending)

    def _decoded(self, body: bytes, ending: str) -> Line:
        text = _utf8(body) if self._is_utf8() else _western(body)
        if text is None and not self._decided:
            self.encoding, text = "cp1252", _western(body)
        self._decided = True
        if text is None or (self._wide and "\ufffd" in text):
            flaw = f"This line is not readable as {self.encoding.upper()}, unlike the rest."
            return Line(self._number, "", ending, flaw)
        return Line(self._number, text, ending)


def encoding_of(head: bytes) -> tuple[bytes, str]:
    """The byte order mark that was found (or nothing) and the encoding to begin with."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return mark, encoding
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd > half * 0.4 and even < half * 0.05:
        return b"", "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return b"", "utf-16-be"
    return b"", "utf-8"


def _without(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[count:]
        count = 0


def _transcoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The same text as UTF-8, so that one line splitter serves all encodings."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _split(pieces: Iterable[bytes]) -> Iterator[list[bytes]]:
    r"""Lines of each piece with their breaks (\n, \r\n or \r); one beyond the limit comes cut."""
    pending, cut = b"", b""
    for piece in pieces:
        parts = (pending + piece).splitlines(keepends=True)
        # \r at the end of a piece may be half of \r\n
        pending = parts.pop() if parts and not parts[-1].endswith(b"\n") else b""
        if parts:
            parts[0] = cut + parts[0]
            cut = b""
            yield parts
        if len(pending) > MAX_LINE and not pending.endswith(b"\r"):
            cut = cut or pending[: MAX_LINE + 1]
            pending = b""
    if pending or cut:
        yield (cut + pending).splitlines(keepends=True)


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _western(body: bytes) -> str:
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:  # five bytes mean nothing in cp1252, but do in Latin-1
        return body.decode("latin-1")
