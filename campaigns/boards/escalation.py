"""Two clocks at one customer: it has no date; its people are not ready. Which rung, which next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import Campaign, Customer, Rollout, Step, Touch
from campaigns.rules.step_words import audience
from campaigns.rules.steps import Ladder, Playbook

CLOCKS = {Ladder.NO_DATE: "No date", Ladder.NOT_READY: "People not ready"}
WITHOUT_DATE = ("planned", "invited", "proposed")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: its place among them, to whom it speaks, on which day."""

    place: int
    title: str
    whom: str
    day: date


@dataclass(frozen=True, slots=True)
class Climb:
    """How far a clock has come; `owner` has the task at the last of `rungs`."""

    clock: str
    rungs: int
    now: Rung | None
    following: Rung | None
    owner: str


def climbs(
    session: Session, customer: Customer, rollout: Rollout, campaign: Campaign, book: Playbook
) -> Sequence[Climb]:
    """The clock that runs at this customer, if any: the one without a date or the one with."""
    running = Ladder.NO_DATE if rollout.state in WITHOUT_DATE else Ladder.NOT_READY
    if rollout.state not in (*WITHOUT_DATE, "agreed"):
        return ()
    version = 0 if running is Ladder.NO_DATE else rollout.version
    rows = session.execute(
        select(Step.key, Touch.state, Touch.day)
        .join(Step, Step.id == Touch.step_id)
        .where(
            Touch.rollout_id == rollout.id, Touch.version == version, Step.ladder == running.value
        )
        .order_by(Touch.due, Step.position)
    ).all()
    rungs = book.rungs(running)
    places = {step.key: number for number, step in enumerate(rungs, start=1)}
    steps = {step.key: step for step in rungs}

    def rung(key: str, day: date) -> Rung:
        return Rung(places[key], steps[key].title, audience(steps[key].audience), day)

    climbed = [rung(key, day) for key, state, day in rows if state in ("open", "done")]
    ahead = [rung(key, day) for key, state, day in rows if state == "planned"]
    if not climbed and not ahead:
        return ()
    owner = customer.account_manager or campaign.opened_by
    now = climbed[-1] if climbed else None
    following = ahead[0] if ahead else None
    return (Climb(CLOCKS[running], len(rungs), now, following, owner),)


def rung_words(book: Playbook, key: str) -> str:
    """`no date, rung 4 of 9` for a step that is a rung; empty for every other."""
    for ladder, words in CLOCKS.items():
        keys = [step.key for step in book.rungs(ladder)]
        if key in keys:
            return f"{words[0].lower()}{words[1:]}, rung {keys.index(key) + 1} of {len(keys)}"
    return ""
