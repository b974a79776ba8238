"""rollout changes review: a vendor moved, and somebody looks at what that means."""

from datetime import date, time

import click
from sqlalchemy.orm import Session

from campaigns import reviewing
from campaigns.boards.review import ReviewView, latest_review, review_view, reviews
from campaigns.errors import NotFound
from campaigns.models import ChangeReview
from campaigns.register.changes import dates_stand, find_change
from campaigns.rules.days import brief_day
from rollout.cli.acting import acts, desk_for
from rollout.cli.context import open_runtime, print_json, prints_json
from rollout.desk import Desk
from rollout.parse.moment import parse_day, parse_time


@click.command(name="review")
@click.argument("change_id", required=False)
@click.option("--keep", multiple=True, metavar="CUSTOMER", help="This customer's date stands.")
@click.option(
    "--move",
    multiple=True,
    metavar="CUSTOMER=DATE[ TIME]",
    help="This customer's date moves there once the review is approved.",
)
@click.option("--same-dates", is_flag=True, help="The dates in the vendor's older words hold.")
@click.option("--approve", is_flag=True, help="Do it: move, write the corrections, go on.")
@prints_json
@acts
def changes_review(
    change_id: str | None,
    keep: tuple[str, ...],
    move: tuple[str, ...],
    same_dates: bool,
    approve: bool,
    as_json: bool,
    actor: str | None,
) -> None:
    """What a vendor changed, and what that means for each agreed date.

    Without CHANGE_ID: the reviews that are open. Nothing moves before --approve.
    """
    if change_id is None:
        _list(as_json)
        return
    moves = [_move(words) for words in move]
    if not (keep or moves or same_dates or approve):
        _print(change_id, as_json)
        return
    desk = desk_for(actor, "approve" if approve else "plan")
    with desk.writing() as session:
        change = find_change(session, change_id)
        review = reviewing.review_of(session, change)
        if same_dates:
            dates_stand(session, change, who=desk.who, now=desk.now)
        for customer in keep:
            _choose(session, desk, review, customer, None, None)
        for customer, day, at in moves:
            _choose(session, desk, review, customer, day, at)
        if approve:
            reviewing.approve(
                session, review, who=desk.who, now=desk.now, day_minutes=desk.rt.day_minutes
            )
    _print(change_id, as_json)


def _move(words: str) -> tuple[str, date, time | None]:
    customer, sign, when = words.rpartition("=")
    parts = when.split()
    if not sign or not customer.strip() or len(parts) not in (1, 2):
        raise click.UsageError(
            f'"{words}" is not CUSTOMER=DATE, such as "Northwind Dental=2026-12-08 18:00".'
        )
    return customer.strip(), parse_day(parts[0]), parse_time(parts[1]) if parts[1:] else None


def _choose(
    session: Session,
    desk: Desk,
    review: ChangeReview,
    customer: str,
    day: date | None,
    at: time | None,
) -> None:
    rollouts = reviewing.rollouts_called(session, review, customer)
    for rollout in rollouts:
        reviewing.choose(
            session,
            review,
            rollout,
            move_to=day,
            at=at,
            who=desk.who,
            now=desk.now,
            day_minutes=desk.rt.day_minutes,
        )


def _list(as_json: bool) -> None:
    rt = open_runtime()
    with rt.store.reading() as session:
        now = rt.clock.now()
        views = [review_view(session, one, now, rt.day_minutes) for one, _ in reviews(session)]
    if as_json:
        print_json({"reviews": [view.as_json() for view in views]})
        return
    if not views:
        click.echo("No vendor has changed anything that waits to be looked at.")
    for view in views:
        click.echo(f"{view.change.source_id}  {view.before} -> {_after(view)}  {view.sentence()}")


def _print(change_id: str, as_json: bool) -> None:
    rt = open_runtime()
    with rt.store.reading() as session:
        review = latest_review(session, find_change(session, change_id))
        if review is None:
            raise NotFound(f"{change_id} has not changed since a campaign began.", "no_review")
        view = review_view(session, review, rt.clock.now(), rt.day_minutes)
    if as_json:
        print_json(view.as_json())
        return
    click.echo(f"{view.change.source_id}  {view.state}  {view.before} -> {_after(view)}")
    for difference in view.differences:
        click.echo(f"  {difference.sentence()}")
    click.echo(view.sentence())
    for row in view.rows:
        agreed = brief_day(row.agreed) if row.agreed else "-"
        to = f"move to {brief_day(row.day)} {row.at}" if row.day else "keep"
        word = row.outcome or (to if row.chosen else f"{to} (suggested)")
        why = f"  ({row.reason})" if row.reason else ""
        click.echo(
            f"  {row.customer}  {agreed}  {row.finding or ''}  told: {row.told}  {word}{why}"
        )


def _after(view: ReviewView) -> str:
    return f"on hold ({view.after})" if view.on_hold else view.after
