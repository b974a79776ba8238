"""Static text travels compressed. Pages do not: one that echoes what was asked for and carries
a form token would leak the token through its length (BREACH)."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

TYPES = frozenset({"text/css", "text/javascript", "image/svg+xml"})


def install(app: Flask) -> None:
    """Compress static files for browsers that take gzip."""
    app.after_request(pack)


def pack(response: Response) -> Response:
    """The same static file, packed where it can be."""
    if request.endpoint != "static" or response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or request.accept_encodings["gzip"] <= 0:
        return response
    response.direct_passthrough = False
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the bytes differ, the file is the same
    return response


@lru_cache(maxsize=64)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)
