"""What a file looks like when it is not a table: one sentence that says so."""

from rollout.parse.upload import Upload

SAVE_AS = 'Save it as CSV ("CSV UTF-8" in Excel) and import that file.'
EXPORT = "Export the list as CSV and import that file."

MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a word processor document"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
)


def not_a_table(upload: Upload) -> str | None:
    """Why these bytes are no CSV file and what to do; None where they may be one."""
    kind = _kind(upload.head)
    if kind is None:
        return None
    if kind == "":
        return f"{upload.name} is empty. {EXPORT}"
    mend = SAVE_AS if "Excel" in kind else EXPORT
    return f"{upload.name} looks like {kind}, not like a CSV file. {mend}"


def _kind(head: bytes) -> str | None:
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return _archive(head) if kind == "a zip archive" else kind
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip()
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text[2:].lstrip()
    if not text:
        return ""
    if text[:1] == b"<":
        return "a web page or XML"
    if text[:1] in (b"{", b"["):
        return "JSON"
    return None


def _archive(head: bytes) -> str:
    if b"xl/" in head or b"[Content_Types].xml" in head:
        return "an Excel workbook"
    return "a zip archive"
