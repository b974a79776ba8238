"""Station deferrals: how often a customer moved its date to a later day, and who allowed more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.errors import Invalid
from campaigns.journal import Actor, record_for
from campaigns.models import Agreement, DeferralGrant, Rollout
from campaigns.models.base import BigKey
from campaigns.rows import Parts, by_kind, part, rows_of, together
from campaigns.rules.deferrals import Answer, Deferrals, count

# Built once: each look at a customer's page asks them.
ANSWERS = (
    part(
        "answer",
        word=Agreement.how,
        said=Agreement.answer_key,
        number=Agreement.version,
        starts=Agreement.day,
    ).where(Agreement.rollout_id == bindparam("rollout", type_=BigKey)),
    part("grant", key=DeferralGrant.id).where(
        DeferralGrant.rollout_id == bindparam("rollout", type_=BigKey)
    ),
)
_ANSWERS = together(*ANSWERS)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a customer has answered so far: its moves, and the keys of the forms."""

    deferrals: Deferrals
    keys: frozenset[str] = frozenset()


def answers_of(session: Session, rollout: Rollout, allowed: int) -> Answers:
    """What the customer has used of `allowed`, the playbook's number, and of what was granted."""
    if rollout.version == 0:  # nothing was answered, and nothing stands that could be moved
        return Answers(Deferrals(0, allowed))
    return answers_in(by_kind(rows_of(session, _ANSWERS, rollout=rollout.id)), allowed)


def answers_in(found: Parts, allowed: int) -> Answers:
    """The same from the rows of `ANSWERS`."""
    rows = [(version, how, key, day) for _, how, key, version, _, day, *_ in found["answer"]]
    return answers_among(rows, allowed + len(found["grant"]))


def answers_among(rows: Iterable[tuple[int, str, str, date | None]], allowed: int) -> Answers:
    """The same from versions with how they came, their keys and days; `allowed` in all."""
    versions = sorted(rows, key=itemgetter(0))
    moves = [Answer(day, how) for _, how, _, day in versions]
    return Answers(count(moves, allowed), frozenset(key for _, _, key, _ in versions))


def grants_of(session: Session, rollout_id: int) -> Sequence[DeferralGrant]:
    """Who allowed one move more, and why, oldest first."""
    query = select(DeferralGrant).where(DeferralGrant.rollout_id == rollout_id)
    return session.scalars(query.order_by(DeferralGrant.id)).all()


def grant(
    session: Session, rollout_id: int, *, seen: int, why: str, who: Actor, now: datetime
) -> bool:
    """Let the customer move its date to a later day once more.

    `seen` is how many were granted when the form was opened: the same form twice grants one.
    Returns whether this one did. Raises Invalid where no reason is given.
    """
    why = " ".join(why.split())[:500]
    if not why:
        raise Invalid("Write why the date may be moved once more.", "no_reason", "why")
    # Whoever grants at the same time waits here, and then sees one more.
    session.execute(select(Rollout.id).where(Rollout.id == rollout_id).with_for_update())
    if len(grants_of(session, rollout_id)) != seen:
        return False
    session.add(DeferralGrant(rollout_id=rollout_id, by_staff=who.name, why=why, at=now))
    record_for(session, rollout_id, "deferral_granted", who, now, {"why": why})
    return True
