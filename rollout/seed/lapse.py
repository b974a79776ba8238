"""The time-lapse: the demo's whole campaign, acted live while a driven clock races through it.

Customers, technicians and the vendor do what the story says once the clock has come to it and
the letters of that moment have left, all by the product's own functions. A restart goes on where
the clock stood: what lies before it has been done.
"""

import threading
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import select

from campaigns import register, reviewing, revised, tasks
from campaigns.errors import Refused
from campaigns.models import Task
from campaigns.register.changes import find_change
from rollout.seed import staff
from rollout.seed.answers import plan_answers, switch_over
from rollout.seed.beginnings import CHANGE, change_of, plan_beginnings
from rollout.seed.observed import look, plan_observations, plan_tidying
from rollout.seed.past import Past
from rollout.seed.story import LATER
from workers.runtime import Runtime
from workers.steward import swept_up_to

DAYS = 120
TODAY = 70  # the day of the story from which its wishes are counted
FASTEST = 3_600.0  # from an hour a second on, the story is acted rather than loaded
MOVED_ON, DECIDED_ON = 60, 62
BY = timedelta(weeks=4)
ANSWERED_AFTER = timedelta(days=3)
QUESTIONS = ("question", "none_fit", "help", "wrong_person", "not_me")
GLANCE = 0.1  # seconds between two looks at the clock
log = structlog.get_logger("demo")


def races(rt: Runtime) -> bool:
    """Whether the clock runs so fast that people would watch."""
    return (rt.clock.speed or 0) >= FASTEST


def stage_of(rt: Runtime, folder: Path) -> Past:
    """The story on the running clock; it begins on the day that the folder remembers."""
    kept = folder / "demo-began.txt"
    if not kept.exists():
        begins = (rt.clock.now() + timedelta(days=4)).replace(hour=6, minute=0, second=0)
        kept.write_text(begins.replace(microsecond=0).isoformat())
    start = datetime.fromisoformat(kept.read_text().strip())
    today = start + timedelta(days=TODAY)
    return Past(rt, start, today, end=start + timedelta(days=DAYS))


def plan_story(stage: Past) -> None:
    """Everything that people do in these days."""
    plan_beginnings(stage)
    plan_answers(stage, LATER)
    plan_observations(stage)
    for day in range(TODAY + 3, DAYS, 5):
        stage.plan(stage.on(day, 5), partial(look, stage))
    plan_tidying(stage, DAYS)
    for day in range(1, DAYS, 2):
        stage.plan(stage.on(day, 16), partial(_answer_questions, stage))
    for day in range(1, DAYS):
        # Who was put down, and what a restart has made the technicians forget.
        stage.plan(stage.on(day, 23), partial(switch_over, stage))
    stage.plan(stage.on(MOVED_ON, 9), partial(_move, stage))
    stage.plan(stage.on(DECIDED_ON, 9), partial(_decide, stage))


def act(stage: Past) -> None:
    """Until the runtime stops or the story is told: each deed in its time. For a thread."""
    # What had not been swept when it stopped was not acted either, however long ago that was.
    stage.skip_to(swept_up_to(stage.rt) or stage.now)
    while not stage.done and not stage.rt.stopping.wait(GLANCE):
        try:
            act_until(stage, min(stage.now, swept_up_to(stage.rt) or stage.now))
        except Exception:  # the demo goes on without this deed
            log.exception("demo_deed_failed")


def act_until(stage: Past, moment: datetime) -> None:
    """Everything that is due by then; what the product refuses is not done."""
    for deed in stage.due(moment):
        try:
            deed()
        except Refused as why:
            log.info("demo_deed_refused", why=str(why))


def raise_curtain(stage: Past) -> threading.Thread:
    """The thread in which the story is acted."""
    thread = threading.Thread(target=act, args=(stage,), name="demo", daemon=True)
    thread.start()
    return thread


def _move(stage: Past) -> None:
    """The vendor says that it comes four weeks later."""
    record = change_of(stage, BY, "The date has moved by four weeks.")
    with stage.desk(staff.DANA).writing() as session:
        register.import_changes(session, [record], who=staff.DANA, now=stage.now)


def _decide(stage: Past) -> None:
    """Bo has looked at it: every agreed date stands."""
    with stage.desk(staff.BO).writing() as session:
        review = revised.open_review(session, find_change(session, CHANGE))
        if review is not None:
            minutes = stage.rt.day_minutes
            reviewing.approve(session, review, who=staff.BO, now=stage.now, day_minutes=minutes)


def _answer_questions(stage: Past) -> None:
    """What customers and their people asked is answered after some days."""
    with stage.desk(staff.MIA).writing() as session:
        asked = select(Task.id).where(
            Task.done_at.is_(None),
            Task.kind.in_(QUESTIONS),
            Task.created_at < stage.now - ANSWERED_AFTER,
        )
        for task_id in session.scalars(asked).all():
            tasks.done(session, task_id, who=staff.MIA, now=stage.now)
