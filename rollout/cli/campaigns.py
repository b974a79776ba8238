"""rollout campaigns."""

from collections.abc import Callable
from typing import Any

import click

from campaigns import agree, boards, deferring, launch
from campaigns.boards.leeway import leeway
from campaigns.models import Campaign
from campaigns.outlook import outlook_of
from campaigns.playbooks import names as playbook_names
from campaigns.waves import wave_lines
from rollout.cli.acting import acts, desk_for
from rollout.cli.campaigns_waves import campaigns_waves, wave_json
from rollout.cli.context import open_runtime, print_json, prints_json, read_bytes, settings
from rollout.desk import Desk, chooser_for


@click.group(name="campaigns")
def campaigns_group() -> None:
    """One change, one playbook, many customers."""


campaigns_group.add_command(campaigns_waves)


@campaigns_group.command(name="open")
@click.option("--change", required=True, metavar="ID", help="A change from `rollout changes list`.")
@click.option(
    "--playbook",
    default="default",
    show_default=True,
    help=f"One of: {', '.join(playbook_names())}.",
)
@click.option(
    "--customers",
    default="all",
    show_default=True,
    metavar="FILE|all|tag:NAME=VALUE",
    help="Whom it is for; a file names one customer a line.",
)
@click.option("--name", required=True, help="What staff call it.")
@prints_json
@acts
def campaigns_open(
    change: str, playbook: str, customers: str, name: str, as_json: bool, actor: str | None
) -> None:
    """Open a draft. Nothing leaves before somebody approves and starts it."""
    desk = desk_for(actor, "plan")
    choose = chooser_for(customers, read_bytes)
    desk.open_campaign(change=change, playbook=playbook, name=name, choose=choose)
    _print(desk, name, as_json, f'"{name}" is a draft. Look ahead with: rollout rehearse "{name}"')


@campaigns_group.command(name="approve")
@click.argument("name")
@prints_json
@acts
def campaigns_approve(name: str, as_json: bool, actor: str | None) -> None:
    """Approve a draft; by default somebody other than who opened it."""
    two = settings().settings.two_person
    _move(
        name,
        actor,
        as_json,
        "approve",
        lambda desk, session, campaign: launch.approve(
            session, campaign, who=desk.who, now=desk.now, two_person=two
        ),
    )


in_spite = click.option(
    "--in-spite-of-vendor", is_flag=True, help="Although the vendor has put its change on hold."
)


@campaigns_group.command(name="start")
@click.argument("name")
@in_spite
@prints_json
@acts
def campaigns_start(name: str, in_spite_of_vendor: bool, as_json: bool, actor: str | None) -> None:
    """Start an approved campaign: from now on letters leave."""
    _move(
        name,
        actor,
        as_json,
        "plan",
        lambda desk, session, campaign: launch.start(
            session,
            campaign,
            who=desk.who,
            now=desk.now,
            in_spite_of_vendor=in_spite_of_vendor,
        ),
    )


@campaigns_group.command(name="hold")
@click.argument("name")
@click.option("--why", default="", help="The reason, for the journal.")
@prints_json
@acts
def campaigns_hold(name: str, why: str, as_json: bool, actor: str | None) -> None:
    """Stop before the next letter."""
    _move(
        name,
        actor,
        as_json,
        "plan",
        lambda desk, session, campaign: launch.hold(
            session, campaign, why=why, who=desk.who, now=desk.now
        ),
    )


@campaigns_group.command(name="resume")
@click.argument("name")
@in_spite
@prints_json
@acts
def campaigns_resume(name: str, in_spite_of_vendor: bool, as_json: bool, actor: str | None) -> None:
    """Go on; what has become useless meanwhile is skipped."""
    _move(
        name,
        actor,
        as_json,
        "plan",
        lambda desk, session, campaign: launch.resume(
            session,
            campaign,
            who=desk.who,
            now=desk.now,
            in_spite_of_vendor=in_spite_of_vendor,
        ),
    )


@campaigns_group.command(name="defer")
@click.argument("name")
@click.argument("customer")
@click.option("--why", required=True, help="The reason, for the journal.")
@acts
def campaigns_defer(name: str, customer: str, why: str, actor: str | None) -> None:
    """Let a customer move its date to a later day once more than the playbook allows."""
    desk = desk_for(actor, "grant")
    with desk.writing() as session:
        rollout = agree.find_rollout(session, launch.find_campaign(session, name), customer)
        seen = len(deferring.grants_of(session, rollout.id))
        deferring.grant(session, rollout.id, seen=seen, why=why, who=desk.who, now=desk.now)
    click.echo(f"{customer} can move its date to a later day once more.")


@campaigns_group.command(name="finish")
@click.argument("name")
@prints_json
@acts
def campaigns_finish(name: str, as_json: bool, actor: str | None) -> None:
    """End a campaign; what was still planned is cancelled."""
    _move(
        name,
        actor,
        as_json,
        "plan",
        lambda desk, session, campaign: launch.finish(
            session, campaign, who=desk.who, now=desk.now
        ),
    )


@campaigns_group.command(name="list")
@prints_json
def campaigns_list(as_json: bool) -> None:
    """All campaigns and their states."""
    rt = open_runtime()
    with rt.store.reading() as session:
        rows = [
            {"name": c.name, "state": c.state, "playbook": c.playbook}
            for c in boards.campaign_list(session)
        ]
    if as_json:
        print_json({"campaigns": rows})
        return
    for row in rows:
        click.echo(f"{row['name']}  {row['state']}  {row['playbook']}")


@campaigns_group.command(name="show")
@click.argument("name")
@prints_json
def campaigns_show(name: str, as_json: bool) -> None:
    """One campaign: each customer's date, next contact and people."""
    rt = open_runtime()
    _print_view(rt.clock.now(), rt, name, as_json)


def _move(
    name: str,
    actor: str | None,
    as_json: bool,
    action: str,
    step: Callable[[Desk, Any, Campaign], object],
) -> None:
    desk = desk_for(actor, action)
    with desk.writing() as session:
        step(desk, session, launch.find_campaign(session, name))
    _print(desk, name, as_json, None)


def _print(desk: Desk, name: str, as_json: bool, hint: str | None) -> None:
    _print_view(desk.now, desk.rt, name, as_json, short=True)
    if hint and not as_json:
        click.echo(hint)


def _print_view(now: Any, rt: Any, name: str, as_json: bool, short: bool = False) -> None:
    with rt.store.reading() as session:
        campaign = launch.find_campaign(session, " ".join(name.split()))
        view = boards.campaign_view(session, campaign, now)
        outlook = outlook_of(session, campaign, now, rt.day_minutes)
        moves = leeway(session, campaign) if as_json else {}
        waves = wave_lines(session, campaign.id, now.date()) if as_json else []
    if as_json:
        told = view.as_json() | {"outlook": outlook.as_json() if outlook else None}
        told["customers"] = [row | moves[row["customer"]] for row in told["customers"]]
        told["waves"] = [wave_json(ring, closed) for ring, closed in waves]
        print_json(told)
        return
    date = view.vendor_date or "date needed"
    click.echo(f"{view.name}  {view.state}  {view.change_id}  {date}  {view.total.sentence()}")
    if short:
        return
    if outlook:
        click.echo(outlook.sentence)
    for line in view.lines:
        agreed = (
            f"{line.agreed.day} {line.agreed.time:%H:%M} {line.agreed.zone}" if line.agreed else "-"
        )
        risk = f"  AT RISK: {'; '.join(line.risks)}" if line.risks else ""
        click.echo(f"  {line.customer}  {line.state}  {agreed}  {line.people.sentence()}{risk}")
