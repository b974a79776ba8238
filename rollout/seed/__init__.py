"""The demo: Harbor IT, a made-up provider, with two campaigns that are under way.

The clock is turned back ten weeks, and the product's own functions live through the story,
day by day, up to the letters in the mailbox.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.boards.campaign import UNDECIDED
from campaigns.errors import Refused
from campaigns.models import Customer, CustomerLink, Rollout, Staff
from campaigns.store import Store
from rollout.seed import lapse
from rollout.seed.answers import plan_answers
from rollout.seed.beginnings import plan_beginnings, plan_draft, register_all
from rollout.seed.observed import plan_observations
from rollout.seed.past import Past, turned_back
from rollout.seed.staff import (
    OTHERS,
    PEOPLE,
    PROVIDER,
    hire,
    keep_password,
    kept_password,
    new_password,
)
from rollout.seed.story import WAITS
from rollout.settings import PREFIX, Settings
from workers.runtime import Runtime

WEEKS = 10
PREPARATION = timedelta(days=4)


def demo_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Settings that the demo changes where nobody has set them: who the provider is."""
    own = {
        "provider": PROVIDER.name,
        "provider_phone": PROVIDER.phone,
        "mail_from": f"{PROVIDER.sender_name} <{PROVIDER.sender_email}>",
    }
    return {name: own[name] for name in own if f"{PREFIX}{name.upper()}" not in environment}


def load_demo(rt: Runtime, settings: Settings) -> dict[str, str]:
    """Load the demo once, say how to sign in, and return the addresses to look at.

    Raises Refused where letters could leave this machine, and for a database that holds
    something other than a whole demo.
    """
    password = kept_password(settings.data)
    if password is None:
        _may_load(rt, settings)
        password = new_password()
        with _hurried(rt) as quick:
            if lapse.races(rt):
                _prepare(quick, lapse.stage_of(quick, settings.data), password)
            else:
                _load(quick, password)
        keep_password(settings.data, password)
    click.echo(f"{'Sign in as:':<18} {PEOPLE[0][0]} with the password {password}")
    click.echo(f"{'Or as:':<18} {OTHERS}, with the same password")
    return watched(rt) if lapse.races(rt) else addresses(rt)


def act_demo(rt: Runtime, settings: Settings) -> None:
    """Where the clock races, its people act beside it from now on."""
    if lapse.races(rt):
        stage = lapse.stage_of(rt, settings.data)
        lapse.plan_story(stage)
        lapse.raise_curtain(stage)


def watched(rt: Runtime) -> dict[str, str]:
    """What to look at while the campaign is acted: nobody has been asked yet."""
    base = rt.links.base_url.rstrip("/")
    return {"Board": f"{base}/", "Mailbox": f"{base}/mailbox"}


def addresses(rt: Runtime) -> dict[str, str]:
    """What to look at first: the board, the page of a customer who may choose, the letters."""
    base = rt.links.base_url.rstrip("/")
    with rt.store.reading() as session:
        page = _customer_page(rt, session)
    return {"Board": f"{base}/", "A customer's page": page, "Mailbox": f"{base}/mailbox"}


def _may_load(rt: Runtime, settings: Settings) -> None:
    if not settings.mail_stays_here:
        raise Refused(
            "The demo writes letters to made-up people, so they must stay on this machine. "
            "Leave ROLLOUT_MAIL away, or set it to mailbox: or folder:DIR."
        )
    with rt.store.reading() as session:
        rows = [session.scalar(select(func.count()).select_from(t)) for t in (Customer, Staff)]
    if any(rows):
        raise Refused(
            f"{settings.data} holds an installation that is not a whole demo. "
            "Start the demo in another folder: rollout up --demo --data DIR."
        )


@contextmanager
def _hurried(rt: Runtime) -> Iterator[Runtime]:
    """The same database without waiting for the disk: a demo is loaded whole or made anew."""
    if rt.store.in_memory:
        yield rt
        return
    store = Store(rt.store.url, durable=False)
    gc.disable()  # ten weeks leave little garbage, and looking for it takes a while
    try:
        yield replace(rt, store=store)
    finally:
        gc.enable()
        store.close()


def _load(rt: Runtime, password: str) -> None:
    today = rt.clock.now()
    monday = today - timedelta(weeks=WEEKS, days=today.weekday())
    start = monday.replace(hour=6, minute=0, second=0, microsecond=0)
    past = turned_back(rt, start - PREPARATION, today)
    past.start = start
    hire(rt.store, password, past.now)
    customers, contacts = register_all(past)
    _say(f"{customers} customers with {contacts} contacts.")
    plan_beginnings(past)
    plan_draft(past)
    plan_answers(past)
    plan_observations(past)
    past.live(_Progress(past))
    _say("done.")


def _prepare(rt: Runtime, stage: Past, password: str) -> None:
    """Staff, customers and changes; the campaign itself is acted."""
    hire(rt.store, password, stage.now)
    customers, contacts = register_all(stage)
    _say(f"{customers} customers with {contacts} contacts. Its {lapse.DAYS} days begin now.")


class _Progress:
    """One line for each month that has been lived through."""

    def __init__(self, past: Past) -> None:
        self._next = past.start

    def __call__(self, moment: datetime) -> None:
        if moment >= self._next:
            _say(f"the week of {moment.day} {moment:%B %Y} ...")
            self._next = moment + timedelta(weeks=3)


def _say(words: str) -> None:
    click.echo(f"Loading the demo: {words}", err=True)


def _customer_page(rt: Runtime, session: Session) -> str:
    """The page of somebody who was asked and has no date; of anybody when all have chosen."""
    undecided = Rollout.state.in_(UNDECIDED)
    row = session.execute(
        select(CustomerLink.rollout_id, CustomerLink.contact_id, CustomerLink.version)
        .join(Rollout, Rollout.id == CustomerLink.rollout_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(CustomerLink.purpose == "choose", CustomerLink.revoked_at.is_(None))
        .order_by(undecided.desc(), (Customer.name == WAITS).desc(), CustomerLink.id)
    ).first()
    if row is None:
        raise Refused("The demo has no customer's page any more. Start one in another folder.")
    return rt.links.url("choose", *row)
