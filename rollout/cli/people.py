"""rollout staff, customers, contacts."""

from typing import Any

import click
from sqlalchemy import select

from campaigns import staff
from campaigns.boards.directory import customer_rows
from campaigns.models import Staff
from campaigns.register import ImportResult
from rollout.cli.context import (
    OPERATOR,
    acts,
    desk_for,
    has_staff,
    open_runtime,
    opened,
    print_json,
    prints_json,
)


@click.group(name="staff")
def staff_group() -> None:
    """The people who work here."""


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


@click.group(name="customers")
def customers_group() -> None:
    """The firms that are looked after."""


@customers_group.command(name="import")
@click.argument("file")
@click.option(
    "--accept-good-rows", is_flag=True, help="Store the good rows although others are bad."
)
@prints_json
@acts
def customers_import(file: str, accept_good_rows: bool, as_json: bool, actor: str | None) -> None:
    """Import customers from a CSV file."""
    desk = desk_for(actor, "import")
    with opened(file) as (stream, name):
        result = desk.import_customers(stream, name, accept_good_rows=accept_good_rows)
    show_import(result, "customers", as_json)


@customers_group.command(name="list")
@prints_json
def customers_list(as_json: bool) -> None:
    """All customers with how many contacts each has."""
    rt = open_runtime()
    with rt.store.reading() as session:
        found = customer_rows(session)
    if as_json:
        print_json(found)
        return
    for row in found:
        click.echo(f"{row['name']}  {row['timezone']}  {row['contacts']} contacts")


@click.group(name="contacts")
def contacts_group() -> None:
    """The people at customers."""


@contacts_group.command(name="import")
@click.argument("file")
@click.option(
    "--accept-good-rows", is_flag=True, help="Store the good rows although others are bad."
)
@prints_json
@acts
def contacts_import(file: str, accept_good_rows: bool, as_json: bool, actor: str | None) -> None:
    """Import contacts from a CSV file; their customers must be there."""
    desk = desk_for(actor, "import")
    with opened(file) as (stream, name):
        result = desk.import_contacts(stream, name, accept_good_rows=accept_good_rows)
    show_import(result, "contacts", as_json)


def show_import(result: ImportResult, what: str, as_json: bool) -> None:
    """Print what an import did; exit 1 where a bad row kept the whole file out."""
    if as_json:
        print_json(result.as_json())
    else:
        _in_words(result.as_json(), what)
    if not result.stored:
        bad = len(result.rejected)
        first = f"line {result.rejected[0].line}: {result.rejected[0].reason}"
        more = f" ({bad - 1} more rows are listed above.)" if bad > 1 else ""
        click.echo(
            f"Nothing was stored: {first}{more} Mend the file, or use --accept-good-rows.",
            err=True,
        )
        raise click.exceptions.Exit(1)


def _in_words(result: dict[str, Any], what: str) -> None:
    click.echo(
        f"{result['rows']} rows: {result['accepted']} accepted, {len(result['rejected'])} rejected."
    )
    for row in result["rejected"]:
        click.echo(f"  line {row['line']}: {row['reason']}")
    for warning in result["warnings"]:
        click.echo(f"  {warning}")
    if result["stored"]:
        click.echo(
            f"{what}: {result['created']} new, {result['updated']} changed, "
            f"{result['unchanged']} as before."
        )


COMMANDS = (staff_group, customers_group, contacts_group)
