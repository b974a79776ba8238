"""Reports: who is ready, what was avoided, the evidence pack; on the page and as files."""

import json

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaigns import report
from campaigns.boards.campaigns import campaign_lines
from campaigns.boards.opened import (
    campaign_numbered,
    customers_in,
    statement_numbered,
    statements,
)
from campaigns.rules.adoption import LEVELS
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import typed
from rollout.pages.download import download
from rollout.pages.typed_values import as_key, asked_number
from rollout.papers import as_csv, as_pdf
from rollout.reporting import MAKING, Facts, report_facts, spelt

pages = Blueprint("reports", __name__)

AT_ONCE = 100  # customers a table; the files have all of them


@pages.get("/reports")
@needs("read")
def show() -> str:
    here = runtime()
    with here.store.reading() as session:
        lines = campaign_lines(session, here.clock.now())
        number = asked_number("campaign") or (lines[0].id if len(lines) == 1 else None)
        if number is None:
            return render_template("reports/choose.html", lines=lines)
        campaign = campaign_numbered(session, number)
        everybody = customers_in(session, campaign)
        customer = spelt(typed.asked("customer"), everybody)
        facts = {
            what: make(session, campaign, here.clock.now(), customer)
            for what, make in MAKING.items()
        }
        kept = statements(session, campaign)
    return render_template(
        "reports/show.html",
        campaign=campaign,
        lines=lines,
        customers=everybody,
        customer=customer or "",
        adoption=facts["adoption"],
        value=facts["value"],
        pack=facts["pack"],
        kept=kept,
        files_of=_files(campaign.id, customer),
        range_of_levels=LEVELS[:-1],
        at_once=AT_ONCE,
    )


@pages.get("/reports/<any(adoption, value, pack):what>.<any(csv, pdf, json):kind>")
@needs("read")
def sheet(what: str, kind: str) -> Response:
    customer = typed.asked("customer")
    number = asked_number("campaign") or 0
    facts = report_facts(
        runtime(), what, lambda session: campaign_numbered(session, number), customer
    )
    content = _written(what, facts, kind, runtime().provider.name)
    return download(content, f"{facts['campaign']} {customer} {what}", kind)


@pages.post("/reports/keep")
@needs("plan")
def keep() -> AnyResponse:
    desk = Desk(runtime(), actor())
    number = as_key(request.form.get("campaign", "")) or 0
    with desk.writing() as session:
        campaign = campaign_numbered(session, number)
        report.state(session, report.value(session, campaign, desk.now), campaign, desk.who)
    tell("Kept as it stands now. Later assumptions do not change it.")
    return redirect(f"/reports?campaign={number}#kept", 303)


@pages.get("/reports/kept/<int:number>.<any(csv, pdf, json):kind>")
@needs("read")
def kept_sheet(number: int, kind: str) -> Response:
    here = runtime()
    with here.store.reading() as session:
        statement = statement_numbered(session, number)
    facts = dict(statement.result)
    content = _written("value", facts, kind, here.provider.name)
    return download(content, f"{facts['campaign']} statement {number}", kind)


def _files(number: int, customer: str | None) -> dict[str, dict[str, str]]:
    return {
        what: {
            kind: typed.address(f"/reports/{what}.{kind}", campaign=number, customer=customer)
            for kind in ("csv", "pdf", "json")
        }
        for what in MAKING
    }


def _written(what: str, facts: Facts, kind: str, provider: str) -> str | bytes:
    if kind == "csv":
        return as_csv(what, facts)
    if kind == "pdf":
        return as_pdf(what, facts, provider)
    return json.dumps(facts, ensure_ascii=False, indent=2)
