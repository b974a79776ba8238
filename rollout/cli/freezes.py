"""rollout freezes."""

from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy.orm import Session

from campaigns import frozen, launch
from campaigns.errors import NotFound
from campaigns.models import Freeze
from campaigns.register import freezes as register
from campaigns.register.freezes import FreezeLine
from campaigns.rules.freezes import REPEATS, Closure, said
from campaigns.struck import Struck, struck
from campaigns.terms import closure_of
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import F, open_runtime, print_json, prints_json
from rollout.desk import Desk, find_customer
from rollout.parse.moment import parse_day
from rollout.show import plural, promised


@click.group(name="freezes")
def freezes_group() -> None:
    """Days on which nothing is done, once or again and again."""


def _days(command: F) -> F:
    """The options that say which days."""
    for option in (
        click.option("--until", metavar="DATE", help="It comes back until then."),
        click.option("--workdays", metavar="N", type=int, default=0, help="Of month_end."),
        click.option("--repeats", type=click.Choice(REPEATS), default="once", show_default=True),
        click.option("--reason", required=True, help="What customers read, such as: payroll."),
        click.option("--to", "last", metavar="DATE", help="The last day; else a single day."),
        click.option("--from", "first", metavar="DATE", required=True, help="The first day."),
    ):
        command = option(command)
    return command


@freezes_group.command(name="add")
@click.option("--customer", metavar="NAME", help="For this customer; else for all.")
@click.option("--campaign", metavar="NAME", help="For this campaign; else for all.")
@_days
@prints_json
@acts
def add(
    customer: str | None, campaign: str | None, as_json: bool, actor: str | None, **days: Any
) -> None:
    """Close days. Dates that are agreed stand, and are listed with new ones."""
    closure = _closure(**days)
    desk = desk_for(actor, "plan")
    with desk.writing() as session:
        made = register.add_freeze(
            session,
            closure,
            customer_id=find_customer(session, customer).id if customer else None,
            campaign_id=launch.find_campaign(session, campaign).id if campaign else None,
            who=desk.who,
            now=desk.now,
        )
        number = made.freeze.id
    _show_impact(desk, number, as_json)


@freezes_group.command(name="change")
@click.argument("number", type=int)
@_days
@prints_json
@acts
def change(number: int, as_json: bool, actor: str | None, **days: Any) -> None:
    """Other days or another reason. Dates that are agreed stand, and are listed with new ones."""
    closure = _closure(**days)
    desk = desk_for(actor, "plan")
    with desk.writing() as session:
        register.change_freeze(session, number, closure, who=desk.who, now=desk.now)
    _show_impact(desk, number, as_json)


@freezes_group.command(name="list")
@click.option("--customer", metavar="NAME", help="Of this customer alone.")
@prints_json
def list_freezes(customer: str | None, as_json: bool) -> None:
    """All freezes, with their numbers."""
    with open_runtime().store.reading() as session:
        which = [Freeze.customer_id == find_customer(session, customer).id] if customer else []
        found = register.freezes(session, *which)
    if as_json:
        print_json([_facts(one) for one in found])
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("There is no freeze.")


@freezes_group.command(name="remove")
@click.argument("number", type=int)
@prints_json
@acts
def remove(number: int, as_json: bool, actor: str | None) -> None:
    """Open the days again."""
    desk = desk_for(actor, "plan")
    with desk.writing() as session:
        gone = register.remove_freeze(session, number, who=desk.who, now=desk.now)
    if as_json:
        print_json(_facts(gone) | {"removed": True})
    else:
        click.echo(f"Removed: {_line(gone)}")


@freezes_group.command(name="impact")
@click.argument("number", type=int)
@prints_json
@acts
def impact(number: int, as_json: bool, actor: str | None) -> None:
    """The agreed dates that lie in a freeze, with new ones. Nothing moves."""
    _show_impact(desk_for(actor, "read"), number, as_json)


