"""One transaction each: what a customer's page reads, books, cancels and asks."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from campaigns import agree, deciding, silence, undoing
from campaigns.boards.choosing import choosing, choosing_in, days_left
from campaigns.boards.choosing_view import Choosing, Days
from campaigns.boards.door import Door, open_door
from campaigns.capacity import Room
from campaigns.choice import Case, case_in
from campaigns.errors import Conflict
from campaigns.journal import Actor
from campaigns.store import Overtaken
from rollout.current import runtime
from rollout.desk import Desk
from rollout.pages.choose_form import Choice, Signature

STALE = "Somebody else changed the date a moment ago. This is how it stands now."


@dataclass(frozen=True, slots=True)
class Lost:
    """A date that could not be had, and how things stood when that was found out."""

    view: Days
    why: Conflict


def read(token: str) -> Choosing:
    """The page behind a link. Raises NotFound."""
    here = runtime()
    with here.store.reading() as session:
        return choosing(
            session,
            token,
            now=here.clock.now(),
            provider=here.provider,
            day_minutes=here.day_minutes,
        )


def book(token: str, chosen: Choice, signature: Signature) -> Lost | None:
    """Book or move the date; None where that worked. Raises NotFound.

    When the last place of a day goes, hundreds may want it: whoever is late is told so from
    the one reading that found it out, and holds up nobody who is in time.
    """
    here = runtime()
    try:
        try:
            with here.store.weighing() as session:
                lost = _book(session, token, chosen, signature)
        except Overtaken:
            with here.store.writing() as session:
                lost = _book(session, token, chosen, signature)
    except Conflict as why:
        lost = why
    if isinstance(lost, Conflict):
        return Lost(read(token), lost)
    if lost is None:
        here.nudge()
    return lost


def _book(
    session: Session, token: str, chosen: Choice, signature: Signature
) -> Lost | Conflict | None:
    here = runtime()
    now = here.clock.now()
    door, case = _case(session, token)
    try:
        chooser = _chooser(session, door, case, signature)
        wish = agree.Wish(chosen.day, chosen.at, chooser, signature.key)
        found = agree.consider(session, case, wish)
    except Conflict as why:
        # Hundreds may lose a day at once, so only the days are read. Nothing was written: raised
        # any further, it would roll back, and psycopg forgets its plans with every rollback.
        look = days_left if why.code == "date_taken" else choosing_in
        return Lost(look(session, door, case, now=now, provider=here.provider), why)
    if isinstance(found, Room):
        try:
            agree.settle(session, case, wish, found, now)
        except Conflict as why:
            if why.code != "changed_meanwhile":
                raise
            return why  # nothing was written here, either
    return None


def withdraw(token: str, signature: Signature) -> None:
    """Cancel the date that stands. Raises NotFound, and Conflict with the domain's code."""
    with Desk(runtime(), Actor(signature.name, signature.role)).writing() as session:
        case, chooser = _open(session, token, signature)
        now = runtime().clock.now()
        agree.withdraw(session, case, chooser=chooser, answer_key=signature.key, now=now)


def decline(token: str, text: str, signature: Signature) -> None:
    """Give back the day that was put down. Raises NotFound, and Conflict `not_put_down`."""
    with Desk(runtime(), Actor(signature.name, signature.role)).writing() as session:
        door, case = _case(session, token)
        chooser = agree.Chooser(signature.name, signature.role, door.contact.id)
        silence.decline(session, case, text=text, chooser=chooser, now=runtime().clock.now())


def undo(token: str, signature: Signature) -> None:
    """Take back what somebody else chose. Raises NotFound, and Conflict with the domain's code."""
    with Desk(runtime(), Actor(signature.name, signature.role)).writing() as session:
        case, chooser = _open(session, token, signature)
        chooser = replace(chooser, forwarded=False)
        now = runtime().clock.now()
        undoing.undo(session, case, chooser=chooser, answer_key=signature.key, now=now)


def name_colleague(token: str, name: str, email: str, role: str) -> None:
    """Keep whom the reader wants us to write to; staff decide. Raises NotFound."""
    with Desk(runtime(), Actor("", "")).writing() as session:
        door, case = _case(session, token)
        chooser = agree.Chooser(door.contact.name, "by link", door.contact.id)
        now = runtime().clock.now()
        deciding.name_colleague(
            session, case, name=name, email=email, role=role, chooser=chooser, now=now
        )


def ask(token: str, view: Choosing, kind: str, text: str) -> None:
    """A question becomes a task for staff; the same one twice is one."""
    contact = view.door.contact
    role = "decision maker" if contact.decision_maker else "site contact"
    chooser = agree.Chooser(contact.name, role, contact.id)
    with Desk(runtime(), chooser.actor).writing() as session:
        _, case = _case(session, token)
        now = runtime().clock.now()
        if kind in deciding.STANDING_DOWN:
            deciding.stand_down(session, case, kind=kind, text=text, chooser=chooser, now=now)
        else:
            agree.ask(session, case, kind=kind, text=text, chooser=chooser, now=now)


def _open(session: Session, token: str, signature: Signature) -> tuple[Case, agree.Chooser]:
    """The case, if it still is as the signer saw it or as this very form left it."""
    door, case = _case(session, token)
    return case, _chooser(session, door, case, signature)


def _chooser(session: Session, door: Door, case: Case, signature: Signature) -> agree.Chooser:
    """Whoever signs, unless the page that they saw is out of date. A form that was answered
    before gets its answer again, whatever has happened since."""
    seen = case.rollout.version == signature.version
    if not seen and not undoing.answered(session, case.rollout.id, signature.key):
        raise Conflict(STALE, "changed_meanwhile")
    return chooser_of(door, signature)


def chooser_of(door: Door, signature: Signature) -> agree.Chooser:
    """Who signed. A link that was passed on is signed by another name than its reader's."""
    written, known = (set(name.casefold().split()) for name in (signature.name, door.contact.name))
    own = door.contact.decision_maker and (written <= known or known <= written)
    return agree.Chooser(signature.name, signature.role, door.contact.id, forwarded=not own)


def _case(session: Session, token: str) -> tuple[Door, Case]:
    here = runtime()
    door = open_door(session, token, "choose")
    return door, case_in(session, door.situation, here.clock.now(), here.day_minutes)
