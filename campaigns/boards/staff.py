"""The staff list."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.boards.opened import LARGEST
from campaigns.errors import NotFound
from campaigns.models import Staff


def staff_list(session: Session) -> Sequence[Staff]:
    """Everybody, those who have left at the end."""
    people = session.scalars(select(Staff).order_by(Staff.email)).all()
    return sorted(people, key=lambda person: person.ended_at is not None)


def staff_numbered(session: Session, number: int) -> Staff:
    """Somebody who is on the list now. Raises NotFound."""
    person = session.get(Staff, number) if 0 < number <= LARGEST else None
    if person is None or person.ended_at is not None:
        raise NotFound("This person is not on the staff list.", "no_staff")
    return person
