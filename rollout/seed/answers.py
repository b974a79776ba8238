"""Customers answer: each line of the story becomes what a customer or the desk does that day."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from campaigns import agree, choice, silence, tasks
from campaigns.models import Agreement, Rollout, Task
from campaigns.rules.dates import OfferedDay
from rollout.seed import staff
from rollout.seed.past import CAMPAIGN, Past, case_of, owner_of
from rollout.seed.story import ANSWERS, Answer

SWITCHED_AFTER = timedelta(hours=2)
SWITCH = "switch-on"


def plan_answers(past: Past, more: Sequence[Answer] = ()) -> None:
    """Every answer of the story on its day, at an hour when most of the world is awake."""
    for answer in (*ANSWERS, *more):
        past.plan(past.on(answer.day, 14), partial(give, past, answer))


def give(past: Past, answer: Answer) -> None:
    """Let this answer happen now."""
    if answer.deed == "phone":
        _phone(past, answer)
    else:
        _by_page(past, answer)


def _phone(past: Past, answer: Answer) -> None:
    with past.rt.store.reading() as session:
        case = case_of(session, past, answer.customer)
        day = _nearest(past, answer, choice.offers(session, case))
    at = f"{answer.at:%H:%M}"
    _, made = past.desk(staff.TESS).agree_by_phone(CAMPAIGN, answer.customer, f"{day}", at)
    _switch_on(past, made)


def _by_page(past: Past, answer: Answer) -> None:
    with past.rt.store.writing() as session:
        case = case_of(session, past, answer.customer)
        owner = owner_of(session, case.customer.id)
        assert owner is not None
        chooser = agree.Chooser(owner.name, "owner", contact_id=owner.id)
        key = f"demo:{answer.deed}:{answer.day}"
        if answer.deed == "withdraw":
            agree.withdraw(session, case, chooser=chooser, answer_key=key, now=past.now)
            return
        if answer.deed == "decline":
            silence.decline(session, case, text=answer.text, chooser=chooser, now=past.now)
            return
        if answer.deed in ("question", "none_fit"):
            agree.ask(
                session, case, kind=answer.deed, text=answer.text, chooser=chooser, now=past.now
            )
            return
        made = agree.agree(
            session,
            case,
            day=_nearest(past, answer, choice.offers(session, case)),
            at=answer.at,
            chooser=chooser,
            answer_key=key,
            now=past.now,
        )
    _switch_on(past, made)


def _nearest(past: Past, answer: Answer, offered: Sequence[OfferedDay]) -> date:
    """The first open day from the wished one on, or else the last before it."""
    wished = past.today.date() + timedelta(days=answer.aim)
    days = [day.day for day in offered if day.verdict.open]
    later = [day for day in days if day >= wished]
    return later[0] if later else days[-1]


def _switch_on(past: Past, made: Agreement) -> None:
    """A technician ticks the switch off two hours after the agreed time, if that still stands."""
    assert made.instant is not None
    past.plan(made.instant + SWITCHED_AFTER, partial(switch_over, past, made.rollout_id))


def switch_over(past: Past, rollout_id: int | None = None) -> None:
    """Tick off the open switches, of one rollout or of all, two hours after the agreed time."""
    switches = (
        select(Task.id)
        .join(Rollout, Rollout.id == Task.rollout_id)
        .join(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(Task.kind == SWITCH, Task.done_at.is_(None))
        .where(Agreement.instant <= past.now - SWITCHED_AFTER)
    )
    if rollout_id is not None:
        switches = switches.where(Task.rollout_id == rollout_id)
    with past.rt.store.writing() as session:
        for task_id in session.scalars(switches).all():
            tasks.done(session, task_id, who=staff.TESS, now=past.now)
