"""Letters over SMTP: every phase driven by hand, because only the phase says what is known.

smtplib raises the same exception for a connection lost at RCPT (safe to try again) and for one
lost after the final dot (the letter may be there). So it lends its connection and its reader,
and the phases of RFC 5321 are walked here. RFC 2920 pipelining is used where it is offered.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from workers.dial import dial, greet
from workers.outcome import Envelope, MailSession, Outcome, Pause, Steps
from workers.wire import (
    TROUBLE,
    announcing,
    answered,
    as_lines,
    dotted,
    ends_of,
    speaks,
    tidy,
    verdict,
)

Tls = Literal["none", "starttls", "implicit"]
_Phase = Generator[Pause, bool, Outcome | None]

_GOODBYE = 5.0
_UNSPEAKABLE = "host, user or password cannot be said in SMTP; use ASCII letters"


@dataclass(frozen=True)
class SmtpMailer:
    """One mail server. `timeout` is in seconds and holds for each phase on its own."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls = "starttls"
    timeout: float = 30.0
    context: ssl.SSLContext | None = field(default=None, repr=False)
    # Set once the server has forgotten what came with a final dot: nothing is announced any more.
    forgetful: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def patience(self) -> float:
        return self.timeout

    @contextmanager
    def session(self) -> Iterator["SmtpSession"]:
        session = SmtpSession(self)
        try:
            yield session
        finally:
            session.close()


