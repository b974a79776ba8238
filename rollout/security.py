"""What the web face promises to browsers: headers, origins, form nonces, quiet logs.

The policy is strict and has no nonces of its own: no page carries a script or a style of
its own, so everything comes from the static folder.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge

from campaigns.errors import Refused
from rollout.current import runtime, settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; sandbox"
)
FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
    )
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": FEATURES,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"
FOR_EVER = "public, max-age=31536000, immutable"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OLD_PAGE = "This page was open for too long. Open it again; nothing was saved."


class NonceBlueprint(Blueprint):
    """Pages behind a link in a letter: no cookie, so every form carries a nonce.

    The nonce is bound to the link's token, which the URL rule must call `token`, and is
    checked here before any unsafe request reaches a view.
    """

    carries_nonce = True

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.before_request(_check_form_nonce)


def install(app: Flask, secret: bytes) -> None:
    """Origins first, then CSRF tokens; headers on everything that leaves.

    Call `exempt_letter_pages` after the blueprints are registered.
    """
    app.before_request(check_origin)
    app.before_request(check_form_size)
    # Its own referrer check cannot work with Referrer-Policy no-referrer; ours replaces it.
    app.config.update(WTF_CSRF_SSL_STRICT=False, WTF_CSRF_TIME_LIMIT=None)
    app.extensions["rollout_csrf"] = CSRFProtect(app)
    app.extensions["rollout_nonce_key"] = hmac.digest(secret, b"form nonce", "sha256")
    app.after_request(add_headers)
    app.jinja_env.globals["form_nonce"] = form_nonce


def exempt_letter_pages(app: Flask) -> None:
    """Nonce blueprints have no cookie for CSRFProtect to compare with."""
    for blueprint in app.blueprints.values():
        if getattr(blueprint, "carries_nonce", False):
            app.extensions["rollout_csrf"].exempt(blueprint)


def check_origin() -> None:
    """Refuse an unsafe request that a page elsewhere made a browser send.

    Because of Referrer-Policy no-referrer, browsers send `Origin: null` with our own forms
    (Fetch standard, "append a request Origin header"): null says nothing, and
    Sec-Fetch-Site decides. Programs send neither header; their token or nonce decides.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site is not None and site not in ("same-origin", "none")
    if foreign or (origin not in (None, "null") and not _ours(str(origin))):
        raise Refused(
            "This was sent from another site, so nothing was done. Open the page here instead.",
            "foreign_origin",
        )


def check_form_size() -> None:
    """Hold plain forms to the limits that the framework keeps for multipart ones only."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    request.max_content_length = request.max_form_memory_size
    if request.get_data(cache=True).count(b"&") >= (request.max_form_parts or 0):
        raise RequestEntityTooLarge


def add_headers(response: Response) -> Response:
    """Put the promises on a response, whatever it is."""
    for name, value in ALWAYS.items():
        response.headers[name] = value
    response.headers.setdefault("Content-Security-Policy", POLICY)
    if settings().cookie_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    response.headers["Cache-Control"] = _caching(response)
    return response


def nonce_for(token: str, secret: bytes, now: datetime) -> str:
    """The nonce that a form behind a link carries; good for this day and the next (UTC)."""
    text = f"form:{now:%Y-%m-%d}:{token}".encode()
    return hmac.new(secret, text, hashlib.sha256).hexdigest()[:40]


def check_nonce(nonce: str, token: str, secret: bytes, now: datetime) -> bool:
    """Whether a form's nonce was made for this token, today or yesterday."""
    days = (now, now - timedelta(days=1))
    given = nonce.encode("utf-8", "replace")
    fits = [hmac.compare_digest(given, nonce_for(token, secret, day).encode()) for day in days]
    return any(fits)


def form_nonce() -> str:
    """The nonce for forms on this page; for templates of nonce blueprints."""
    token = str((request.view_args or {})["token"])
    return nonce_for(token, _nonce_key(), runtime().clock.machine())


def letter_page(html: str) -> Response:
    """A letter shown as it was sent: its styles live, but no script, form or outside picture."""
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


def _check_form_nonce() -> None:
    if request.method in SAFE:
        return
    token = str((request.view_args or {}).get("token", ""))
    given = request.form.get("nonce", "")
    if not check_nonce(given, token, _nonce_key(), runtime().clock.machine()):
        raise Refused(OLD_PAGE, "old_page")


def _nonce_key() -> bytes:
    # A key of its own: links are signed with the bare secret.
    return cast("bytes", current_app.extensions["rollout_nonce_key"])


def _ours(origin: str) -> bool:
    base = urlsplit(runtime().links.base_url)
    if origin == f"{base.scheme}://{base.netloc}":
        return True
    # The address in front of a proxy may be another than the configured one; what a browser
    # puts into Host is the site that it talks to, and no page elsewhere can change it.
    return origin in (f"http://{request.host}", f"https://{request.host}")


def _caching(response: Response) -> str:
    if request.endpoint != "static" or response.status_code not in (200, 304):
        return "no-store"
    return FOR_EVER if g.get("static_is_pinned") else "public, max-age=300"
