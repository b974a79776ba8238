"""What travels on an SMTP connection: how a letter is written and what a reply means."""

import re
import select
import smtplib
import socket

from workers.headers import ascii_address
from workers.outcome import Envelope, Outcome

TROUBLE = (smtplib.SMTPException, OSError)

_LINE_BREAK = re.compile(rb"\r\n|\r|\n")
_LONGEST_REPLY = 500
_AT_ONCE = 4096
_GOOD = {"RSET": range(200, 300), "MAIL": range(200, 300), "RCPT": range(200, 300),
         "DATA": range(354, 355), ".": range(200, 300)}  # fmt: skip
# 530, 534, 535, 538: the server wants us signed in, or signed in better. No letter's fault.
_OUR_SIGN_IN = frozenset({530, 534, 535, 538})


class Replies:
    """What smtplib reads replies from. Unlike its own reader, it tells whether one is there:
    a reply that came together with the one before it shows on the connection no more."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._data = b""

    @property
    def waiting(self) -> bool:
        return b"\n" in self._data

    def readline(self, most: int) -> bytes:
        """One line with its end; what there is where the connection ends, or `most` of it."""
        while b"\n" not in self._data and len(self._data) < most:
            more = self._connection.recv(_AT_ONCE)
            if not more:
                break
            self._data += more
        end = self._data.find(b"\n") + 1 or len(self._data)
        line, self._data = self._data[: min(end, most)], self._data[min(end, most) :]
        return line

    def close(self) -> None:
        """Nothing of its own to close."""


def answered(wire: smtplib.SMTP) -> bool:
    """Whether a reply is there that the connection itself shows no more."""
    return isinstance(wire.file, Replies) and wire.file.waiting


def speaks(wire: smtplib.SMTP) -> bool:
    """Whether the server has said something that was not read yet, or has hung up."""
    poll = select.poll()
    poll.register(wire.sock or -1, select.POLLIN)
    return answered(wire) or bool(poll.poll(0))


def ends_of(envelope: Envelope) -> tuple[str, str]:
    """Sender (empty for none) and recipient as they travel. Raises ValueError."""
    sender = ascii_address(envelope.sender) if envelope.sender else ""
    return sender, ascii_address(envelope.recipient)


def announcing(sender: str, recipient: str) -> list[str]:
    """The commands before a letter."""
    return [f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA"]


def as_lines(commands: list[str]) -> bytes:
    """Several commands in one go (RFC 2920)."""
    return "".join(f"{command}\r\n" for command in commands).encode("ascii")


def verdict(phase: str, code: int, reply: bytes) -> Outcome | None:
    """What a reply at a phase says of the letter; None when it lets us go on (RFC 5321, 4.2).

    `phase` is RSET, MAIL, RCPT, DATA, `.` (the reply to the final dot) or anything else for a
    reply that nobody asked for. A reply that is none of 2xx-5xx as expected leaves a letter
    uncertain after the dot and is safe before it.
    """
    words = tidy(reply)
    if code in _GOOD.get(phase, ()):
        return None
    if code == 421 or (code in _OUR_SIGN_IN and phase != "."):
        return Outcome("host_down", code, words)
    if 400 <= code <= 499:
        return Outcome("later", code, words)
    if 500 <= code <= 599:
        # At RSET nothing, and at MAIL only our own address has been said: it is not the letter.
        return Outcome("host_down" if phase in ("RSET", "MAIL") else "refused", code, words)
    return Outcome("uncertain" if phase == "." else "later", code, words)


def dotted(message: bytes) -> bytes:
    """The letter without its final dot: CRLF lines, leading dots doubled, a line break at the end.

    A line break that is not CRLF is made one: some servers end the letter at a lone one.
    """
    breaks = message.count(b"\r\n")
    if message.count(b"\n") != breaks or message.count(b"\r") != breaks:
        message = _LINE_BREAK.sub(b"\r\n", message)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    message = message.replace(b"\r\n.", b"\r\n..")
    return b"." + message if message.startswith(b".") else message


def tidy(reply: bytes | str) -> str:
    """The server's words on one line, at most 500 characters."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    words = " ".join(text.split())
    if not words.isprintable():
        words = "".join(letter if letter.isprintable() else " " for letter in words)
    return words[:_LONGEST_REPLY]


def greeting_name(connection: socket.socket) -> str:
    """The name to say in EHLO: this host's full name, else its address (RFC 5321, 4.1.3).

    Asks no name server: a broken one would hold up every connection.
    """
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = connection.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
