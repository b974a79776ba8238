"""What became of one letter, and the two interfaces that every way of sending fulfils."""

import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
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
    aborted    the mark was refused; nothing was handed over

    `code` is the server's reply code, None when no reply decided; `reply` is its words, or one
    sentence about the connection.
    """

    kind: Kind
    code: int | None
    reply: str


class Pause(Enum):
    """Why a hand-over stands still: for the server's reply, or for the mark to be committed."""

    REPLY = "reply"
    MARK = "mark"


Steps = Generator[Pause, bool, Outcome]


class MailSession(ABC):
    """Hands letters over one after another, on one connection where there is one."""

    @abstractmethod
    def steps(self, envelope: Envelope) -> Steps:
        """One hand-over, standing still where something must happen outside.

        Pause.REPLY goes on with True once `watched` can be read; throw TimeoutError where it
        cannot for too long. Pause.MARK, at most once and when only the end of the letter is
        left to send, goes on with True after the mark is committed and with False to stop the
        letter. The outcome is what the generator returns. Closed early, it hands nothing over.
        """

    def watched(self) -> socket.socket | None:
        """The connection whose reply is waited for; None where there is none."""
        return None

    def follow(self, envelope: Envelope | None) -> None:  # noqa: B027 - most have no use for it
        """Told before a mark goes on: what comes next here, and may be announced with the dot."""

    def send(self, envelope: Envelope, before_dot: Callable[[], bool]) -> Outcome:
        """Hand one letter over and wait for each reply.

        `before_dot` commits the mark; False stops the letter. What it raises goes through to
        the caller, and then the letter was not handed over either.
        """
        steps = self.steps(envelope)
        try:
            pause = next(steps)
            while True:
                pause = steps.send(before_dot() if pause is Pause.MARK else True)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        finally:
            steps.close()


class Mailer(Protocol):
    """A way to send letters. A session belongs to one thread; `server` names the other end.

    `patience` is how long a reply is waited for, in seconds.
    """

    @property
    def server(self) -> str: ...

    @property
    def patience(self) -> float: ...

    def session(self) -> AbstractContextManager[MailSession]: ...
