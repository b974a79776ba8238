"""Imports: a file is looked at first, and taken in after a yes."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns import uploads
from campaigns.boards.customers import names
from campaigns.errors import Invalid, NotFound, Refused
from campaigns.models import UploadedFile
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.importing import KINDS, Sent, preview, take_in
from rollout.pages import typed
from rollout.parse import evidence, tickets
from rollout.parse.cells import one_line
from rollout.parse.moment import parse_instant
from rollout.show import plural

pages = Blueprint("imports", __name__)
COLUMNS = {
    "customers": "name, domain, timezone, country, subdivision, locale, service_model, "
    "account_manager, headcount, tenant_id",
    "contacts": "customer, name, email, role, locale, external_id, class",
    "evidence": "",
    "tickets": "",
}
SOURCES = {"evidence": evidence.SOURCES, "tickets": tickets.SOURCES}
FIELDS = {"evidence": ("source", "customer", "taken_at"), "tickets": ("source",)}
Page = tuple[str, int]


@pages.get("/imports")
@needs("import")
def choose() -> str:
    kind = typed.asked("kind")
    return _form(kind if kind in KINDS else KINDS[0], None)


@pages.post("/imports")
@needs("import")
def send() -> Response | Page:
    desk = Desk(runtime(), actor())
    kind = request.form.get("kind", "")
    kind = kind if kind in KINDS else KINDS[0]
    try:
        sent = _sent(kind)
        found = preview(desk, sent)
    except (Invalid, NotFound) as problem:
        return _form(kind, problem), 422
    with desk.rt.store.writing() as session:
        token = uploads.keep(
            session,
            kind=kind,
            name=sent.name,
            content=sent.content,
            options=sent.options,
            preview=found,
            by=desk.who.name,
            now=desk.rt.clock.machine(),
        )
    return redirect(f"/imports/{token}", 303)


@pages.get("/imports/<token>")
@needs("import")
def look(token: str) -> str:
    return _page(_upload(token), token, changed=False)


@pages.post("/imports/<token>")
@needs("import")
def confirm(token: str) -> Response | Page:
    desk = Desk(runtime(), actor())
    upload = _upload(token)
    if upload.result is None:
        good = request.form.get("good_rows") == "1"
        sent = Sent(upload.kind, upload.name, upload.content, upload.options)
        result = take_in(desk, sent, accept_good_rows=good)
        with desk.rt.store.writing() as session:
            if result["stored"]:
                uploads.settle(session, upload.id, result)
            else:
                uploads.look_again(session, upload.id, result)
        if not result["stored"]:
            return _page(_upload(token), token, changed=True), 409
    return redirect(f"/imports/{token}", 303)


def _upload(token: str) -> UploadedFile:
    here = runtime()
    with here.store.reading() as session:
        return uploads.find(session, token, actor().name, here.clock.machine())


def _sent(kind: str) -> Sent:
    """What the form sent. Raises Invalid."""
    options = {}
    if kind in SOURCES:
        options["source"] = typed.one_of("source", "Source", ("auto", *SOURCES[kind]), "auto")
    if kind == "evidence":
        options["customer"] = typed.line("customer", "The customer", 200)
        options["taken_at"] = _taken_at()
    sent = typed.file("file", "a file")
    name = one_line(sent.filename or "")[:200] or "the file"
    return Sent(kind, name, sent.stream.read(), options)


def _taken_at() -> str:
    text = typed.line("taken_at", "When it was taken", 40)
    if not text:
        return ""
    try:
        return parse_instant(text).isoformat()
    except (Invalid, OverflowError):
        raise Invalid(
            f'"{text}" is not a moment. Write it as 2026-12-08T09:00.', "no_moment", "taken_at"
        ) from None


def _form(kind: str, problem: Refused | None) -> str:
    with runtime().store.reading() as session:
        customers = names(session) if kind == "evidence" else ()
    return render_template(
        "imports/form.html",
        kind=kind,
        kinds=KINDS,
        columns=COLUMNS[kind],
        sources=[("auto", "Recognise it"), *((name, name) for name in SOURCES.get(kind, ()))],
        customers=[("", "By tenant and domain"), *((name, name) for name in customers)],
        form=request.form,
        wrong={_field(kind, problem): problem.message} if problem else {},
    )


def _field(kind: str, problem: Refused) -> str:
    """The field that a refusal is about; what is wrong with the rows is about the file."""
    field = "customer" if problem.code == "no_customer" else problem.field
    return field if field and field in FIELDS.get(kind, ()) else "file"


def _page(upload: UploadedFile, token: str, *, changed: bool) -> str:
    found: dict[str, Any] = upload.result or upload.preview
    return render_template(
        "imports/result.html" if upload.result else "imports/preview.html",
        upload=upload,
        found=found,
        changed=changed,
        counts=_counts(upload.kind, found),
        nothing=_nothing(upload.kind, found),
        action=f"/imports/{token}",
    )


def _counts(kind: str, found: dict[str, Any]) -> list[tuple[str, int]]:
    """The figures of an import in the order in which they are read."""
    if kind == "evidence":
        ladder = [(f"level {level}", many) for level, many in found["levels"].items() if many]
        named = [(label.replace("level unknown", "unknown"), many) for label, many in ladder]
        return [("matched to people", found["matched"]), ("unmatched", found["unmatched"]), *named]
    counts = [("new", found["created"]), ("changed", found["updated"])]
    return [*counts[: 1 if kind == "tickets" else 2], ("as before", found["unchanged"])]


def _nothing(kind: str, found: dict[str, Any]) -> str:
    """The sentence for a file that says nothing new; empty for one that does."""
    if kind == "evidence":
        return "This file was imported before, so nothing changes." if found["repeated"] else ""
    if found["created"] or found["updated"] or not found["unchanged"]:
        return ""
    return (
        f"All of it is known already: {plural(found['unchanged'], 'row')} as before, nothing new."
    )
