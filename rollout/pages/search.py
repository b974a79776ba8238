"""Search everywhere: customers, contacts, campaigns, changes, letters and guides."""

from urllib.parse import quote

from flask import Blueprint, render_template

from campaigns.boards.search import Found, Hit, search
from guides.library import Library
from rollout.auth import needs
from rollout.current import runtime
from rollout.pages import typed

pages = Blueprint("search", __name__)
Lines = list[tuple[str, str, str]]  # address, name, detail


@pages.get("/search")
@needs("read")
def everywhere() -> str:
    words = typed.asked("q")
    here = runtime()
    with here.store.reading() as session:
        found = search(session, words)
    groups = [*_groups(found), ("Guides", _guides(here.library, words))]
    shown = [(label, lines) for label, lines in groups if lines]
    return render_template("search/results.html", words=words, groups=shown)


def _groups(found: Found) -> list[tuple[str, Lines]]:
    return [
        ("Customers", [_line(hit, "customers") for hit in found.customers]),
        ("Contacts", [(f"/customers/{h.customer_id}", h.name, h.detail) for h in found.contacts]),
        ("Campaigns", [_line(hit, "campaigns") for hit in found.campaigns]),
        ("Changes", [_line(hit, "changes") for hit in found.changes]),
        ("Letters", [_line(hit, "letters") for hit in found.letters]),
    ]


def _line(hit: Hit, room: str) -> tuple[str, str, str]:
    return f"/{room}/{quote(str(hit.id), safe='')}", hit.name, hit.detail


def _guides(library: Library, words: str) -> Lines:
    wanted = words.casefold()
    if not wanted:
        return []
    return [
        (f"/guides/guide/{guide.name}", guide.title, f"{guide.purpose} ({guide.language})")
        for guide in library.guides()
        if wanted in f"{guide.name} {guide.title} {guide.purpose}".casefold()
    ]
