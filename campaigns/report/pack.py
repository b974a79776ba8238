"""The evidence pack: one page that answers how a change was handled."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from campaigns.boards.campaign import CustomerLine
from campaigns.models import (
    Campaign,
)
from campaigns.report.adoption import chosen, instant, total_of
from campaigns.report.inputs import first_messages
from campaigns.report.value import GRADE, GRADE_WORDS, value_of


def pack(
    session: Session, campaign: Campaign, now: datetime, customer: str | None = None
) -> dict[str, Any]:
    """The evidence pack: notice given, readiness and value, all with their whole."""
    lines = chosen(session, campaign, now, customer)
    first = first_messages(session, campaign)
    return {
        "campaign": campaign.name,
        "as_of": instant(now),
        "customers": [_pack_row(line, first) for line in lines],
        "adoption": total_of(lines),
        "value": value_of(session, campaign, now, lines).as_json()["total"],
        "grade": GRADE,
        "grade_words": GRADE_WORDS,
    }


def _pack_row(line: CustomerLine, first: dict[int, datetime]) -> dict[str, Any]:
    sent = first.get(line.rollout_id)
    notice = (line.agreed.day - sent.date()).days if line.agreed and sent else None
    return {
        "customer": line.customer,
        "state": line.state,
        "first_message": instant(sent),
        "agreed": line.agreed.day.isoformat() if line.agreed else None,
        "chosen": line.agreed.how if line.agreed else None,
        "days_of_notice": notice,
        "ready": line.people.sentence(),
    }
