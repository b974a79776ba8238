"""What the workers share about a mail server: its rest after a failure, its limits, its lines.

A server that fails is left alone as a whole, longer each time. Where it takes only so many
letters a minute or a day, they are reserved before they are claimed; where it allows only so
many connections, each is lent under a lease. All of it is kept in the database, so any number
of workers on any number of machines keep to it together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from campaigns.contact.hand_over import BACK_OFF
from campaigns.models import MailHost, MailLine, MailQuota
from campaigns.store import insert_missing

SLOT_SECONDS = 2
MINUTE = 60 // SLOT_SECONDS
DAY = 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server allows all workers together; None is without limit."""

    per_minute: int | None = None
    per_day: int | None = None
    lines: int | None = None

    @property
    def counted(self) -> bool:
        """Whether letters have to be reserved at all."""
        return self.per_minute is not None or self.per_day is not None


def resting_until(session: Session, host: str, machine: datetime) -> datetime | None:
    """Until when the server is left alone; None where it may be tried."""
    until = session.scalar(select(MailHost.resting_until).where(MailHost.name == host))
    return until if until is not None and until > machine else None


def rest(session: Session, host: str, reply: str, machine: datetime) -> datetime:
    """Leave the server alone: a minute after its first failure, half an hour after the sixth.

    Several workers that meet the same failure count it once.
    """
    row = _locked(session, host)
    if row.resting_until is None or row.resting_until <= machine:
        wait = BACK_OFF[min(row.failures, len(BACK_OFF) - 1)]
        row.failures += 1
        row.resting_until = machine + timedelta(minutes=wait)
        row.reply = reply[:500]
    return row.resting_until


def recovered(session: Session, host: str) -> None:
    """The server took a letter: the next failure begins with the short rest again."""
    session.execute(
        update(MailHost)
        .where(MailHost.name == host, MailHost.failures > 0)
        .values(failures=0, resting_until=None, reply=None)
        .execution_options(synchronize_session=False)
    )


def reserve(session: Session, host: str, limits: Limits, want: int, machine: datetime) -> int:
    """How many letters may be handed over now, at most `want`; they count as given at once."""
    if not limits.counted:
        return want
    _locked(session, host)
    slot = _slot(machine)
    room = want
    for limit, span in ((limits.per_minute, MINUTE), (limits.per_day, DAY)):
        if limit is not None:
            room = min(room, limit - _given(session, host, slot - span))
    if room > 0:
        _give(session, host, slot, room)
        _forget(session, host, slot - DAY)
    return max(room, 0)


def release(session: Session, host: str, limits: Limits, count: int, machine: datetime) -> None:
    """Letters that were reserved and did not go after all."""
    if limits.counted and count > 0:
        _give(session, host, _slot(machine), -count)


def take_lines(
    session: Session,
    host: str,
    limits: Limits,
    want: int,
    token: str,
    machine: datetime,
    lease_until: datetime,
) -> int:
    """How many connections may be opened, at most `want`; they are ours until the lease ends."""
    if limits.lines is None:
        return want
    _locked(session, host)
    session.execute(
        delete(MailLine)
        .where(MailLine.host == host, MailLine.lease_until < machine)
        .execution_options(synchronize_session=False)
    )
    taken = set(session.scalars(select(MailLine.number).where(MailLine.host == host)))
    free = [number for number in range(limits.lines) if number not in taken][:want]
    session.add_all(
        MailLine(host=host, number=number, token=token, lease_until=lease_until) for number in free
    )
    return len(free)


def renew_lines(session: Session, token: str, lease_until: datetime) -> int:
    """A worker that is at work keeps its connections; how many it still has."""
    kept = session.scalars(
        update(MailLine)
        .where(MailLine.token == token)
        .values(lease_until=lease_until)
        .returning(MailLine.number)
        .execution_options(synchronize_session=False)
    )
    return len(kept.all())


def give_back_lines(session: Session, token: str) -> None:
    """The worker has closed its connections."""
    session.execute(
        delete(MailLine).where(MailLine.token == token).execution_options(synchronize_session=False)
    )


def _locked(session: Session, host: str) -> MailHost:
    insert_missing(session, MailHost, [{"name": host, "failures": 0}])
    return session.scalars(select(MailHost).where(MailHost.name == host).with_for_update()).one()


def _slot(machine: datetime) -> int:
    return int(machine.timestamp()) // SLOT_SECONDS


def _given(session: Session, host: str, after: int) -> int:
    total = session.scalar(
        select(func.sum(MailQuota.given)).where(MailQuota.host == host, MailQuota.slot >= after)
    )
    return int(total or 0)


def _give(session: Session, host: str, slot: int, count: int) -> None:
    insert_missing(session, MailQuota, [{"host": host, "slot": slot, "given": 0}])
    session.execute(
        update(MailQuota)
        .where(MailQuota.host == host, MailQuota.slot == slot)
        .values(given=MailQuota.given + count)
        .execution_options(synchronize_session=False)
    )


def _forget(session: Session, host: str, before: int) -> None:
    session.execute(
        delete(MailQuota)
        .where(MailQuota.host == host, MailQuota.slot < before)
        .execution_options(synchronize_session=False)
    )
