"""A claimed letter becomes bytes: the pinned letter filled with one person's facts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from campaigns.contact import Claim, Written
from campaigns.facts import Reader
from campaigns.models import Agreement
from guides import slots
from guides.appointment import Appointment, to_ics
from guides.letters import CompiledLetter, fill, foresee
from workers.headers import Mailbox
from workers.message import build, message_id
from workers.outcome import Envelope
from workers.runtime import Runtime
from workers.wording import wording

APPOINTMENT_MINUTES = 30
SECRET_FACTS = ("customer_link", "guide_link")


@dataclass(frozen=True)
class Composed:
    """The envelope, the letter it was made from, and the record of what it says."""

    envelope: Envelope
    compiled: CompiledLetter
    written: Written


def compose(rt: Runtime, claim: Claim, facts: dict[str, str], now: datetime) -> Composed:
    """One letter to one person. Raises GuideError where a fact is missing or cannot stand."""
    compiled = wording(rt, claim)
    # A rehearsal learns whether the letter can be written, and what it is called.
    letter = foresee(compiled, facts) if rt.rehearsal else fill(compiled, facts)
    kept = slots.names(compiled.subject) if rt.rehearsal else compiled.placeholders
    identity = message_id(rt.links.secret, claim.delivery.public_id, _domain(rt))
    recipient = rt.redirect or claim.contact.email
    appointment = _appointment(rt, claim, facts, letter.subject, now)
    headers = _headers(rt, claim, facts, recipient, letter.subject, identity)
    calendar = (to_ics(appointment), appointment.method) if appointment else None
    message = build(headers, letter.text, letter.html, calendar, date=now)
    if rt.signer is not None:
        message = rt.signer.sign(message, now)
    says_date = "agreed_day" in compiled.placeholders or "agreed_date" in compiled.placeholders
    written = Written(
        message_id=identity,
        address=claim.contact.email,
        letter_version=compiled.version,
        facts={name: "" if name in SECRET_FACTS else facts[name] for name in kept},
        body_hash=hashlib.sha256(message).hexdigest(),
        told_day=claim.agreement.day if claim.agreement and says_date else None,
    )
    envelope = Envelope(
        _bare(rt.provider.sender_email), recipient, message, claim.delivery.public_id
    )
    return Composed(envelope, compiled, written)


def _headers(
    rt: Runtime,
    claim: Claim,
    facts: dict[str, str],
    recipient: str,
    subject: str,
    identity: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {
        "From": Mailbox(facts["sender_name"], rt.provider.sender_email),
        "To": Mailbox(claim.contact.name, recipient),
        "Subject": subject,
        "Message-ID": identity,
        "Auto-Submitted": "auto-generated",
        "List-Id": f"<campaign-{claim.campaign.id}.{_domain(rt)}>",
        "X-Rollout-Step": claim.step.key,
        "X-Rollout-Delivery": claim.delivery.public_id,
    }
    if rt.redirect:
        headers["X-Rollout-Original-To"] = claim.contact.email
    return headers


@lru_cache(maxsize=16)
def _bare(address: str) -> str:
    return parseaddr(address)[1]


def _domain(rt: Runtime) -> str:
    return rt.provider.sender_email.rpartition("@")[2] or "localhost"


def _appointment(
    rt: Runtime, claim: Claim, facts: dict[str, str], subject: str, now: datetime
) -> Appointment | None:
    """Confirmations carry the date as a calendar entry; a withdrawal takes it out again."""
    if claim.step.anchor != "agreed" or claim.step.audience != "decision_maker":
        return None
    return calendar_entry(
        rt,
        claim.rollout.rezoned,
        claim.agreement,
        claim.earlier,
        claim.contact,
        facts,
        subject,
        now,
    )


def calendar_entry(
    rt: Runtime,
    rezoned: int,
    agreement: Agreement | None,
    earlier: Agreement | None,
    contact: Reader,
    facts: Mapping[str, str],
    subject: str,
    now: datetime,
) -> Appointment | None:
    """The date for one reader's calendar, under the same identity on every way to it.

    `earlier` is what a withdrawal takes out; `rezoned` counts how often the rules of the zone moved
    an instant, for each of which the entry was sent anew. None where no date stands or stood.
    """
    standing = agreement if agreement is not None and agreement.instant is not None else None
    shown = standing or earlier
    if agreement is None or shown is None or shown.instant is None:
        return None
    return Appointment(
        uid=f"rollout-{agreement.rollout_id}-{rt.instance}@{_domain(rt)}",
        sequence=agreement.version - 1 + rezoned,
        starts=shown.instant,
        minutes=APPOINTMENT_MINUTES,
        summary=f"{facts['change_title']} ({facts['provider']})",
        description="\n".join(
            (subject, f"{facts['sender_name']}, {facts['sender_phone']}", facts["reference"])
        ),
        organizer=rt.provider.sender_email,
        organizer_name=facts["sender_name"],
        attendee=contact.email,
        attendee_name=contact.name,
        stamped=now,
        cancelled=standing is None,
    )
