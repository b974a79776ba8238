"""Station tasks: what staff has to do is done once, by name, and can be taken back."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from campaigns import progress
from campaigns.errors import Conflict, NotFound
from campaigns.journal import Actor, record
from campaigns.models import Rollout, Task

# The steps of the shipped playbooks that are the change itself, on the agreed day.
SWITCHES = ("switch-on", "switch-off", "switch-over")
BEHIND_US = ("implemented", "verified")


def done(session: Session, task_id: int, *, who: Actor, now: datetime) -> Task:
    """Somebody did it; a switch that is done makes its rollout implemented.

    Raises NotFound, or Conflict: `already_done`, or `wrong_state` for a switch without a date.
    """
    task = _find(session, task_id)
    fresh = {"done_at": now, "done_by": who.name}
    if not _move(session, task, Task.done_at.is_(None), fresh):
        raise Conflict(f'"{task.title}" was done already, by {task.done_by}.', "already_done")
    rollout = _switched(session, task)
    if rollout is not None and rollout.state not in BEHIND_US:
        progress.implemented(session, rollout, who=who, now=now)
    _note(session, task, "task_done", who, now)
    return task


def undone(session: Session, task_id: int, *, who: Actor, now: datetime) -> Task:
    """It was not done after all: it stands on the board again, a switch with its rollout.

    Raises NotFound, or Conflict: `not_done`, or `verified` where the evidence says that
    the switch was thrown.
    """
    task = _find(session, task_id)
    if not _move(session, task, Task.done_at.is_not(None), {"done_at": None, "done_by": None}):
        raise Conflict(f'"{task.title}" is open already.', "not_done")
    rollout = _switched(session, task)
    if rollout is not None:
        _take_back(session, rollout)
    _note(session, task, "task_undone", who, now)
    return task


def _find(session: Session, task_id: int) -> Task:
    task = session.get(Task, task_id)
    if task is None:
        raise NotFound("There is no such task.", "no_task")
    return task


def _move(
    session: Session, task: Task, still: ColumnElement[bool], values: dict[str, object]
) -> bool:
    moved = session.scalar(
        update(Task)
        .where(Task.id == task.id, still)
        .values(**values)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(task)
    return moved is not None


def _switched(session: Session, task: Task) -> Rollout | None:
    """The rollout whose change this task is; None for every other task."""
    if task.kind not in SWITCHES or task.rollout_id is None:
        return None
    return session.get_one(Rollout, task.rollout_id)


def _take_back(session: Session, rollout: Rollout) -> None:
    if rollout.state == "verified":
        raise Conflict("The evidence says that this is switched on, so it stands.", "verified")
    session.execute(
        update(Rollout)
        .where(Rollout.id == rollout.id, Rollout.state == "implemented")
        .values(state="implementing", implemented_at=None)
        .execution_options(synchronize_session=False)
    )
    session.refresh(rollout)


def _note(session: Session, task: Task, what: str, who: Actor, now: datetime) -> None:
    rollout = session.get(Rollout, task.rollout_id) if task.rollout_id else None
    record(
        session,
        who=who,
        what=what,
        subject=task.title,
        now=now,
        customer_id=rollout.customer_id if rollout else None,
        details={"task": task.id, "kind": task.kind},
    )
