"""The demo's mail: a connection that breaks once, so that an uncertain letter can be seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workers.outcome import Envelope, Mailer, MailSession, Outcome, Pause, Steps

STEP = b"\r\nX-Rollout-Step: go-no-go\r\n"
BROKE = "The connection broke after the letter was handed over"


@dataclass
class BreaksOnce:
    """Hands letters on, but for one kind of letter to one address of this domain."""

    mailer: Mailer
    domain: str

    @property
    def server(self) -> str:
        return self.mailer.server

    @property
    def patience(self) -> float:
        return self.mailer.patience

    @contextmanager
    def session(self) -> Iterator[MailSession]:
        with self.mailer.session() as session:
            yield _Line(session, self.domain)


@dataclass
class _Line(MailSession):
    inner: MailSession
    domain: str

    def steps(self, envelope: Envelope) -> Steps:
        if not envelope.recipient.endswith(f"@{self.domain}") or STEP not in envelope.message:
            return (yield from self.inner.steps(envelope))
        yield Pause.MARK
        return Outcome("uncertain", None, BROKE)
