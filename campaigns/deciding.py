"""Station deciding: who does not decide after all, and whom a customer wants us to write to."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.asking import Chooser, ask, note
from campaigns.choice import Case
from campaigns.contact.work import add_task
from campaigns.errors import Conflict, NotFound
from campaigns.journal import Actor
from campaigns.models import (
    ColleagueRequest,
    Contact,
    Delivery,
    NotDeciding,
    Rollout,
    Step,
    Touch,
)
from campaigns.register.edit import add_contact
from campaigns.rules.records import ContactRecord
from campaigns.store import insert_missing

STANDING_DOWN = ("wrong_person", "not_me")


def stand_down(
    session: Session, case: Case, *, kind: str, text: str, chooser: Chooser, now: datetime
) -> None:
    """The reader is not the one who decides: no more such letters, and somebody finds out who is.

    `chooser.contact_id` is the contact whose link it was. The same again changes nothing.
    """
    ask(session, case, kind=kind, text=text, chooser=chooser, now=now)
    row = {
        "rollout_id": case.rollout.id,
        "contact_id": chooser.contact_id,
        "kind": kind,
        "said": text[:2000],
        "at": now,
    }
    if insert_missing(session, NotDeciding, [row]):
        session.flush()
        _take_back_letters(session, case, chooser.contact_id, now)
        note(session, case, "not_deciding", chooser.actor, now, {"kind": kind})


def _take_back_letters(session: Session, case: Case, contact_id: int | None, now: datetime) -> None:
    waiting = (
        select(Touch.id)
        .join(Step, Step.id == Touch.step_id)
        .where(Touch.rollout_id == case.rollout.id, Step.audience == "decision_maker")
    )
    session.execute(
        update(Delivery)
        .where(
            Delivery.contact_id == contact_id,
            Delivery.touch_id.in_(waiting),
            Delivery.state == "due",
        )
        .values(state="cancelled", reason="says that somebody else decides", settled_at=now)
        .execution_options(synchronize_session=False)
    )


def decides_again(
    session: Session, case: Case, standing_id: int, *, who: Actor, now: datetime
) -> None:
    """Staff found out that the person decides all the same. Raises NotFound."""
    found = session.scalar(
        update(NotDeciding)
        .where(
            NotDeciding.id == standing_id,
            NotDeciding.rollout_id == case.rollout.id,
            NotDeciding.ended_at.is_(None),
        )
        .values(ended_at=now, ended_by=who.name)
        .returning(NotDeciding.contact_id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        raise NotFound("This was settled already.", "no_such_word")
    name = session.get_one(Contact, found).name
    note(session, case, "decides_again", who, now, {"contact": name})


def name_colleague(
    session: Session,
    case: Case,
    *,
    name: str,
    email: str,
    role: str,
    chooser: Chooser,
    now: datetime,
) -> None:
    """Keep whom the customer named. Nothing is sent there before staff have said yes."""
    row = {
        "rollout_id": case.rollout.id,
        "by_contact_id": chooser.contact_id,
        "name": name[:200],
        "email": email[:254],
        "role": role[:100],
        "at": now,
    }
    if insert_missing(session, ColleagueRequest, [row]):
        text = f"{chooser.name} asks us to write to {name}, {role}, {email}, too. Check it first."
        key, rollout = f"colleague:{case.rollout.id}:{email}"[:200], case.rollout
        add_task(session, key, "add_colleague", "add a colleague", text, rollout, now)
        note(session, case, "colleague_named", chooser.actor, now, {"email": email})


def decide_colleague(
    session: Session, case: Case, request_id: int, *, role: str | None, who: Actor, now: datetime
) -> ColleagueRequest:
    """Add the colleague in that role, or with None leave the list as it is.

    Raises NotFound, and Conflict where the address is on the list or it was decided already.
    """
    session.execute(select(Rollout.id).where(Rollout.id == case.rollout.id).with_for_update())
    asked = session.get(ColleagueRequest, request_id)
    if asked is None or asked.rollout_id != case.rollout.id:
        raise NotFound("There is no such request.", "no_request")
    if asked.added is not None:
        raise Conflict(f"This was decided already, by {asked.decided_by}.", "decided")
    if role is not None:
        row = ContactRecord("", asked.name, asked.email.lower(), (role,))
        add_contact(session, case.customer.id, row, who=who, now=now)
    asked.added, asked.decided_at, asked.decided_by = role is not None, now, who.name
    details = {"email": asked.email, "added": asked.added}
    note(session, case, "colleague_decided", who, now, details)
    return asked
