"""Staff come by a one-time link, and leave with all their sessions."""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.links import token_hash
from campaigns.models import SignInLink, Staff
from campaigns.models.people import STAFF_ROLES
from campaigns.staff.entry import end_sessions
from campaigns.staff.passwords import hashed

LINK_LIFE = timedelta(days=7)
ADDRESS = re.compile(r"[^@\s\x00-\x20\x7f]+@[^@\s\x00-\x20\x7f]+")


def add(
    session: Session, who: Actor, email: str, name: str, role: str, now: datetime
) -> tuple[Staff, str]:
    """A new staff member, and the token of their one-time sign-in link (7 days).

    Raises Invalid for an address, name or role that cannot be used, and Conflict
    (`staff_exists`) where the address is taken. Somebody who had left comes back so,
    without their old password.
    """
    address, full_name = _address(email), _name(name)
    if role not in STAFF_ROLES:
        raise Invalid(
            f'"{role}" is not a role. Use one of: {", ".join(STAFF_ROLES)}.',
            "bad_role",
            "role",
        )
    person = _enter(session, address, full_name, role, now)
    record(session, who=who, what="staff_added", subject=address, now=now, details={"role": role})
    return person, _new_link(session, person, now)


def renew_link(session: Session, who: Actor, email: str, now: datetime) -> str:
    """A new one-time link for somebody on the list; links made earlier stop working."""
    person = _person(session, email)
    _drop_links(session, person, now)
    record(session, who=who, what="sign_in_link_renewed", subject=person.email, now=now)
    return _new_link(session, person, now)


def link_owner(session: Session, token: str, now: datetime) -> Staff:
    """Whose link this is. Used, expired and unknown links are one and the same NotFound."""
    person = session.scalar(
        select(Staff)
        .join(SignInLink, SignInLink.staff_id == Staff.id)
        .where(
            SignInLink.token_hash == token_hash(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            Staff.ended_at.is_(None),
        )
    )
    if person is None:
        raise _no_link()
    return person


def use_link(session: Session, token: str, password: str, now: datetime) -> Staff:
    """Set the password by a one-time link, which is then used; every open session ends.

    Raises NotFound (`no_link`), or Invalid where the password cannot be used; the link
    then stays good.
    """
    person = link_owner(session, token, now)
    password_hash = hashed(password, person.email)
    used = session.scalar(
        update(SignInLink)
        .where(SignInLink.token_hash == token_hash(token), SignInLink.used_at.is_(None))
        .values(used_at=now)
        .returning(SignInLink.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        raise _no_link()
    person.password_hash = password_hash
    _drop_links(session, person, now)
    end_sessions(session, person, now)
    who = Actor(person.email, person.role)
    record(session, who=who, what="password_set", subject=person.email, now=now)
    return person


def end(session: Session, who: Actor, email: str, now: datetime) -> Staff:
    """Take somebody off the list: sessions and links end in the same transaction.

    Raises NotFound, or Conflict (`last_admin`) where nobody could administer afterwards.
    """
    admins = session.scalars(
        select(Staff)
        .where(Staff.role == "admin", Staff.ended_at.is_(None))
        .order_by(Staff.id)
        .with_for_update()
    ).all()
    person = _person(session, email)
    if [admin.id for admin in admins] == [person.id]:
        raise Conflict(
            f"{person.email} is the only administrator. Add another one first.",
            "last_admin",
        )
    person.ended_at = now
    _drop_links(session, person, now)
    end_sessions(session, person, now)
    record(session, who=who, what="staff_ended", subject=person.email, now=now)
    return person


def _enter(session: Session, address: str, name: str, role: str, now: datetime) -> Staff:
    person = session.scalar(select(Staff).where(Staff.email == address).with_for_update())
    if person is None:
        person = Staff(email=address, name=name, role=role, created_at=now)
        session.add(person)
    elif person.ended_at is None:
        raise _taken(address)
    else:
        person.name, person.role = name, role
        person.ended_at = person.password_hash = None
    try:
        session.flush()
    except IntegrityError:  # somebody else added the same address at the same moment
        raise _taken(address) from None
    return person


def _person(session: Session, email: str) -> Staff:
    address = email.strip().lower()
    person = session.scalar(select(Staff).where(Staff.email == address, Staff.ended_at.is_(None)))
    if person is None:
        raise NotFound(
            f"{address} is not on the staff list. Add them with: rollout staff add",
            "no_staff",
        )
    return person


def _new_link(session: Session, person: Staff, now: datetime) -> str:
    token = secrets.token_hex(20)
    session.add(
        SignInLink(
            staff_id=person.id,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
    )
    return token


def _drop_links(session: Session, person: Staff, now: datetime) -> None:
    session.execute(
        update(SignInLink)
        .where(SignInLink.staff_id == person.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )


def _address(text: str) -> str:
    address = text.strip().lower()
    if len(address) > 254 or not ADDRESS.fullmatch(address):
        raise Invalid(
            f'"{address[:100]}" is not a mail address. Write it like dana@example.com.',
            "bad_email",
            "email",
        )
    return address


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > 200 or not name.isprintable():
        raise Invalid(
            "The name is empty or too long. Write it as colleagues say it, such as Dana Reyes.",
            "bad_name",
            "name",
        )
    return name


def _taken(address: str) -> Conflict:
    return Conflict(
        f"{address} is already on the staff list. Renew their sign-in link instead.",
        "staff_exists",
        "email",
    )


def _no_link() -> NotFound:
    return NotFound(
        "This link does not work any more: it was used, it is older than 7 days, or it was "
        "copied incompletely. Ask an administrator for a new one.",
        "no_link",
    )
