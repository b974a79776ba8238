"""The facts for a batch of claimed letters, gathered in a few statements."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import facts, people
from campaigns.cases import Cases
from campaigns.contact.claim import Claim
from campaigns.links import Links
from campaigns.models import Campaign, Staff, VendorChange
from campaigns.notices import standing_notice
from campaigns.rules.adoption import People
from campaigns.rules.days import long_day
from campaigns.rules.steps import PUT_DOWN
from campaigns.situation import gathered
from campaigns.terms import deadline_of, playbook_of

BEFORE_AGREEMENT = ("announced", "first_slot", "vendor_date")


@dataclass
class _Shared:
    """What several letters of the batch have in common, looked up once."""

    touches: dict[int, dict[str, str]] = field(default_factory=dict)
    people: dict[int, dict[int, People]] = field(default_factory=dict)
    change: dict[int, dict[str, str]] = field(default_factory=dict)
    offers: dict[int, facts.Offer | None] = field(default_factory=dict)
    managers: dict[str, Staff] = field(default_factory=dict)
    # The rollouts with their customers whose people are counted together.
    alike: dict[tuple[int, date], dict[int, int]] = field(default_factory=dict)
    # What any letter of a touch states, and a letter of each rollout that states days on offer.
    stated: dict[int, frozenset[str]] = field(default_factory=dict)
    offering: dict[int, Claim] = field(default_factory=dict)
    cases: Cases | None = None


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who writes, when and from where: the same for a whole batch."""

    session: Session
    now: datetime
    provider: facts.Provider
    links: Links
    day_minutes: int


def brief(
    session: Session,
    claims: Sequence[Claim],
    stated: Callable[[Claim], Collection[str]],
    *,
    now: datetime,
    provider: facts.Provider,
    links: Links,
    day_minutes: int,
) -> dict[int, dict[str, str]]:
    """Facts by delivery id. What is not known is absent, never guessed.

    `stated` says which facts a letter names: people, days on offer and links, which are dear, are
    looked up for those alone.
    """
    shared = _Shared(managers=_managers(session, claims))
    for claim in claims:
        today = facts.local_today(now, claim.customer.timezone)
        among = shared.alike.setdefault((claim.campaign.id, today), {})
        among[claim.rollout.id] = claim.customer.id
        touch = claim.touch.id
        named = shared.stated.get(touch, frozenset()).union(stated(claim))
        shared.stated[touch] = named
        if not named.isdisjoint(facts.OF_OFFER):
            shared.offering[claim.rollout.id] = claim
    asker = _Asker(session, now, provider, links, day_minutes)
    return {claim.delivery.id: _facts(claim, shared, asker) for claim in claims}


def _facts(claim: Claim, shared: _Shared, asker: _Asker) -> dict[str, str]:
    touch = claim.touch.id
    if touch not in shared.touches:
        shared.touches[touch] = _of_touch(claim, shared, asker)
    known = shared.touches[touch] | facts.of_person(claim.contact)
    return known | facts.of_links(asker.links, claim.rollout, claim.contact, shared.stated[touch])


def _of_touch(claim: Claim, shared: _Shared, asker: _Asker) -> dict[str, str]:
    """What all letters of a touch can state, whoever reads them."""
    session, now = asker.session, asker.now
    customer, rollout, named = claim.customer, claim.rollout, shared.stated[claim.touch.id]
    rules = playbook_of(claim.campaign.playbook_source).rules
    today = facts.local_today(now, customer.timezone)
    manager = shared.managers.get(customer.account_manager or "")
    known = facts.of_provider(asker.provider, manager) | facts.of_customer(customer)
    if not named.isdisjoint(facts.OF_PEOPLE):
        known |= facts.of_people(_people(session, claim, shared, now))
    known |= _change(session, claim.campaign, shared, now)
    if rollout.vendor_day is not None:
        known["vendor_date"] = long_day(rollout.vendor_day)
    known |= facts.of_agreement(claim.agreement, claim.earlier, today, rules.change_cutoff_days)
    if claim.step.anchor in BEFORE_AGREEMENT:
        known |= facts.of_proposal(rollout, customer.timezone)
        if not named.isdisjoint(facts.OF_OFFER):
            known |= facts.of_offer(_offer(claim, shared, asker))
    if claim.step.letter == PUT_DOWN:
        known |= facts.of_notice(standing_notice(session, rollout))
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


def _offer(claim: Claim, shared: _Shared, asker: _Asker) -> facts.Offer | None:
    rollout_id = claim.rollout.id
    if shared.cases is None:
        around = ((one.rollout, one.campaign, one.customer) for one in shared.offering.values())
        situations = gathered(asker.session, around)
        shared.cases = Cases(asker.session, situations, asker.now, asker.day_minutes)
    if rollout_id not in shared.offers:
        offered = shared.cases.offers(shared.cases.of(rollout_id))
        days = [one.day for one in offered if one.verdict.open]
        shared.offers[rollout_id] = facts.Offer(days[0], days[-1], len(days)) if days else None
    return shared.offers[rollout_id]


def _managers(session: Session, claims: Sequence[Claim]) -> dict[str, Staff]:
    emails = {claim.customer.account_manager for claim in claims if claim.customer.account_manager}
    if not emails:
        return {}
    rows = session.scalars(select(Staff).where(Staff.email.in_(emails), Staff.ended_at.is_(None)))
    return {row.email: row for row in rows}
