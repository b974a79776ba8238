"""Files that a page hands out."""

import re

from flask import Response

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
}


def download(content: str | bytes, name: str, kind: str) -> Response:
    """An attachment; `name` is the file's name without its ending."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:80] or "rollout"
    response = Response(content, content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}.{kind}"'
    return response
