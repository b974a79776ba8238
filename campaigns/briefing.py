"""The facts for a batch of claimed letters, gathered in a few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import choice, facts, people
from campaigns.contact.claim import Claim
from campaigns.contact.put_down import LETTER as PUT_DOWN
from campaigns.crew import Roster, roster_of
from campaigns.links import Links
from campaigns.models import Campaign, Staff, VendorChange
from campaigns.notices import standing_notice
from campaigns.rules.adoption import People
from campaigns.rules.days import long_day
from campaigns.situation import situation_of
from campaigns.terms import deadline_of, playbook_of

BEFORE_AGREEMENT = ("announced", "first_slot", "vendor_date")


@dataclass
class _Shared:
    """What several letters of the batch have in common, looked up once."""

    people: dict[int, dict[int, People]] = field(default_factory=dict)
    change: dict[int, dict[str, str]] = field(default_factory=dict)
    offers: dict[int, facts.Offer | None] = field(default_factory=dict)
    managers: dict[str, Staff] = field(default_factory=dict)
    # The rollouts with their customers whose people are counted together.
    alike: dict[tuple[int, date], dict[int, int]] = field(default_factory=dict)
    rosters: dict[date, Roster] = field(default_factory=dict)


def brief(
    session: Session,
    claims: Sequence[Claim],
    *,
    now: datetime,
    provider: facts.Provider,
    links: Links,
    day_minutes: int,
) -> dict[int, dict[str, str]]:
    """Facts by delivery id. What is not known is absent, never guessed."""
    shared = _Shared(managers=_managers(session, claims))
    for claim in claims:
        today = facts.local_today(now, claim.customer.timezone)
        among = shared.alike.setdefault((claim.campaign.id, today), {})
        among[claim.rollout.id] = claim.customer.id
    return {
        claim.delivery.id: _facts(session, claim, shared, now, provider, links, day_minutes)
        for claim in claims
    }


def _facts(
    session: Session,
    claim: Claim,
    shared: _Shared,
    now: datetime,
    provider: facts.Provider,
    links: Links,
    day_minutes: int,
) -> dict[str, str]:
    customer, rollout = claim.customer, claim.rollout
    rules = playbook_of(claim.campaign.playbook_source).rules
    today = facts.local_today(now, customer.timezone)
    manager = shared.managers.get(customer.account_manager or "")
    known = facts.of_person(claim.contact)
    known |= facts.of_provider(provider, manager)
    known |= facts.of_customer(customer, _people(session, claim, shared, now))
    known |= _change(session, claim.campaign, shared, now)
    if rollout.vendor_day is not None:
        known["vendor_date"] = long_day(rollout.vendor_day)
    known |= facts.of_agreement(claim.agreement, claim.earlier, today, rules.change_cutoff_days)
    if claim.step.anchor in BEFORE_AGREEMENT:
        offer = _offer(session, claim, shared, now, day_minutes)
        known |= facts.of_offer(offer, rollout, customer.timezone)
    if claim.step.letter == PUT_DOWN:
        known |= facts.of_notice(standing_notice(session, rollout))
    known |= facts.of_links(links, rollout, claim.contact)
    known["reference"] = facts.reference(rollout, claim.campaign)
    return known


def _people(session: Session, claim: Claim, shared: _Shared, now: datetime) -> People:
    campaign = claim.campaign
    counts = shared.people.setdefault(campaign.id, {})
    if claim.customer.id not in counts:
        evidence = playbook_of(campaign.playbook_source).evidence.value
        today = facts.local_today(now, claim.customer.timezone)
        alike = shared.alike.get((campaign.id, today), {claim.rollout.id: claim.customer.id})
        found = people.count(session, list(alike), campaign.id, evidence, today)
        counts |= {customer: found.get(customer, people.NOBODY) for customer in alike.values()}
    return counts[claim.customer.id]


def _change(
    session: Session, campaign: Campaign, shared: _Shared, now: datetime
) -> Mapping[str, str]:
    if campaign.id not in shared.change:
        change = session.get_one(VendorChange, campaign.change_id)
        vendor = deadline_of(session, campaign, now.date())
        shared.change[campaign.id] = facts.of_change(change, vendor.words)
    return shared.change[campaign.id]


def _offer(
    session: Session, claim: Claim, shared: _Shared, now: datetime, day_minutes: int
) -> facts.Offer | None:
    if claim.rollout.id not in shared.offers:
        today = facts.local_today(now, claim.customer.timezone)
        if today not in shared.rosters:
            shared.rosters[today] = roster_of(session, day_minutes, today)
        situation = situation_of(session, claim.rollout.id)
        case = choice.case_in(session, situation, now, day_minutes, shared.rosters[today])
        days = [offered.day for offered in choice.offers(session, case) if offered.verdict.open]
        shared.offers[claim.rollout.id] = (
            facts.Offer(days[0], days[-1], len(days)) if days else None
        )
    return shared.offers[claim.rollout.id]


def _managers(session: Session, claims: Sequence[Claim]) -> dict[str, Staff]:
    emails = {claim.customer.account_manager for claim in claims if claim.customer.account_manager}
    if not emails:
        return {}
    rows = session.scalars(select(Staff).where(Staff.email.in_(emails), Staff.ended_at.is_(None)))
    return {row.email: row for row in rows}
