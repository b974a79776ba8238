"""Signing in and out: guesses slow down, sessions end, the database knows only hashes."""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from campaigns.errors import Refused
from campaigns.journal import Actor, record
from campaigns.links import token_hash
from campaigns.models import SignInTry, Staff, StaffSession
from campaigns.staff.passwords import matches, refreshed

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)
TRIES = 10
PACE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in; `stale` says that the session's last sign of life should be renewed."""

    staff: Staff
    stale: bool


def sign_in(
    session: Session, email: str, password: str, network: str | None, now: datetime
) -> str | None:
    """A new session's token, or None: the same for an unknown address and a wrong password.

    The caller commits in both cases, since a failed try is counted. Raises Refused
    (`slow_down`) after 10 failures within 15 minutes for one address or one network;
    then nothing is checked at all.
    """
    address = email.strip().lower()
    # The row lock keeps parallel guesses at one account in line where rows can be locked.
    person = session.scalar(
        select(Staff).where(Staff.email == address, Staff.ended_at.is_(None)).with_for_update()
    )
    tried = [f"account:{token_hash(address)[:40]}", f"network:{_network(network)}"]
    _keep_pace(session, tried, now)
    kept = person.password_hash if person else None
    fits = matches(kept, password)
    if person is None or kept is None or not fits:
        session.add_all(SignInTry(who=who, at=now) for who in tried)
        session.execute(delete(SignInTry).where(SignInTry.at < now - 2 * PACE))
        return None
    session.execute(delete(SignInTry).where(SignInTry.who == tried[0]))
    person.password_hash = refreshed(kept, password)
    return open_session(session, person, now)


def open_session(session: Session, person: Staff, now: datetime) -> str:
    """A fresh session for somebody who has just shown who they are; returns its token."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            staff_id=person.id,
            token_hash=token_hash(token),
            created_at=now,
            seen_at=now,
        )
    )
    who = Actor(person.email, person.role)
    record(session, who=who, what="signed_in", subject=person.email, now=now)
    return token


def current(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Who holds this token, unless the session was ended, ran out, or the person has left."""
    row = session.execute(
        select(Staff, StaffSession.seen_at)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.token_hash == token_hash(token),
            StaffSession.ended_at.is_(None),
            StaffSession.created_at > now - ABSOLUTE,
            StaffSession.seen_at > now - IDLE,
            Staff.ended_at.is_(None),
        )
    ).one_or_none()
    return SignedIn(row[0], now - row[1] > TOUCH_EVERY) if row else None


def touch(session: Session, token: str, now: datetime) -> None:
    """Remember that the session is in use; at most once in five minutes."""
    session.execute(
        update(StaffSession)
        .where(
            StaffSession.token_hash == token_hash(token),
            StaffSession.seen_at < now - TOUCH_EVERY,
        )
        .values(seen_at=now)
    )


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End this session. A token that is not known, or ended before, changes nothing."""
    staff_id = session.scalar(
        update(StaffSession)
        .where(
            StaffSession.token_hash == token_hash(token),
            StaffSession.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(StaffSession.staff_id)
        .execution_options(synchronize_session=False)
    )
    person = session.get(Staff, staff_id) if staff_id else None
    if person is not None:
        who = Actor(person.email, person.role)
        record(session, who=who, what="signed_out", subject=person.email, now=now)


def end_sessions(session: Session, person: Staff, now: datetime) -> None:
    """End every session of one person, in every browser."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == person.id, StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _keep_pace(session: Session, tried: list[str], now: datetime) -> None:
    most = session.scalar(
        select(func.count())
        .where(SignInTry.who.in_(tried), SignInTry.at > now - PACE)
        .group_by(SignInTry.who)
        .order_by(func.count().desc())
        .limit(1)
    )
    if (most or 0) >= TRIES:
        raise Refused(
            "There were too many tries in a short time. Wait 15 minutes, then try again.",
            "slow_down",
        )


def _network(address: str | None) -> str:
    """One IPv4 address, or the /64 that one IPv6 household has."""
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
