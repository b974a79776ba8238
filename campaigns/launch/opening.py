"""A draft: the playbook frozen as steps, the customers chosen."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.launch.choosing import Choice
from campaigns.models import Campaign, Rollout, Selection, Step, VendorChange
from campaigns.rules.milestones import deadline
from campaigns.rules.steps import Step as PlannedStep
from campaigns.terms import milestones, playbook_of


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
    name = _free_name(session, name)
    if not any(choice.included for choice in choices):
        raise Invalid("No customer is included. Choose at least one.", field="customers")
    book = playbook_of(playbook_source)
    today = now.astimezone(UTC).date()
    campaign = Campaign(
        name=name,
        change_id=change.id,
        playbook=book.name,
        playbook_source=playbook_source,
        vendor_day=deadline(milestones(session, change), today, today).day,
        opened_by=who.name,
        opened_at=now,
    )
    session.add(campaign)
    session.flush()
    _freeze(session, campaign, book.steps)
    many = _select(session, campaign, choices)
    details = {"customers": many}
    record(session, who=who, what="campaign_opened", subject=name, now=now, details=details)
    return campaign


def find_campaign(session: Session, name: str) -> Campaign:
    """The campaign of that name, or with that number. Raises NotFound."""
    campaign = session.scalar(select(Campaign).where(Campaign.name == name))
    if campaign is None:
        raise NotFound(
            f'There is no campaign "{name}". `rollout campaigns list` shows them.', "no_campaign"
        )
    return campaign


def _free_name(session: Session, name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Invalid("Give the campaign a name of at most 200 characters.", field="name")
    if session.scalar(select(Campaign.id).where(Campaign.name == name)) is not None:
        raise Conflict(f'There is a campaign "{name}" already. Choose another name.', "name_taken")
    return name


def _select(session: Session, campaign: Campaign, choices: Sequence[Choice]) -> int:
    """Keep who is in and who is not, each with the reason; how many are in."""
    session.execute(insert(Selection), [_selection(campaign, choice) for choice in choices])
    rollouts = [
        {"campaign_id": campaign.id, "customer_id": choice.customer_id}
        for choice in choices
        if choice.included
    ]
    session.execute(insert(Rollout), rollouts)
    return len(rollouts)


def _selection(campaign: Campaign, choice: Choice) -> dict[str, object]:
    return {
        "campaign_id": campaign.id,
        "customer_id": choice.customer_id,
        "included": choice.included,
        "reason": choice.reason[:500],
    }


def _freeze(session: Session, campaign: Campaign, steps: Sequence[PlannedStep]) -> None:
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
            "ladder": step.ladder.value,
        }
        for position, step in enumerate(steps)
    ]
    session.execute(insert(Step), rows)
