"""How refusals and faults look: a page for people, problem+json (RFC 9457) for programs.

The only file that knows which HTTP status a domain error becomes.
"""

import secrets
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from campaigns.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from rollout.redaction import redacted
from rollout.security import OLD_PAGE

log = structlog.get_logger()

STATUS: dict[type[Refused], int] = {NotFound: 404, Invalid: 422, Conflict: 409, Forbidden: 403}
STATUS_OF_CODE = {"slow_down": 429}
AWAY = (OperationalError, InterfaceError, TimeoutError)
BUSY = "The database did not answer. Wait a few seconds, look whether it was done, and try again."
LETTER_PAGES = ("/c/", "/g/")
TITLES = {
    400: "That could not be understood",
    403: "Not for this account",
    404: "Nothing is here",
    405: "Not in this way",
    409: "Something changed meanwhile",
    413: "That is too large",
    422: "Something needs another look",
    429: "A moment, please",
    500: "Something went wrong on our side",
    503: "A moment, please",
}
TEXTS = {
    400: "The request was incomplete. Go back, open the page again and try once more.",
    403: "Your account may not open this page.",
    404: "The address may be copied incompletely, or what it named was removed.",
    405: "This address does something only when a form on its page is sent.",
    413: "Files can have up to 20 MB, forms 1 MB and 2,000 fields. Send it in smaller parts.",
    429: "There were too many requests in a short time. Wait a little, then try again.",
}
# Who calls the API has no page that could be opened again.
API_TEXTS = {
    404: "There is nothing at this address. /api/v1/openapi.json lists what there is.",
    405: "This address does not take this method. /api/v1/openapi.json says which it takes.",
}
API_TOKEN = "Send the header X-CSRFToken with the csrf_token of /api/v1/me; nothing was saved."  # noqa: S105


def install(app: Flask) -> None:
    """Catch everything, once."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, old_form)
    app.register_error_handler(HTTPException, http_error)
    for trouble in AWAY:
        app.register_error_handler(trouble, database_away)
    app.register_error_handler(Exception, fault)


def status_of(error: Refused) -> int:
    """The HTTP status of a refusal; 400 for one that has no kind."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def refused(error: Refused) -> AnyResponse:
    """The domain said no, in words for people."""
    return _answer(status_of(error), error.message, error.code, error.field)


def old_form(_error: CSRFError) -> AnyResponse:
    """The form's token is missing or belongs to another session."""
    return _answer(400, API_TOKEN if _for_api() else OLD_PAGE, "old_page")


def http_error(error: HTTPException) -> AnyResponse:
    """What the framework itself answers; redirects pass."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    texts = TEXTS | API_TEXTS if _for_api() else TEXTS
    text = texts.get(status, "The server could not do this.")
    response = _answer(status, text, f"http_{status}")
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def database_away(error: Exception) -> AnyResponse:
    """The database is away or overfull, or undid this for the sake of another."""
    log.warning("database_away", method=request.method, path=redacted(request.path), why=str(error))
    return _answer(503, BUSY, "busy")


def fault(error: Exception) -> AnyResponse:
    """A fault of ours: the traceback goes to the log, its id to the person."""
    fault_id = secrets.token_hex(4)
    path = redacted(request.path)
    log.error("fault", fault=fault_id, method=request.method, path=path, exc_info=error)
    text = f"It was written down as {fault_id}. Try again; if it stays, tell us this number."
    return _answer(500, text, "fault", fault_id=fault_id)


def _answer(
    status: int, text: str, code: str, field: str | None = None, fault_id: str | None = None
) -> AnyResponse:
    if _for_api():
        response: AnyResponse = _problem(status, text, code, field, fault_id)
    elif request.headers.get("HX-Request"):
        response = make_response(render_template("error_part.html", text=text), status)
    else:
        response = _page(status, text, code)
    if status == 429:
        response.headers["Retry-After"] = "900"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _for_api() -> bool:
    return request.path.startswith("/api/")


def _page(status: int, text: str, code: str) -> Response:
    staff_page = g.get("staff") is not None and not request.path.startswith(LETTER_PAGES)
    # The frame of the staff's pages asks the database, too.
    frame = "base.html" if staff_page and status != 503 else "public.html"
    title = TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400])
    html = render_template("error.html", frame=frame, title=title, text=text, code=code)
    return make_response(html, status)


def _problem(
    status: int, text: str, code: str, field: str | None, fault_id: str | None
) -> Response:
    body: dict[str, str | int] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": text,
        "code": code,
    }
    if field:
        body["field"] = field
    if fault_id:
        body["fault"] = fault_id
    response = jsonify(body)
    response.status_code, response.mimetype = status, "application/problem+json"
    return response
