"""The mailbox in the browser, for trying things out; not there once real mail is sent."""

import io
import re
from pathlib import Path

from flask import Blueprint, Response, render_template, send_file

from campaigns.errors import NotFound
from rollout import mailbox
from rollout.auth import needs
from rollout.current import runtime, settings
from rollout.pages.typed_values import KEY, asked_number
from rollout.security import letter_page

pages = Blueprint("mailbox", __name__)
CLOSED = "The mailbox in the browser is closed: letters are sent for real here."
Piece = tuple[str, str]  # a text, and the address it leads to or nothing


@pages.get("/mailbox")
@needs("read")
def table() -> str:
    start = min(asked_number("from") or 0, 10**9)
    return render_template("mailbox/table.html", listing=mailbox.listing(_folder(), start))


@pages.get("/mailbox/<name>")
@needs("read")
def show(name: str) -> str:
    mail = mailbox.opened(_folder(), name)
    return render_template("mailbox/show.html", mail=mail, pieces=_with_links(mail.text))


@pages.get("/mailbox/<name>/html")
@needs("read")
def html(name: str) -> Response:
    return letter_page(mailbox.opened(_folder(), name).html)


@pages.get(f"/mailbox/<name>/files/<{KEY}:place>")
@needs("read")
def enclosure(name: str, place: int) -> Response:
    found = mailbox.opened(_folder(), name).enclosures
    if place >= len(found):
        raise NotFound("This letter has no such attachment.", "no_enclosure")
    file = found[place]
    calendar = file.kind in ("text/calendar", "application/ics")
    return send_file(
        io.BytesIO(file.content),
        mimetype="text/calendar" if calendar else "application/octet-stream",
        as_attachment=True,
        download_name=file.name,
    )


def _folder() -> Path:
    """Where the letters lie. Raises NotFound where mail goes elsewhere."""
    if not settings().mail.startswith("mailbox:"):
        raise NotFound(CLOSED, "no_mailbox")
    return settings().data / "mailbox"


def _with_links(text: str) -> list[Piece]:
    """The text in pieces; addresses of this server, and no others, lead somewhere."""
    ours = re.compile(rf"({re.escape(runtime().links.base_url.rstrip('/'))}/[^\s<>\"']*[\w/])")
    parts = ours.split(text)
    return [(part, part if place % 2 else "") for place, part in enumerate(parts) if part]
