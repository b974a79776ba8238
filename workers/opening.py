"""What has fallen due is opened: touches become letters that wait, tasks or bookings."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from campaigns import contact, silence
from workers.runtime import Runtime
from workers.tally import Tally

TOUCHES = 200
ROUND = timedelta(seconds=10)
log = structlog.get_logger("courier")


def open_due(rt: Runtime, now: datetime) -> Tally:
    """Open every touch that is due, or as many as the round has time for; each in a transaction
    of its own."""
    tally, stuck, over = Tally(), set[int](), round_over(rt)
    while True:
        with rt.store.reading() as session:
            found = contact.due_touches(session, now, TOUCHES + len(stuck))
        due = [touch for touch in found if touch.id not in stuck]
        booked = tally.booked
        for several in _apart(due, rt.touches):
            if rt.stopping.is_set():
                return tally
            stuck.update(trouble := _open_several(rt, several, now, tally))
            if not trouble and over():
                tally.more = True
                return tally
        # A day that was booked brings letters that are due at this very instant.
        if len(due) < TOUCHES and tally.booked == booked:
            return tally


def _apart(due: Sequence[contact.DueTouch], most: int) -> Iterator[Sequence[int]]:
    """So many at once, each of another rollout; what one rollout has due comes in its order, and
    so do those that name a day. Else they have nothing to do with each other."""
    if most == 1:
        yield from ((touch.id,) for touch in due)
        return
    rounds: list[list[int]] = []
    following: dict[int, int] = {}  # by rollout: the round that its next touch may be in
    last = 0  # the round of the last one that names a day
    for touch in due:
        number = following.get(touch.rollout_id, 0)
        if touch.names_a_day:
            number = last = max(number, last)
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(touch.id)
        following[touch.rollout_id] = number + 1
    for found in rounds:
        yield from batched(found, most)


def _open_several(rt: Runtime, ids: Sequence[int], now: datetime, tally: Tally) -> Collection[int]:
    """Those that went wrong: they wait for the next sweep, the others do not."""
    try:
        with rt.store.writing() as session:
            opened = contact.open_touches(
                session,
                ids,
                now=now,
                links=None if rt.rehearsal else rt.links,
                instance=rt.instance,
                day_minutes=rt.day_minutes,
                book=partial(silence.book_unless_told, session, now=now),
            )
    except Exception:  # one customer's trouble must not keep the others' letters
        if len(ids) > 1:
            return [id_ for id_ in ids if _open_several(rt, [id_], now, tally)]
        log.exception("touch_failed", touch=ids[0])
        return ids
    for one in opened:
        tally.due += one.due
        tally.booked += one.books
        tally.skipped.update(one.skipped)
    return ()


def round_over(rt: Runtime) -> Callable[[], bool]:
    """Whether it is time to look up: a clock may jump, a worker die, a touch fall due meanwhile.

    A driven clock stands still, and everything that is due at its moment belongs together.
    """
    began = rt.clock.machine()
    return lambda: rt.clock.speed is None and abs(rt.clock.machine() - began) > ROUND


def batched(ids: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    """So many at once, in their order."""
    return (ids[at : at + most] for at in range(0, len(ids), most))
