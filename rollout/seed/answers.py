"""Customers answer: each line of the story becomes what a customer or the desk does that day."""

from datetime import date, timedelta

from campaigns import agree, choice, progress
from campaigns.models import Rollout
from rollout.seed import staff
from rollout.seed.past import CAMPAIGN, Past, case_of, owner_of
from rollout.seed.story import ANSWERS, Answer

SWITCHED_AFTER = timedelta(hours=2)


def plan_answers(past: Past) -> None:
    """Every answer of the story at its day, at an hour when both sides of the world may be awake."""
    for answer in ANSWERS:
        past.plan(past.on(answer.day, 14), lambda answer=answer: give(past, answer))


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


def _nearest(past: Past, answer: Answer, offered: list[choice.dates.OfferedDay]) -> date:
    """The first open day from the wished one on, or else the last before it."""
    wished = past.today.date() + timedelta(days=answer.aim)
    days = [day.day for day in offered if day.verdict.open]
    later = [day for day in days if day >= wished]
    return later[0] if later else days[-1]


def _switch_on(past: Past, made: agree.Agreement) -> None:
    """A technician says so two hours after the agreed time, unless the date has moved on."""
    assert made.instant is not None

    def done() -> None:
        with past.rt.store.writing() as session:
            rollout = session.get_one(Rollout, made.rollout_id)
            if rollout.version == made.version:
                progress.implemented(session, rollout, who=staff.TESS, now=past.now)

    past.plan(made.instant + SWITCHED_AFTER, done)
