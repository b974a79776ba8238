"""What became of one letter, and the two interfaces that every way of sending fulfils."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["accepted", "later", "refused", "host_down", "uncertain", "aborted"]


@dataclass(frozen=True)
class Envelope:
    """One letter to one person.

    `sender` is the return path (empty for none), `message` the finished bytes (RFC 5322),
    `delivery` the identifier that stays the same over attempts.
    """

    sender: str
    recipient: str
    message: bytes
    delivery: str


@dataclass(frozen=True)
class Outcome:
    """What is known after an attempt.

    accepted   the server took the letter (2xx to the final dot)
    later      not taken, safe to try again: 4xx, or the connection broke before the mark
    refused    5xx for this recipient or message: trying again will not help
    host_down  no session, or 421: safe, but the whole host should be left alone for a while
    uncertain  the connection broke after the mark: it may have been taken
    aborted    `before_dot` said no; nothing was handed over

    `code` is the server's reply code, None when no reply decided; `reply` is its words, or one
    sentence about the connection.
    """

    kind: Kind
    code: int | None
    reply: str


class MailSession(Protocol):
    """Sends letters one after another, on one connection where there is one."""

    def send(self, envelope: Envelope, before_dot: Callable[[], bool]) -> Outcome:
        """Hand one letter over.

        `before_dot` is called at most once, when only the end of the letter is left to send; it
        commits the mark. False stops the letter. What it raises goes through to the caller, and
        then the letter was not handed over either.
        """
        ...


class Mailer(Protocol):
    """A way to send letters. A session belongs to one thread."""

    def session(self) -> AbstractContextManager[MailSession]: ...
