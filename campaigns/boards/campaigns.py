"""All campaigns as a table, in a handful of statements whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.boards.campaign import UNDECIDED, campaign_list
from campaigns.boards.changes import change_list
from campaigns.models import Rollout


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One campaign. `states` counts its customers by the state of their rollout."""

    id: int
    name: str
    state: str
    playbook: str
    change_id: str
    change_title: str
    vendor: str
    vendor_day: date | None
    vendor_words: str
    held_why: str | None
    states: dict[str, int]

    @property
    def customers(self) -> int:
        return sum(self.states.values())

    @property
    def undecided(self) -> int:
        return sum(many for state, many in self.states.items() if state in UNDECIDED)

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout campaigns list --json`, and the number."""
        return {"id": self.id, "name": self.name, "state": self.state, "playbook": self.playbook}


def campaign_lines(session: Session, now: datetime) -> Sequence[CampaignLine]:
    """The living ones first. The vendor's date is the change's, as exactly as it is known."""
    known = {line.id: line for line in change_list(session, now)}
    states: dict[int, dict[str, int]] = {}
    for campaign_id, state, many in session.execute(
        select(Rollout.campaign_id, Rollout.state, func.count())
        .group_by(Rollout.campaign_id, Rollout.state)
        .order_by(Rollout.campaign_id, Rollout.state)
    ):
        states.setdefault(campaign_id, {})[state] = many
    return [
        CampaignLine(
            id=row.id,
            name=row.name,
            state=row.state,
            playbook=row.playbook,
            change_id=known[row.change_id].source_id,
            change_title=known[row.change_id].title,
            vendor=known[row.change_id].vendor,
            vendor_day=known[row.change_id].day,
            vendor_words=known[row.change_id].date_words,
            held_why=row.held_why,
            states=states.get(row.id, {}),
        )
        for row in campaign_list(session)
    ]
