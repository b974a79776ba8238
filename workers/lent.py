"""The connections that a worker works with, lent to it for one turn."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from campaigns import contact
from workers.lanes import Fleet, Lane
from workers.runtime import Runtime


@contextmanager
def lent_fleet(rt: Runtime, over: Callable[[], bool]) -> Iterator[Fleet]:
    """The connections, opened when they are first used and kept from batch to batch."""
    turn = uuid.uuid4().hex
    with _lines(rt, turn) as count, ExitStack() as opened:
        lanes = [Lane(opened.enter_context(rt.mailer.session())) for _ in range(count)]
        stopped = lambda: rt.stopping.is_set() or over()  # noqa: E731 - both are asked by name
        yield Fleet(turn, lanes, rt.marks, rt.mailer.patience, stopped)


@contextmanager
def _lines(rt: Runtime, turn: str) -> Iterator[int]:
    """How many connections this worker may open, where the server counts those of all."""
    if rt.limits.lines is None:
        yield rt.connections
        return
    machine = rt.clock.machine()
    with rt.store.writing() as session:
        count = contact.take_lines(
            session,
            rt.mailer.server,
            rt.limits,
            rt.connections,
            turn,
            machine,
            machine + timedelta(seconds=rt.lease_seconds),
        )
    try:
        yield count
    finally:
        with rt.store.writing() as session:
            contact.give_back_lines(session, turn)
