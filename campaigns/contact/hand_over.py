"""Mark, settle, rescue: the second half of a hand-over; the order stands in claim.py."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

# Minutes to wait after the first, second ... attempt that a server put off.
from campaigns.contact.claim import Claim
from campaigns.contact.seal import seal
from campaigns.models import (
    Campaign,
    Delivery,
    LetterVersion,
    Rollout,
    Touch,
)
from campaigns.store import insert_missing

BACK_OFF = (1, 2, 5, 10, 20, 30)


def mark(
    session: Session,
    claim: Claim,
    *,
    machine: datetime,
    lease: timedelta,
    facts: dict[str, Any],
) -> bool:
    """Commit-to-be that the final dot may follow. False: the letter is not ours any more.

    `facts` are the columns that say what is about to be sent (letter version, address ...).
    The lease starts afresh, so that a slow answer is waited for before others give it up.
    """
    running = select(Campaign.id).where(
        Campaign.id == claim.campaign.id, Campaign.state == "running"
    )
    standing = select(Rollout.id).where(
        Rollout.id == claim.rollout.id, Rollout.version == claim.rollout.version
    )
    marked = session.scalar(
        update(Delivery)
        .where(
            Delivery.id == claim.delivery.id,
            Delivery.token == claim.token,
            Delivery.state == "sending",
            Delivery.lease_until > machine,
            running.exists(),
            standing.exists(),
        )
        .values(mark=machine, lease_until=machine + lease, **facts)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return marked is not None


def settle(
    session: Session,
    claim: Claim,
    *,
    state: str,
    reply: str,
    now: datetime,
    reason: str | None = None,
    at_once: bool = False,
) -> bool:
    """Write the outcome, if the letter is still ours.

    State `due` means: try again, after the back-off, or `at_once` where nothing was tried.
    """
    values: dict[str, Any] = {"state": state, "reply": reply[:500], "reason": reason}
    if state == "due":
        wait = 0 if at_once else BACK_OFF[min(claim.delivery.attempt, len(BACK_OFF) - 1)]
        values |= {
            "next_try": now + timedelta(minutes=wait),
            "attempt": Delivery.attempt + (0 if at_once else 1),
            "lease_until": None,
            "token": None,
            "mark": None,
        }
    else:
        values["settled_at"] = now
    settled = session.scalar(
        update(Delivery)
        .where(
            Delivery.id == claim.delivery.id,
            Delivery.token == claim.token,
            # Given up as uncertain while the answer was still on its way: now it is known.
            Delivery.state.in_(("sending", "uncertain")),
        )
        .values(**values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return settled is not None


def pin_letter(
    session: Session,
    version: str,
    name: str,
    language: str,
    compiled: dict[str, Any],
    now: datetime,
) -> None:
    """Keep a compiled letter, so that what was sent can be shown as it was."""
    row = {
        "version": version,
        "name": name,
        "language": language,
        "compiled": compiled,
        "created_at": now,
    }
    insert_missing(session, LetterVersion, [row])


def rescue(session: Session, *, now: datetime, machine: datetime) -> dict[str, int]:
    """Take back the letters of couriers that died: {`due`: n, `uncertain`: n}."""
    lost = (Delivery.state == "sending", Delivery.lease_until < machine)
    uncertain = session.scalars(
        update(Delivery)
        .where(*lost, Delivery.mark.is_not(None))
        .values(
            state="uncertain",
            reason="the program stopped while the server was taking it",
            settled_at=now,
        )
        .returning(Delivery.touch_id)
        .execution_options(synchronize_session=False)
    ).all()
    due = session.scalars(
        update(Delivery)
        .where(*lost, Delivery.mark.is_(None))
        .values(state="due", token=None, lease_until=None, next_try=now)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    seal(session, set(uncertain), now)
    _cancel_ended(session, now)
    return {"due": len(due), "uncertain": len(uncertain)}


def _cancel_ended(session: Session, now: datetime) -> None:
    """A letter that came back from a courier after its campaign had ended waits for nothing."""
    ended = (
        select(Touch.id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Campaign.state.in_(("finished", "cancelled")))
    )
    session.execute(
        update(Delivery)
        .where(Delivery.state == "due", Delivery.touch_id.in_(ended))
        .values(state="cancelled", reason="the campaign has ended", settled_at=now)
        .execution_options(synchronize_session=False)
    )
