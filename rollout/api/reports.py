"""Reports, as the page shows them."""

from typing import Any

from sqlalchemy.orm import Session

from campaigns.boards.opened import campaign_called
from campaigns.models import Campaign
from rollout.api import shapes
from rollout.api.layer import Api, asked
from rollout.current import runtime
from rollout.reporting import report_facts

api = Api("reports")


@api.get("/reports/adoption", "Who is ready", shapes.Adoption, shapes.AskReport)
def adoption() -> dict[str, Any]:
    return _facts("adoption")


@api.get("/reports/value", "Avoided disruption", shapes.Value, shapes.AskReport)
def value() -> dict[str, Any]:
    return _facts("value")


@api.get("/reports/pack", "The evidence pack", shapes.Pack, shapes.AskReport)
def pack() -> dict[str, Any]:
    return _facts("pack")


def _facts(what: str) -> dict[str, Any]:
    query = asked(shapes.AskReport)

    def find(session: Session) -> Campaign:
        return campaign_called(session, query.campaign)

    return report_facts(runtime(), what, find, query.customer)
