"""Rehearsal: campaigns ahead, run by the production code on a copy and a clock of its own.

The copy is a database in memory with the campaigns and their customers; letters go nowhere.
What the rehearsal lists is therefore what the run then sends, as long as nobody chooses, moves
or reports anything in between.
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import launch, progress, waiting
from campaigns.errors import Conflict
from campaigns.journal import SYSTEM
from campaigns.models import Campaign
from campaigns.rules.throughput import Load, Passage, passages
from campaigns.store import Store
from workers.courier import run_until, sweep
from workers.events import Event
from workers.lent import lending
from workers.mail import NoMailer
from workers.runtime import NO_LIMITS, HandClock, Runtime
from workers.seen import events_since, past_of
from workers.stage import copy_house

__all__ = ["ALL", "Event", "Rehearsal", "rehearse", "rehearse_all"]


HORIZON = timedelta(days=800)
AT_ONCE = 200  # letters a commit: nothing that is in memory can be half sent
USUAL = gc.get_threshold()  # of the process, whichever of two rehearsals ends first
SELDOM = 50_000  # objects between two looks for garbage: a rehearsal makes millions and drops them
ALL = "all campaigns"
Told = Callable[[datetime], None]
AHEAD = ("draft", "approved", "running", "held")


def _nobody(_moment: datetime) -> None:
    """Who does not want to hear how far a rehearsal has come."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All events from now on, in order."""

    campaign: str
    start: datetime
    until: datetime
    events: Sequence[Event]
    waits: Sequence[Passage] = ()  # letters for which the mail server's limits are tight
    left_out: Sequence[tuple[str, str]] = ()  # campaigns that cannot start, and why

    def head(self) -> dict[str, Any]:
        """What `rollout rehearse --json` says beside the events."""
        return {
            "campaign": self.campaign,
            "from": self.start.isoformat().replace("+00:00", "Z"),
            "until": self.until.isoformat().replace("+00:00", "Z"),
            "waits": [_wait(passage) for passage in self.waits],
            "left_out": [{"campaign": name, "reason": why} for name, why in self.left_out],
        }

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout rehearse --json`."""
        return {**self.head(), "events": [event.as_json() for event in self.events]}


def rehearse(
    rt: Runtime, name: str, until: datetime | None = None, told: Told = _nobody
) -> Rehearsal:
    """Every message, task, skip and conflict ahead. Nothing in the real database changes.

    A draft is rehearsed as if it were approved and started now; the campaigns that run beside
    it go on. `told` hears each moment that is reached. Raises NotFound and, for a change without
    a date, Conflict.
    """
    with rt.store.reading() as session:
        wanted = launch.find_campaign(session, name).id
    return _play(rt, name, [wanted], until, told)


def rehearse_all(rt: Runtime, until: datetime | None = None, told: Told = _nobody) -> Rehearsal:
    """The same for every campaign that is not over, together; drafts as if started now.

    A draft that cannot start, for want of a date, is left out with the reason.
    """
    with rt.store.reading() as session:
        ahead = select(Campaign.id).where(Campaign.state.in_(AHEAD)).order_by(Campaign.id)
        wanted = session.scalars(ahead).all()
    return _play(rt, ALL, wanted, until, told)


def _play(
    rt: Runtime, name: str, wanted: Sequence[int], until: datetime | None, told: Told
) -> Rehearsal:
    now = rt.clock.now()
    end = until or now + HORIZON
    copy = Store("sqlite://", durable=False, journalled=False)
    try:
        gc.set_threshold(SELDOM, *USUAL[1:])
        copy_house(rt, copy, wanted)
        stage = _stage(rt, copy, now)
        with copy.reading() as session:
            past = past_of(session)
        left_out = _raise_curtains(stage, wanted, now, strict=name != ALL)
        with lending(stage) as lent:
            sweep(stage, now, lent)
            run_until(stage, now, end, partial(_move, stage, told), lent)
        with copy.writing() as session:
            progress.move_along(session, end)
        with copy.reading() as session:
            events = events_since(session, now, past, wanted)
            left_out += _waiting(session, wanted)
    finally:
        gc.set_threshold(*USUAL)
        copy.close()
    last = max((event.at for event in events), default=now)
    waits = passages(_loads(events), rt.limits.per_minute, rt.limits.per_day)
    return Rehearsal(name, now, until or last, events, waits, left_out)


def _move(stage: Runtime, told: Told, moment: datetime) -> None:
    stage.clock.move_to(moment)
    told(moment)


def _stage(rt: Runtime, copy: Store, now: datetime) -> Runtime:
    return replace(
        rt,
        store=copy,
        clock=HandClock(now),
        mailer=NoMailer(),
        nudge=_nothing,
        rehearsal=True,
        connections=1,
        marks=AT_ONCE,
        touches=AT_ONCE,
        limits=NO_LIMITS,
        signer=None,
        worded={},
        pinned=set(),
    )


def _loads(events: Sequence[Event]) -> list[Load]:
    """What falls due together: letters of one step at one instant, whoever gets them."""
    found: dict[tuple[datetime, str], Load] = {}
    for event in events:
        if event.kind != "mail" or event.closes is None:
            continue
        key = (event.at, event.step)
        load = found.get(key, Load(event.at, event.step, 0, event.closes))
        letters, closes = load.letters + event.people, min(load.closes, event.closes)
        found[key] = Load(event.at, event.step, letters, closes)
    return list(found.values())


def _wait(passage: Passage) -> dict[str, Any]:
    load = passage.load
    moments = {
        "at": load.at,
        "through": passage.through,
        "closes": load.closes,
        "begin_by": passage.begin_by,
    }
    spoken = {key: at.isoformat().replace("+00:00", "Z") for key, at in moments.items()}
    return {"step": load.step, "letters": load.letters, "in_time": passage.in_time, **spoken}


def _nothing() -> None:
    """Nobody is woken by a rehearsal."""


def _raise_curtains(
    stage: Runtime, wanted: Sequence[int], now: datetime, *, strict: bool
) -> list[tuple[str, str]]:
    """Let the campaigns run; those that cannot, with the reason, where `strict` does not raise."""
    left_out = []
    for key in wanted:
        try:
            with stage.store.writing() as session:
                campaign = session.get_one(Campaign, key)
                name = campaign.name
                _start(session, campaign, now)
        except Conflict as problem:
            if strict:
                raise
            left_out.append((name, problem.message))
    return left_out


def _waiting(session: Session, wanted: Sequence[int]) -> list[tuple[str, str]]:
    """Who is not asked before a wave is over, which nothing but evidence can say."""
    found = sorted(waiting.still_waiting(session, wanted).items())
    words = {True: "customer waits for its wave", False: "customers wait for their wave"}
    return [(name, f"{many:,} {words[many == 1]}") for name, many in found]


def _start(session: Session, campaign: Campaign, now: datetime) -> None:
    if campaign.state == "draft":
        launch.approve(session, campaign, who=SYSTEM, now=now, two_person=False)
    if campaign.state == "approved":
        launch.start(session, campaign, who=SYSTEM, now=now)
    if campaign.state == "held":
        launch.resume(session, campaign, who=SYSTEM, now=now)
