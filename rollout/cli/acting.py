"""Who acts, and whether they may."""

from functools import wraps
from typing import Any, cast

import click
from sqlalchemy import func, select

from campaigns.errors import Forbidden, Invalid
from campaigns.journal import Actor
from campaigns.models import Staff
from campaigns.staff import can, role_name
from rollout.cli.context import F, open_runtime
from rollout.desk import Desk
from workers.runtime import Runtime

OPERATOR = Actor("operator", "operator")


def acts(command: F) -> F:
    """Give a command the option --as; the group's own --as and ROLLOUT_ACTOR do as well."""

    @click.option("--as", "actor", metavar="EMAIL", help="Who acts (or ROLLOUT_ACTOR).")
    @click.pass_context
    @wraps(command)
    def wrapped(context: click.Context, /, *args: Any, actor: str | None, **kwargs: Any) -> Any:
        chosen = actor or context.find_root().obj["actor"]
        return command(*args, actor=chosen, **kwargs)

    return cast("F", wrapped)


def desk_for(actor: str | None, action: str) -> Desk:
    """The desk of a staff member who may do this. Raises Forbidden or Invalid."""
    rt = open_runtime()
    if not actor:
        raise Invalid("Say who acts: --as EMAIL, or set ROLLOUT_ACTOR.")
    address = actor.strip().casefold()
    with rt.store.reading() as session:
        person = session.scalar(select(Staff).where(Staff.email == address))
    if person is None or person.ended_at is not None:
        raise Forbidden(f"{address} is not on the staff list. `rollout staff add` adds people.")
    if not can(person.role, action):
        raise Forbidden(f"{address} is {role_name(person.role)}, who may not do this.")
    return Desk(rt, Actor(person.email, person.role))


def has_staff(rt: Runtime) -> bool:
    """False until the first `rollout staff add`."""
    with rt.store.reading() as session:
        return bool(session.scalar(select(func.count()).select_from(Staff)))
