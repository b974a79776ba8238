"""rollout staff hours, off and skills."""

from typing import Any

import click

from campaigns import roster
from campaigns.boards.roster import TechnicianLine, TooMuch, roster_view
from campaigns.errors import Invalid, NotFound
from campaigns.rules.days import brief_day
from campaigns.rules.roster import CATEGORIES
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import print_json, prints_json
from rollout.desk import Desk
from rollout.parse.moment import parse_day

SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@click.command(name="hours")
@click.argument("email")
@click.option("--week", help="Minutes from Monday to Sunday, such as 480,480,240,480,480,0,0.")
@prints_json
@acts
def hours(email: str, week: str | None, as_json: bool, actor: str | None) -> None:
    """Minutes that a technician has for rollouts, day by day; shown, or set with --week."""
    desk = desk_for(actor, "plan")
    if week is not None:
        numbers = _numbers(week)
        with desk.writing() as session:
            person = roster.find_technician(session, email)
            roster.set_week(
                session,
                person,
                numbers,
                who=desk.who,
                now=desk.now,
                day_minutes=desk.rt.day_minutes,
            )
    _show(desk, email, as_json)


@click.command(name="off")
@click.argument("email")
@click.argument("first", required=False)
@click.argument("last", required=False)
@click.option("--reason", default="", help="Why, such as: leave.")
@click.option("--remove", is_flag=True, help="These days are worked after all.")
@prints_json
@acts
def off(
    email: str,
    first: str | None,
    last: str | None,
    reason: str,
    remove: bool,
    as_json: bool,
    actor: str | None,
) -> None:
    """Days off of a technician; shown, or added from FIRST to LAST with --reason."""
    desk = desk_for(actor, "plan")
    if first is not None:
        starts = parse_day(first)
        ends = parse_day(last) if last else starts
        told: dict[str, Any] = {
            "who": desk.who,
            "now": desk.now,
            "day_minutes": desk.rt.day_minutes,
        }
        with desk.writing() as session:
            person = roster.find_technician(session, email)
            if remove:
                number = roster.day_off_of(session, person, starts, ends).id
                roster.remove_day_off(session, person, number, **told)
            else:
                roster.add_day_off(session, person, starts, ends, reason, **told)
    elif remove or last:
        raise click.UsageError("Name the first day, such as 2026-08-03.")
    _show(desk, email, as_json)


@click.command(name="skills")
@click.argument("email")
@click.argument("categories", nargs=-1, metavar="[CATEGORY]...")
@click.option("--all", "everything", is_flag=True, help="Every kind of change.")
@prints_json
@acts
def skills(
    email: str, categories: tuple[str, ...], everything: bool, as_json: bool, actor: str | None
) -> None:
    """What kinds of changes a technician can do; shown, or set to the CATEGORIES named."""
    if everything and categories:
        raise click.UsageError(f"Name categories or say --all. There are {', '.join(CATEGORIES)}.")
    desk = desk_for(actor, "plan")
    if everything or categories:
        with desk.writing() as session:
            person = roster.find_technician(session, email)
            roster.set_skills(session, person, categories, who=desk.who, now=desk.now)
    _show(desk, email, as_json)


def _numbers(week: str) -> list[int]:
    parts = [part.strip() for part in week.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        raise Invalid("--week: give seven numbers with commas between, Monday first.", field="week")
    return [int(part) for part in parts]


def _show(desk: Desk, email: str, as_json: bool) -> None:
    with desk.rt.store.reading() as session:
        view = roster_view(session, desk.now, desk.rt.day_minutes)
    address = email.strip().casefold()
    line = next((one for one in view.technicians if one.email == address), None)
    if line is None:
        raise NotFound(f"{address} is no technician who works here.", "no_technician")
    too_much = [one for one in view.too_much if one.technician == address]
    if as_json:
        print_json(_facts(line, too_much))
        return
    week = ", ".join(f"{name} {minutes}" for name, minutes in zip(SHORT, line.week, strict=True))
    click.echo(f"{line.name}: {week} minutes; does {', '.join(line.skills) or 'everything'}.")
    for one in line.off:
        click.echo(f"Off {roster.said_of(one)}: {one.reason}")
    for day in too_much:
        names = ", ".join(customer.customer for customer in day.customers)
        click.echo(
            f"{brief_day(day.day)}: {day.promised} minutes are promised and {day.there} are there: "
            f"{names}. Nothing moves by itself; the page /roster shows what helps."
        )


def _facts(line: TechnicianLine, too_much: list[TooMuch]) -> dict[str, Any]:
    return {
        "email": line.email,
        "week": list(line.week),
        "skills": list(line.skills),
        "off": [
            {"first": str(one.starts), "last": str(one.ends), "reason": one.reason}
            for one in line.off
        ],
        "too_much": [
            {
                "day": str(one.day),
                "promised": one.promised,
                "there": one.there,
                "customers": [
                    {
                        "customer": customer.customer,
                        "campaign": customer.campaign,
                        "minutes": customer.minutes,
                        "technicians": list(customer.takers),
                        "days": [str(day) for day in customer.days],
                    }
                    for customer in one.customers
                ],
            }
            for one in too_much
        ],
    }
