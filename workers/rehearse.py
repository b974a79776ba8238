"""Rehearsal: the campaign ahead, run by the production code on a copy and a clock of its own.

The copy is a database in memory with this campaign and its customers; letters go to a
list. What the rehearsal lists is therefore what the run then sends, as long as nobody
chooses, moves or reports anything in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from campaigns import launch, progress
from campaigns.journal import SYSTEM
from campaigns.rules.throughput import Load, Passage, passages
from campaigns.store import Store
from workers.courier import run_until, sweep
from workers.events import Event, events_since, past_of
from workers.lent import lending
from workers.mail import MemoryMailer
from workers.runtime import NO_LIMITS, HandClock, Runtime
from workers.stage import copy_campaign

__all__ = ["Event", "Rehearsal", "rehearse"]


HORIZON = timedelta(days=800)
AT_ONCE = 50  # letters a commit: nothing that is in memory can be half sent


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All events from now on, in order."""

    campaign: str
    start: datetime
    until: datetime
    events: Sequence[Event]
    waits: Sequence[Passage] = ()  # letters for which the mail server's limits are tight

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout rehearse --json`."""
        return {
            "campaign": self.campaign,
            "from": self.start.isoformat().replace("+00:00", "Z"),
            "until": self.until.isoformat().replace("+00:00", "Z"),
            "events": [event.as_json() for event in self.events],
            "waits": [_wait(passage) for passage in self.waits],
        }


def rehearse(rt: Runtime, name: str, until: datetime | None = None) -> Rehearsal:
    """Every message, task, skip and conflict ahead. Nothing in the real database changes.

    A draft is rehearsed as if it were approved and started now. Raises NotFound and, for
    a change without a date, Conflict.
    """
    now = rt.clock.now()
    copy = Store("sqlite://")
    try:
        copy_campaign(rt, copy, name)
        stage = replace(
            rt,
            store=copy,
            clock=HandClock(now),
            mailer=MemoryMailer(),
            nudge=_nothing,
            rehearsal=True,
            connections=1,
            marks=AT_ONCE,
            limits=NO_LIMITS,
            worded={},
            pinned=set(),
        )
        with copy.reading() as session:
            past = past_of(session)
        _raise_curtain(stage, name, now)
        end = until or now + HORIZON
        with lending(stage) as lent:
            sweep(stage, now, lent)
            run_until(stage, now, end, stage.clock.move_to, lent)
        with copy.writing() as session:
            progress.move_along(session, end)
        with copy.reading() as session:
            events = events_since(session, now, past)
    finally:
        copy.close()
    last = max((event.at for event in events), default=now)
    waits = passages(_loads(events), rt.limits.per_minute, rt.limits.per_day)
    return Rehearsal(name, now, until or last, events, waits)


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


def _raise_curtain(stage: Runtime, name: str, now: datetime) -> None:
    with stage.store.writing() as session:
        campaign = launch.find_campaign(session, name)
        if campaign.state == "draft":
            launch.approve(session, campaign, who=SYSTEM, now=now, two_person=False)
        if campaign.state == "approved":
            launch.start(session, campaign, who=SYSTEM, now=now)
        if campaign.state == "held":
            launch.resume(session, campaign, who=SYSTEM, now=now)
