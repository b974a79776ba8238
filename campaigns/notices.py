"""Station notices: the day a silent customer is put down for, and the proof of what it was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaigns.models import (
    ColleagueRequest,
    Contact,
    Delivery,
    NotDeciding,
    PutDown,
    Rollout,
    Step,
    Touch,
)

# Built once: each look at a customer's page asks it.
_LAST = (
    select(PutDown)
    .where(PutDown.rollout_id == bindparam("rollout"), PutDown.version == bindparam("version"))
    .order_by(PutDown.id.desc())
    .limit(1)
)


def still_decides(rollout: InstrumentedAttribute[int] | None = None) -> ColumnElement[bool]:
    """Whether a contact has not told us that somebody else decides in the `rollout`, or else in
    the one that is bound under that name."""
    said_no = select(NotDeciding.id).where(
        NotDeciding.contact_id == Contact.id,
        NotDeciding.rollout_id == (bindparam("rollout") if rollout is None else rollout),
        NotDeciding.ended_at.is_(None),
    )
    return ~said_no.correlate(Contact, Rollout).exists()


_HANDED_OVER = (
    select(func.min(Delivery.settled_at))
    .join(Contact, Contact.id == Delivery.contact_id)
    .where(
        Delivery.touch_id == bindparam("touch"),
        Delivery.state == "sent",
        Contact.decision_maker.is_(True),
        Contact.left_at.is_(None),
        Contact.suppressed_at.is_(None),
        still_decides(),
    )
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A letter that was to find a date: to whom, when it was handed over, the server's reply."""

    delivery: Delivery
    person: str
    title: str

    @property
    def named(self) -> str:
        """The day that the letter named, and until when it asked to hear otherwise."""
        said = self.delivery.facts or {}
        day, until = said.get("proposed_date", ""), said.get("opt_out_until", "")
        return f"{day}, unless we heard otherwise until {until}" if until else day


def last_notice(session: Session, rollout: Rollout) -> PutDown | None:
    """The last day that the customer was put down for since its date last changed."""
    return session.scalars(_LAST, {"rollout": rollout.id, "version": rollout.version}).first()


def standing_notice(session: Session, rollout: Rollout) -> PutDown | None:
    """The day that the customer has unless it says otherwise, or None."""
    notice = last_notice(session, rollout)
    return notice if notice is not None and notice.outcome is None else None


def handed_over(session: Session, notice: PutDown) -> datetime | None:
    """When a mail server first took the notice for somebody who decides and can be reached.

    A letter that failed, bounced, was skipped or is in doubt is no notice.
    """
    return session.scalar(_HANDED_OVER, {"touch": notice.touch_id, "rollout": notice.rollout_id})


def proofs(session: Session, rollout_id: int) -> Sequence[Proof]:
    """Every letter that asked for a date or named one, to whoever decides; oldest first."""
    rows = session.execute(
        select(Delivery, Contact.name, Step.title)
        .join(Contact, Contact.id == Delivery.contact_id)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Step, Step.id == Touch.step_id)
        .where(
            Touch.rollout_id == rollout_id,
            Step.audience == "decision_maker",
            Step.channel == "mail",
            (Step.stop == "agreed") | (Step.anchor == "agreed"),
        )
        .order_by(Delivery.created_at, Delivery.id)
        .limit(200)
    )
    return [Proof(delivery, name, title) for delivery, name, title in rows]


def standing_down(session: Session, rollout_id: int) -> Sequence[tuple[NotDeciding, str]]:
    """Who said that somebody else decides, with their names; in force only."""
    rows = session.execute(
        select(NotDeciding, Contact.name)
        .join(Contact, Contact.id == NotDeciding.contact_id)
        .where(NotDeciding.rollout_id == rollout_id, NotDeciding.ended_at.is_(None))
        .order_by(NotDeciding.id)
    )
    return [(word, name) for word, name in rows]


def colleagues_named(session: Session, rollout_id: int) -> Sequence[ColleagueRequest]:
    """Whom the customer named and nobody has decided about."""
    return session.scalars(
        select(ColleagueRequest)
        .where(ColleagueRequest.rollout_id == rollout_id, ColleagueRequest.added.is_(None))
        .order_by(ColleagueRequest.id)
    ).all()