@freezes_group.command(name="approve")
@click.argument("number", type=int)
@click.option("--only", "only", metavar="NAME", multiple=True, help="These customers alone.")
@prints_json
@acts
def approve(number: int, only: tuple[str, ...], as_json: bool, actor: str | None) -> None:
    """Move the agreed dates that lie in a freeze to the new ones, and tell their customers."""
    desk = desk_for(actor, "agree")
    with desk.writing() as session:
        line = register.find_freeze(session, number)
        listed = struck(session, line.freeze, desk.now, desk.rt.day_minutes)
        wanted = [one for one in _chosen(listed, only) if only or one.kept is None]
        moves = [
            frozen.Move(one.rollout_id, one.version, one.to, one.to_at)
            for one in wanted
            if one.to and one.to_at
        ]
        minutes = desk.rt.day_minutes
        frozen.approve(session, line, moves, who=desk.who, now=desk.now, day_minutes=minutes)
    stay = [one for one in wanted if one.to is None]
    if as_json:
        moved = [_struck_facts(one) for one in wanted if one.to]
        print_json({"moved": moved, "without_a_date": [_struck_facts(one) for one in stay]})
        return
    for one in wanted:
        click.echo(_struck_line(one))
    click.echo(f"{plural(len(moves), 'date')} moved; their customers are told.")


@freezes_group.command(name="keep")
@click.argument("number", type=int)
@click.argument("customer")
@click.option("--why", required=True, help="Why the date stands in spite of the freeze.")
@prints_json
@acts
def keep(number: int, customer: str, why: str, as_json: bool, actor: str | None) -> None:
    """Let a customer's agreed dates stand in spite of a freeze."""
    desk = desk_for(actor, "agree")
    with desk.writing() as session:
        freeze = register.find_freeze(session, number).freeze
        listed = struck(session, freeze, desk.now, desk.rt.day_minutes)
        for one in _chosen(listed, (customer,)):
            frozen.keep(
                session, freeze, one.rollout_id, one.version, why, who=desk.who, now=desk.now
            )
    _show_impact(desk, number, as_json)


def _closure(
    first: str, last: str | None, reason: str, repeats: str, workdays: int, until: str | None
) -> Closure:
    starts = parse_day(first)
    ends = parse_day(last) if last else starts
    end = parse_day(until) if until else None
    return Closure(starts, ends, reason, repeats, workdays, end)


def _chosen(listed: Sequence[Struck], names: Sequence[str]) -> list[Struck]:
    wanted = {" ".join(name.split()).casefold(): name for name in names}
    for folded, name in wanted.items():
        if not any(one.customer.casefold() == folded for one in listed):
            raise NotFound(f"No agreed date of {name} lies in this freeze.", "no_customer")
    return [one for one in listed if not names or one.customer.casefold() in wanted]


def _show_impact(desk: Desk, number: int, as_json: bool) -> None:
    with desk.rt.store.reading() as session:
        line, found = _impact(session, desk, number)
    if as_json:
        print_json(_facts(line) | {"agreed": [_struck_facts(one) for one in found]})
        return
    click.echo(_line(line))
    for one in found:
        click.echo(_struck_line(one))
    if any(one.to and one.kept is None for one in found):
        click.echo(f"Nothing has moved. `rollout freezes approve {number}` moves these dates.")


def _impact(session: Session, desk: Desk, number: int) -> tuple[FreezeLine, Sequence[Struck]]:
    line = register.find_freeze(session, number)
    return line, struck(session, line.freeze, desk.now, desk.rt.day_minutes)


def _line(one: FreezeLine) -> str:
    days = said(closure_of(one.freeze))
    return f"{one.freeze.id}  {days}: {one.freeze.reason}, for {one.whose}"


def _struck_line(one: Struck) -> str:
    old = promised(one.day, one.at, one.zone)
    if one.kept is not None:
        new = f"is kept: {one.kept.why}"
    elif one.to and one.to_at:
        new = f"could move to {promised(one.to, one.to_at, one.zone)}"
    else:
        new = f"has no other day. {one.why}"
    return f"{one.customer}, {one.campaign}: {old} {new}"


def _facts(one: FreezeLine) -> dict[str, Any]:
    freeze = one.freeze
    return {
        "id": freeze.id,
        "customer": one.customer or None,
        "campaign": one.campaign or None,
        "from": str(freeze.starts),
        "to": str(freeze.ends),
        "repeats": freeze.repeats,
        "workdays": freeze.workdays or None,
        "until": str(freeze.until) if freeze.until else None,
        "reason": freeze.reason,
        "days": said(closure_of(freeze)),
    }


def _struck_facts(one: Struck) -> dict[str, Any]:
    return {
        "customer": one.customer,
        "campaign": one.campaign,
        "date": str(one.day),
        "time": f"{one.at:%H:%M}",
        "zone": one.zone,
        "version": one.version,
        "new_date": str(one.to) if one.to else None,
        "new_time": f"{one.to_at:%H:%M}" if one.to_at else None,
        "reason": one.why or None,
        "kept": one.kept.why if one.kept else None,
    }
