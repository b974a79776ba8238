"""Station launch: a change, a playbook and customers become a campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import schedule
from campaigns.errors import Conflict, Forbidden, Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.models import (
    Campaign,
    Customer,
    Delivery,
    Rollout,
    Selection,
    Step,
    Touch,
    VendorChange,
)
from campaigns.register.changes import milestones
from campaigns.rules import playbook as playbooks
from campaigns.rules.milestones import vendor_date


@dataclass(frozen=True, slots=True)
class Choice:
    """A customer that is in, or deliberately not in, and why."""

    customer_id: int
    included: bool
    reason: str


def open_campaign(
    session: Session,
    *,
    name: str,
    change: VendorChange,
    playbook_source: str,
    choices: Sequence[Choice],
    who: Actor,
    now: datetime,
) -> Campaign:
    """A draft: the playbook frozen as steps, the customers chosen. Nothing leaves.

    Raises Conflict for a name that is taken, Invalid where nobody is included.
    """
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Invalid("Give the campaign a name of at most 200 characters.", field="name")
    if session.scalar(select(Campaign.id).where(Campaign.name == name)) is not None:
        raise Conflict(f'There is a campaign "{name}" already. Choose another name.', "name_taken")
    if not any(choice.included for choice in choices):
        raise Invalid("No customer is included. Choose at least one.", field="customers")
    book = playbooks.read(playbook_source, "playbook")
    dated = vendor_date(milestones(session, change), now.astimezone(UTC).date())
    campaign = Campaign(
        name=name,
        change_id=change.id,
        playbook=book.name,
        playbook_source=playbook_source,
        vendor_day=dated.day if dated else None,
        opened_by=who.name,
        opened_at=now,
    )
    session.add(campaign)
    session.flush()
    _freeze(session, campaign, book.steps)
    session.execute(insert(Selection), [_selection(campaign, choice) for choice in choices])
    included = [choice for choice in choices if choice.included]
    session.execute(
        insert(Rollout),
        [{"campaign_id": campaign.id, "customer_id": choice.customer_id} for choice in included],
    )
    _note(session, campaign, "campaign_opened", who, now, customers=len(included))
    return campaign


def find_campaign(session: Session, name: str) -> Campaign:
    """The campaign of that name, or with that number. Raises NotFound."""
    campaign = session.scalar(select(Campaign).where(Campaign.name == name))
    if campaign is None:
        raise NotFound(
            f'There is no campaign "{name}". `rollout campaigns list` shows them.', "no_campaign"
        )
    return campaign


def approve(
    session: Session, campaign: Campaign, *, who: Actor, now: datetime, two_person: bool
) -> None:
    """A second person looks at the draft and says yes.

    Raises Forbidden for the person who opened it (where two are needed), Conflict
    for a campaign that is no draft or whose change has no date yet.
    """
    if two_person and who.name == campaign.opened_by:
        raise Forbidden(
            "You opened this campaign, so somebody else has to approve it. "
            "In a one-person shop set ROLLOUT_TWO_PERSON=0.",
            "second_person",
        )
    change = session.get_one(VendorChange, campaign.change_id)
    dated = vendor_date(milestones(session, change), now.astimezone(UTC).date())
    if dated is None:
        raise Conflict(
            f"{change.source_id} has no date yet, so nobody can be told by when. "
            "Add the date with its source to the change first.",
            "date_needed",
        )
    campaign.vendor_day = dated.day
    _to(session, campaign, "approved", ("draft",))
    campaign.approved_by, campaign.approved_at = who.name, now
    _note(session, campaign, "campaign_approved", who, now)


def start(session: Session, campaign: Campaign, *, who: Actor, now: datetime) -> int:
    """From now on letters leave. Returns how many rollouts were planned."""
    _to(session, campaign, "running", ("approved",))
    campaign.started_at = now
    planned = schedule.plan_campaign(session, campaign, now)
    _note(session, campaign, "campaign_started", who, now, rollouts=planned)
    return planned


def hold(session: Session, campaign: Campaign, *, why: str, who: Actor, now: datetime) -> None:
    """Stop before the next letter. Dates can still be agreed; nothing is sent."""
    _to(session, campaign, "held", ("running",))
    campaign.held_at, campaign.held_why = now, why or "held by staff"
    _note(session, campaign, "campaign_held", who, now, why=campaign.held_why)


def resume(session: Session, campaign: Campaign, *, who: Actor, now: datetime) -> None:
    """Go on. What became useless meanwhile is skipped, and of each ladder only the last goes."""
    _to(session, campaign, "running", ("held",))
    campaign.held_at = campaign.held_why = None
    _note(session, campaign, "campaign_resumed", who, now)


def finish(session: Session, campaign: Campaign, *, who: Actor, now: datetime) -> None:
    """The end: whatever was still planned is cancelled in the same transaction."""
    _to(session, campaign, "finished", ("running", "held"))
    _end(session, campaign, "the campaign was finished", now)
    _note(session, campaign, "campaign_finished", who, now)


def cancel(session: Session, campaign: Campaign, *, who: Actor, now: datetime) -> None:
    """Give it up before or after its start; nothing more leaves."""
    _to(session, campaign, "cancelled", ("draft", "approved", "running", "held"))
    _end(session, campaign, "the campaign was cancelled", now)
    _note(session, campaign, "campaign_cancelled", who, now)


def choose_all(session: Session) -> list[Choice]:
    """Every customer that is still looked after."""
    ids = session.scalars(
        select(Customer.id).where(Customer.left_at.is_(None)).order_by(Customer.name)
    )
    return [Choice(id_, True, "all customers") for id_ in ids]


def choose_by_tag(session: Session, tag: str, value: str) -> list[Choice]:
    """Customers whose tag (an extra column of the import, or service_model) has that value."""
    choices = []
    for customer in session.scalars(select(Customer).where(Customer.left_at.is_(None))):
        own = {
            **customer.tags,
            "service_model": customer.service_model,
            "country": customer.country,
        }
        fits = str(own.get(tag, "")).casefold() == value.casefold()
        choices.append(Choice(customer.id, fits, f"{tag} is {own.get(tag) or 'not set'}"))
    return choices


def choose_by_name(session: Session, rows: Sequence[tuple[int, str, bool, str]]) -> list[Choice]:
    """From lines (line, name, included, reason). Raises Invalid for a name nobody bears."""
    known = {c.folded_name: c for c in session.scalars(select(Customer))}
    choices: dict[int, Choice] = {}
    for line, name, included, reason in rows:
        customer = known.get(name.casefold())
        if customer is None:
            raise Invalid(f'Line {line}: there is no customer "{name}".', field="customers")
        choices[customer.id] = Choice(customer.id, included, reason or "named in the list")
    return list(choices.values())


def _freeze(session: Session, campaign: Campaign, steps: Sequence[playbooks.Step]) -> None:
    rows = [
        {
            "campaign_id": campaign.id,
            "position": position,
            "key": step.key,
            "anchor": step.anchor.value,
            "offset_days": step.offset,
            "business_days": step.days == "business",
            "local_time": step.at,
            "audience": step.audience.value,
            "channel": step.channel.value,
            "scope": step.scope.value,
            "title": step.title,
            "letter": step.letter,
            "text": step.text,
            "stop": step.stop.value,
            "valid_days": step.valid_days,
            "required": step.required,
            "compressible": step.compressible,
        }
        for position, step in enumerate(steps)
    ]
    session.execute(insert(Step), rows)


def _selection(campaign: Campaign, choice: Choice) -> dict[str, object]:
    return {
        "campaign_id": campaign.id,
        "customer_id": choice.customer_id,
        "included": choice.included,
        "reason": choice.reason[:500],
    }


def _to(session: Session, campaign: Campaign, state: str, allowed: tuple[str, ...]) -> None:
    """Move on only from where it stands now, whoever else is pressing the same button."""
    session.flush()
    moved = session.scalar(
        update(Campaign)
        .where(Campaign.id == campaign.id, Campaign.state.in_(allowed))
        .values(state=state)
        .returning(Campaign.id)
    )
    if moved is None:
        session.refresh(campaign)
        raise Conflict(
            f'"{campaign.name}" is {campaign.state}; '
            f"only one that is {' or '.join(allowed)} can be {_done(state)}.",
            "wrong_state",
        )


def _done(state: str) -> str:
    return {"running": "started or resumed"}.get(state, state)


def _end(session: Session, campaign: Campaign, reason: str, now: datetime) -> None:
    campaign.finished_at = now
    rollouts = select(Rollout.id).where(Rollout.campaign_id == campaign.id)
    touches = select(Touch.id).where(Touch.rollout_id.in_(rollouts))
    session.execute(
        update(Delivery)
        .where(Delivery.touch_id.in_(touches), Delivery.state == "due")
        .values(state="cancelled", reason=reason, settled_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Touch)
        .where(Touch.rollout_id.in_(rollouts), Touch.state.in_(("planned", "open")))
        .values(state="cancelled", reason=reason, done_at=now)
        .execution_options(synchronize_session=False)
    )


def _note(
    session: Session, campaign: Campaign, what: str, who: Actor, now: datetime, **details: object
) -> None:
    record(session, who=who, what=what, subject=campaign.name, now=now, details=details)
