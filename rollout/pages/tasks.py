"""Tasks are done, or taken back; the notice afterwards carries the way back."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from campaigns import tasks
from rollout.auth import actor, inside, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages.typed_values import KEY

pages = Blueprint("tasks", __name__)


@pages.post(f"/tasks/<{KEY}:task_id>/done")
@needs("plan")
def done(task_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        task = tasks.done(session, task_id, who=desk.who, now=desk.now)
    where = inside(request.form.get("back"))
    tell(f"Done: {task.title}.", undo=f"/tasks/{task_id}/undone", back=where)
    return redirect(where, 303)


@pages.post(f"/tasks/<{KEY}:task_id>/undone")
@needs("plan")
def undone(task_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        task = tasks.undone(session, task_id, who=desk.who, now=desk.now)
    tell(f"Open again: {task.title}.")
    return redirect(inside(request.form.get("back")), 303)
