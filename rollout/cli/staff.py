"""rollout staff."""

import click
from sqlalchemy import select

from campaigns import staff
from campaigns.models import Staff
from rollout.cli.acting import OPERATOR, acts, desk_for, has_staff
from rollout.cli.context import open_runtime, print_json, prints_json
from rollout.cli.staff_roster import hours, off, skills


@click.group(name="staff")
def staff_group() -> None:
    """The people who work here."""


staff_group.add_command(hours)
staff_group.add_command(off)
staff_group.add_command(skills)


@staff_group.command(name="add")
@click.argument("email")
@click.option("--role", required=True, help="technician, account_manager, approver, admin, auditor")
@click.option("--name", default="", help="Full name; the address when left out.")
@click.option("--phone", default="", help="The number that this person's letters show.")
@prints_json
@acts
def staff_add(
    email: str, role: str, name: str, phone: str, as_json: bool, actor: str | None
) -> None:
    """Add a person and print a one-time sign-in link. The very first one needs no --as."""
    rt = open_runtime()
    who = desk_for(actor, "administer").who if has_staff(rt) else OPERATOR
    full_name = name or email.split("@")[0].replace(".", " ").title()
    with rt.store.writing() as session:
        person, token = staff.add(
            session,
            who,
            email,
            full_name,
            role.strip().casefold().replace("-", "_").replace(" ", "_"),
            rt.clock.machine(),
        )
        person.phone = phone or None
    link = f"{rt.links.base_url}/sign-in/{token}"
    if as_json:
        print_json({"email": person.email, "role": person.role, "link": link})
    else:
        click.echo(
            f"{person.email} is now {staff.role_name(person.role)}. Sign in once with:\n{link}"
        )


@staff_group.command(name="link")
@click.argument("email")
@acts
def staff_link(email: str, actor: str | None) -> None:
    """A new one-time sign-in link for somebody; earlier links stop working."""
    desk = desk_for(actor, "administer")
    with desk.rt.store.writing() as session:
        token = staff.renew_link(session, desk.who, email, desk.rt.clock.machine())
    click.echo(f"{desk.rt.links.base_url}/sign-in/{token}")


@staff_group.command(name="end")
@click.argument("email")
@acts
def staff_end(email: str, actor: str | None) -> None:
    """Somebody leaves: their sessions end at once."""
    desk = desk_for(actor, "administer")
    with desk.rt.store.writing() as session:
        staff.end(session, desk.who, email, desk.rt.clock.machine())
    click.echo(f"{email} can no longer sign in.")


@staff_group.command(name="list")
@prints_json
def staff_list(as_json: bool) -> None:
    """Who is on the staff list."""
    rt = open_runtime()
    with rt.store.reading() as session:
        people = session.scalars(select(Staff).order_by(Staff.email)).all()
    rows = [
        {"email": p.email, "name": p.name, "role": p.role, "ended": p.ended_at is not None}
        for p in people
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['email']}  {row['role']}{'  (left)' if row['ended'] else ''}")
