"""A sweep that dies at a named point of a hand-over: the real runtime with a deadly mailer."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import event

from rollout.cli.context import open_runtime
from workers.outcome import Envelope, Mailer, MailSession, Pause, Steps
from workers.steward import tick

CODE = 77


@dataclass
class Death:
    """Comes at the n-th letter that is at the `point`.

    claimed   claimed and written, the server does not know of it yet
    marked    the mark is committed, the final dot is not sent
    dot       the final dot is sent, the answer is not read
    answered  the server has taken it, nothing of that is committed
    settling  the same, inside the transaction that would commit it; on Postgres, where that is
              one statement, just before it
    """

    point: str
    left: int
    settle: Callable[[], None]

    def at(self, point: str) -> None:
        if point != self.point:
            return
        self.left -= 1
        if self.left == 0:
            if point == "settling":
                self.settle()
            else:
                os._exit(CODE)


@dataclass
class DeadlyMailer:
    inner: Mailer
    death: Death

    @property
    def server(self) -> str:
        return self.inner.server

    @property
    def patience(self) -> float:
        return self.inner.patience

    @contextmanager
    def session(self) -> Iterator[MailSession]:
        with self.inner.session() as session:
            yield DeadlySession(session, self.death)


@dataclass
class DeadlySession(MailSession):
    inner: MailSession
    death: Death

    def watched(self) -> socket.socket | None:
        return self.inner.watched()

    def follow(self, envelope: Envelope | None) -> None:
        self.inner.follow(envelope)

    def steps(self, envelope: Envelope) -> Steps:
        self.death.at("claimed")
        steps, marked = self.inner.steps(envelope), False
        try:
            pause = next(steps)
            while True:
                if marked and pause is Pause.REPLY:
                    self.death.at("dot")
                answer = yield pause
                if pause is Pause.MARK and answer:
                    marked = True
                    self.death.at("marked")
                pause = steps.send(answer)
        except StopIteration as end:
            self.death.at("answered")
            self.death.at("settling")
            return end.value  # type: ignore[no-any-return]
        finally:
            steps.close()


def main() -> None:
    """`POINT[:n]` is the first argument."""
    point, _, nth = sys.argv[1].partition(":")
    rt = open_runtime()

    def settle() -> None:
        moment = "commit" if rt.store.dialect == "sqlite" else "before_cursor_execute"
        event.listen(rt.store.engine, moment, lambda *_: os._exit(CODE))

    death = Death(point, int(nth or 1), settle)
    tick(replace(rt, mailer=DeadlyMailer(rt.mailer, death)))
