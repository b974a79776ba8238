"""One customer: every campaign as a timeline, the people, freezes, evidence, the journal."""

from flask import Blueprint, Response, render_template, request

from campaigns import phone
from campaigns.boards import CustomerView, customer_view
from campaigns.boards.folder import folder
from campaigns.errors import NotFound
from rollout.auth import needs
from rollout.current import runtime
from rollout.pages.customer_shown import FEW, contacts, details_of, section
from rollout.pages.download import download
from rollout.pages.typed_values import KEY, asked_number
from rollout.pages.words import LEVELS
from rollout.papers.lists import list_csv

pages = Blueprint("customer", __name__)
HEADER = ("customer", "campaign", "person", "email", "state", "level", "evidence", "taken_at",
          "source", "says", "excepted_until")  # fmt: skip


@pages.get(f"/customers/<{KEY}:customer_id>")
@needs("read")
def show(customer_id: int) -> str:
    here = runtime()
    now = here.clock.now()
    everybody = request.args.get("all") == "1"
    with here.store.reading() as session:
        view = customer_view(session, customer_id, now, None if everybody else FEW)
        beside = folder(session, customer_id, view.today)
        offers = [phone.offer(session, r.rollout.id, now, here.day_minutes) for r in view.rollouts]
    sections = [section(view, at, offer) for at, offer in zip(view.rollouts, offers, strict=True)]
    return render_template(
        "customers/show.html",
        view=view,
        folder=beside,
        sections=sections,
        contacts=contacts(view),
        journal=[(entry, details_of(entry)) for entry in view.journal],
        here=f"/customers/{customer_id}",
    )


@pages.get(f"/customers/<{KEY}:customer_id>/people.csv")
@needs("read")
def people(customer_id: int) -> Response:
    here = runtime()
    with here.store.reading() as session:
        view = customer_view(session, customer_id, here.clock.now())
    rows = _rows(view, asked_number("campaign"))
    return download(list_csv(HEADER, rows), f"{view.customer.name} people", "csv")


def _rows(view: CustomerView, campaign_id: int | None) -> list[tuple[object, ...]]:
    found = [at for at in view.rollouts if campaign_id in (None, at.campaign.id)]
    if not found:
        raise NotFound("This customer is not in that campaign.", "no_rollout")
    return [
        (
            view.customer.name,
            at.campaign.name,
            line.contact.name,
            line.contact.email,
            line.state,
            line.level,
            line.reason or LEVELS.get(-1 if line.level is None else line.level),
            line.taken_at.isoformat() if line.taken_at else None,
            line.source,
            " ".join(line.says),
            str(line.excepted_until) if line.excepted_until else None,
        )
        for at in found
        for line in at.people
    ]
