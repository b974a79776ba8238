"""A report as it was given, frozen."""

from sqlalchemy.orm import Session

from campaigns.journal import Actor, record
from campaigns.models import (
    Campaign,
    ValueStatement,
)
from campaigns.report.value import ValueReport


def state(session: Session, report: ValueReport, campaign: Campaign, who: Actor) -> ValueStatement:
    """Freeze a report as it was given; later assumptions never change it."""
    result = report.as_json()
    statement = ValueStatement(
        campaign_id=campaign.id,
        at=report.as_of,
        by=who.name,
        inputs={"customers": [[c.customer, c.users, c.counts] for c, _ in report.rows]},
        result=result,
    )
    session.add(statement)
    record(session, who=who, what="value_stated", subject=campaign.name, now=report.as_of)
    return statement
