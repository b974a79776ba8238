"""All customers: found, filtered, sorted and paged by the address; the same as CSV."""

from flask import Blueprint, Response, render_template, request

from campaigns.boards.customers import (
    NOBODY,
    SORTS,
    CustomerPage,
    CustomerRow,
    Wanted,
    customer_page,
    managers,
)
from rollout.auth import needs
from rollout.current import runtime
from rollout.pages import typed
from rollout.pages.download import download
from rollout.pages.typed_values import asked_number
from rollout.papers.lists import list_csv

pages = Blueprint("customers", __name__)
HEADER = ("customer", "timezone", "service_model", "account_manager", "people", "open_campaigns")


@pages.get("/customers")
@needs("read")
def table() -> str:
    wanted = _wanted()
    with runtime().store.reading() as session:
        page = customer_page(session, wanted)
        known = managers(session)
    return render_template(
        "customers/table.html",
        page=page,
        wanted=wanted,
        managers=[("", "Everybody"), *((name, name) for name in known), (NOBODY, "Nobody")],
        csv=_address(wanted, "/customers.csv"),
        heads={name: _head(wanted, name) for name in SORTS},
        previous=_neighbour(wanted, page, before=True),
        next=_neighbour(wanted, page, before=False),
    )


@pages.get("/customers.csv")
@needs("read")
def as_csv() -> Response:
    with runtime().store.reading() as session:
        page = customer_page(session, _wanted(), limit=None)
    return download(list_csv(HEADER, [_cells(row) for row in page.rows]), "customers", "csv")


def _wanted() -> Wanted:
    sort = typed.asked("sort")
    by = sort.removeprefix("-")
    known = by in SORTS
    return Wanted(
        words=typed.asked("q"),
        manager=typed.asked("manager", 254),
        sort=by if known else "name",
        descending=known and sort.startswith("-"),
        after=asked_number("after"),
        before=asked_number("before") if "after" not in request.args else None,
    )


def _address(wanted: Wanted, path: str = "/customers", **more: str | int | None) -> str:
    sort = f"{'-' if wanted.descending else ''}{wanted.sort}"
    shown = {"q": wanted.words, "manager": wanted.manager, "sort": sort if sort != "name" else ""}
    return typed.address(path, **(shown | more))


def _head(wanted: Wanted, name: str) -> tuple[str, str]:
    """Where the head of a column leads, and which way the table runs by it now."""
    here = wanted.sort == name
    order = ("descending" if wanted.descending else "ascending") if here else ""
    # Numbers are asked for from the top, names from A.
    falls = not wanted.descending if here else name == "people"
    return _address(wanted, sort=f"{'-' if falls else ''}{name}"), order


def _neighbour(wanted: Wanted, page: CustomerPage, *, before: bool) -> str:
    if not page.rows or not (page.earlier if before else page.later):
        return ""
    edge = page.rows[0].id if before else page.rows[-1].id
    return _address(wanted, before=edge) if before else _address(wanted, after=edge)


def _cells(row: CustomerRow) -> tuple[str | int | None, ...]:
    campaigns = "; ".join(f"{c.name} ({c.state})" for c in row.campaigns)
    return (row.name, row.zone, row.service_model, row.account_manager, row.people, campaigns)
