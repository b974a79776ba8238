"""An uploaded file: its name, how it begins, and its bytes, read once and in pieces."""

import hashlib
from collections.abc import Iterator
from typing import Protocol

from campaigns.errors import Invalid
from rollout.parse.cells import one_line

PIECE = 64 * 1024
MAX_DOCUMENT = 128 * 1024 * 1024  # a JSON file is held whole in memory


class Readable(Protocol):
    """All that is asked of a stream; it need not be seekable."""

    def read(self, size: int, /) -> bytes: ...


class Hashed:
    """A stream that knows the hash of all that was read of it, after a beginning of our own."""

    def __init__(self, stream: Readable, beginning: str) -> None:
        self._stream = stream
        self._hash = hashlib.sha256(beginning.encode())

    def read(self, size: int, /) -> bytes:
        piece = self._stream.read(size)
        self._hash.update(piece)
        return piece

    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        return self._hash.hexdigest()


class Upload:
    """Wraps a stream; `head` is its first 64 KB."""

    def __init__(self, stream: Readable, name: str) -> None:
        self._stream = stream
        self.name = one_line(name)[:100] or "The file"
        self.head = self._first()

    def _first(self) -> bytes:
        """Up to 64 KB: a pipe may hand out less than it was asked for."""
        head = b""
        while len(head) < PIECE and (piece := self._stream.read(PIECE - len(head))):
            head += piece
        return head

    def pieces(self) -> Iterator[bytes]:
        """All bytes of the file, once."""
        if self.head:
            yield self.head
        while piece := self._stream.read(PIECE):
            yield piece

    def whole(self) -> bytes:
        """All bytes at once. Raises Invalid where the file is larger than 128 MB."""
        data = bytearray()
        for piece in self.pieces():
            data += piece
            if len(data) > MAX_DOCUMENT:
                raise Invalid(
                    f"{self.name} is larger than {MAX_DOCUMENT // 2**20} MB. Split it and import "
                    "the parts one after the other.",
                    code="file_too_large",
                )
        return bytes(data)

    @property
    def is_document(self) -> bool:
        """Whether the file begins as JSON does."""
        start = self.head
        for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
            start = start.removeprefix(mark)
        return start.replace(b"\0", b"").lstrip()[:1] in (b"{", b"[")
