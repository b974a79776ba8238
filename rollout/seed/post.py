"""The demo's mail: a connection that breaks once, so that an uncertain letter can be seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workers.outcome import Envelope, Mailer, MailSession, Outcome

STEP = b"\r\nX-Rollout-Step: go-no-go\r\n"
BROKE = "The connection broke after the letter was handed over"


@dataclass
class BreaksOnce:
    """Hands letters on, but for one kind of letter to one address of this domain."""

    mailer: Mailer
    domain: str

    @contextmanager
    def session(self) -> Iterator[MailSession]:
        with self.mailer.session() as session:
            yield _Line(session, self.domain)


@dataclass
class _Line:
    inner: MailSession
    domain: str

    def send(self, envelope: Envelope, before_dot: Callable[[], bool]) -> Outcome:
        if not envelope.recipient.endswith(f"@{self.domain}") or STEP not in envelope.message:
            return self.inner.send(envelope, before_dot)
        if not before_dot():
            return Outcome("aborted", None, "Stopped before the end of the letter.")
        return Outcome("uncertain", None, BROKE)