class SmtpSession(MailSession):
    """One connection, opened at the first letter, kept for the next, reopened when it is lost."""

    def __init__(self, server: SmtpMailer) -> None:
        self._server = server
        self._wire: smtplib.SMTP | None = None
        self._pipelining = False
        self._unfinished = False
        self._answers = 0
        self._next: Envelope | None = None
        self._announced: tuple[str, str] | None = None  # with the dot of the letter before

    def steps(self, envelope: Envelope) -> Steps:
        """See `workers.outcome.MailSession.steps`."""
        try:
            sender, recipient = ends_of(envelope)
        except ValueError as wrong:
            return Outcome("refused", None, str(wrong))
        try:
            refusal = yield from self._announce(sender, recipient)
            return refusal or (yield from self._hand_over(envelope.message))
        except BaseException:
            self._drop()
            raise

    def watched(self) -> socket.socket | None:
        return self._wire.sock if self._wire is not None else None

    def follow(self, envelope: Envelope | None) -> None:
        """See `workers.outcome.MailSession.follow`."""
        self._next = envelope

    def close(self) -> None:
        """Say QUIT if there is someone to say it to; what comes of it changes no outcome."""
        if self._announced is not None:
            self._drop()  # a letter is waited for: a QUIT would be its first line
        wire, self._wire = self._wire, None
        if wire is None:
            return
        try:
            if wire.sock is not None:
                wire.sock.settimeout(min(_GOODBYE, self._server.timeout))
            wire.quit()
        except TROUBLE:
            wire.close()

    def _announce(self, sender: str, recipient: str) -> _Phase:
        """MAIL, RCPT and DATA; None when the server waits for the letter.

        A kept connection may have been closed by the server while nobody wrote; if that is what
        its first answer shows, one fresh connection is tried. Nothing was handed over yet.
        """
        if self._announced not in (None, (sender, recipient)):
            self._drop()  # it waits for another letter
        if self._wire is not None and self._announced is None and speaks(self._wire):
            self._drop()  # what it says unasked would pass for the reply to MAIL
        kept = self._wire
        if kept is not None:
            outcome = yield from self._envelope(kept, sender, recipient)
            if outcome is None or not self._stale(outcome):
                return outcome
        fresh = self._connect()
        if isinstance(fresh, Outcome):
            return fresh
        return (yield from self._envelope(fresh, sender, recipient))

    def _stale(self, outcome: Outcome) -> bool:
        """Whether a kept connection ended before it answered anything but a goodbye."""
        said_goodbye = self._answers == 1 and outcome.kind == "host_down"
        return self._wire is None and (self._answers == 0 or said_goodbye)

    def _envelope(self, wire: smtplib.SMTP, sender: str, recipient: str) -> _Phase:
        commands = announcing(sender, recipient)
        if self._unfinished:
            commands.insert(0, "RSET")
        said, self._announced = self._announced == (sender, recipient), None
        self._answers, self._unfinished = 0, True
        outcome, code = None, 0
        phase = commands[0][:4]
        try:
            if self._pipelining and not said:
                wire.send(as_lines(commands))
            for command in commands:
                phase = command[:4]
                if not self._pipelining:
                    wire.putcmd(command)
                if not answered(wire):
                    yield Pause.REPLY
                code, reply = wire.getreply()
                self._answers += 1
                outcome = outcome or verdict(phase, code, reply)
                if outcome and (not self._pipelining or outcome.kind == "host_down"):
                    break
        except TROUBLE as trouble:
            if said and not self._answers and isinstance(trouble, TimeoutError):
                self._server.forgetful.set()
            self._drop()
            return outcome or Outcome("later", None, self._lost(phase, trouble))
        if outcome and (outcome.kind == "host_down" or not 400 <= code <= 599):
            self._drop()
        return outcome

    def _hand_over(self, message: bytes) -> Steps:
        """The letter up to the final dot, the mark, the dot, the answer."""
        wire = self._wire
        assert wire is not None
        try:
            wire.send(dotted(message))
            if early := self._interruption(wire):
                return early
        except TROUBLE as trouble:
            self._drop()
            return Outcome("later", None, self._lost("the letter", trouble))
        if not (yield Pause.MARK):
            self._drop()
            return Outcome("aborted", None, "Stopped before the end of the letter.")
        try:
            wire.send(b".\r\n" + self._announcement())
            yield Pause.REPLY
            code, reply = wire.getreply()
        except TROUBLE as trouble:
            self._drop()
            return Outcome("uncertain", None, self._lost("the final dot", trouble))
        self._unfinished = False
        outcome = verdict(".", code, reply) or Outcome("accepted", code, tidy(reply))
        if outcome.kind in ("host_down", "uncertain"):
            self._drop()
        return outcome

    def _announcement(self) -> bytes:
        """The next letter's MAIL, RCPT and DATA, which may follow the dot (RFC 2920, 3.1)."""
        envelope, self._next = self._next, None
        if envelope is None or not self._pipelining or self._server.forgetful.is_set():
            return b""
        try:
            self._announced = ends_of(envelope)
        except ValueError:
            return b""  # said when its own turn comes
        return as_lines(announcing(*self._announced))

    def _interruption(self, wire: smtplib.SMTP) -> Outcome | None:
        """A server that speaks or hangs up before the dot has not taken the letter.

        Seen now it is safe to try again; seen after the mark it would be uncertain.
        """
        if not speaks(wire):
            return None
        code, reply = wire.getreply()
        self._drop()
        return verdict("the letter", code, reply)

    def _connect(self) -> smtplib.SMTP | Outcome:
        """A session ready for MAIL. All trouble here is the host's, not the letter's."""
        self._unfinished = False
        wire: smtplib.SMTP | None = None
        try:
            wire = dial(self._server)
            greet(self._server, wire)
            self._pipelining = wire.has_extn("pipelining")
        except smtplib.SMTPResponseException as answer:
            trouble: Outcome = Outcome("host_down", answer.smtp_code, tidy(answer.smtp_error))
        except TROUBLE as error:
            trouble = Outcome("host_down", None, self._lost("the start", error))
        except ValueError:
            # Its own words could hold a letter of the password.
            trouble = Outcome("host_down", None, self._lost("the start", _UNSPEAKABLE))
        else:
            self._wire = wire
            return wire
        if wire is not None:
            wire.close()
        return trouble

    def _drop(self) -> None:
        """Close without a word: a dot or a QUIT now could complete a letter that must not be."""
        wire, self._wire = self._wire, None
        self._announced = None
        if wire is not None:
            wire.close()

    def _lost(self, phase: str, trouble: object) -> str:
        return f"The connection to {self._server.server} failed at {phase}: {trouble}"
