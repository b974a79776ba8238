"""Reading the Microsoft 365 Message Center, as Graph lists it and as merill/mc keeps it.

Both write the same fields in different casing (facts: B5). The only date that is
taken is the structured one; dates in prose are for a person to confirm.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import BinaryIO

from campaigns.errors import Invalid
from campaigns.rules.records import ChangeRecord, MilestoneRecord, Parsed
from rollout.parse.cells import CellError, one_line, shown
from rollout.parse.documents import Document, Item, document_of, folded, text_of, texts_of
from rollout.parse.prose import on_hold_sentence, plain_text, tidied
from rollout.parse.sift import sift
from rollout.parse.timestamps import FIRST_REAL_YEAR, instant
from rollout.parse.upload import Upload

MESSAGE_ID = re.compile(r"MC\d{3,10}", re.ASCII | re.IGNORECASE)
UPDATED = re.compile(r"^\(\s*updated\s*\)\s*", re.IGNORECASE)
UPDATED_TAG = "Updated message"
MAX_TITLE = 500

MFA = re.compile(
    r"\bmulti-?\s?factor auth|\bMFA\b|\btwo-?\s?(?:step|factor) (?:verification|auth)"
    r"|\b2-?\s?(?:step|factor) (?:verification|auth)|\b2SV\b|\b2FA\b",
    re.IGNORECASE,
)
CATEGORIES = (
    ("end-of-support", r"\bend[ -]of[ -](?:support|life|service)\b|\bend support\b"),
    ("retirement", r"\bretir(?:e|es|ed|ing|ement)\b|\bdeprecat|\bremov(?:e|es|ed|ing|al)\b"),
    ("auth", r"\bauthenticat|\bsign[ -]?ins?\b|\bpasswords?\b|\bpasskeys?\b|\bOAuth\b"),
    ("expiry", r"\bexpir(?:e|es|ed|ing|y|ation)\b"),
    ("client-migration", r"\bmigrat|\bnew (?:Teams|Outlook)\b|\bclassic (?:Teams|Outlook)\b"),
    ("policy", r"\bpolic(?:y|ies)\b"),
)
MORE = "The file says that more pages follow. Import those as well."


def changes(stream: BinaryIO, name: str) -> Parsed[ChangeRecord]:
    """Reads Message Center JSON: a list, a `value` envelope or a single message.

    Raises Invalid where the file is not JSON or holds no messages.
    """
    upload = Upload(stream, name)
    document = document_of(upload)
    if not {"id", "title"} <= document.keys():
        raise Invalid(
            f"{upload.name} holds no Message Center messages (records with Id and Title). "
            "Export the messages as JSON and import that file.",
            code="no_messages",
        )
    return sift(document.items(), change_of, lambda: _warnings(document))


def _warnings(document: Document) -> list[str]:
    return [MORE] if document.has_more else []


def change_of(item: Item) -> ChangeRecord:
    """The change that one message tells. Raises CellError."""
    fields = item.fields
    source_id = text_of(fields.get("id")).upper()
    if not MESSAGE_ID.fullmatch(source_id):
        raise CellError(f"{shown(source_id)} is not a Message Center id such as MC862873.")
    written = one_line(text_of(fields.get("title")))[:MAX_TITLE]
    title = UPDATED.sub("", written)
    if not title:
        raise CellError(f"{source_id} has no title.")
    text = _text(fields)
    tags = _tags(fields, updated=title != written)
    evidence = "mfa" if _speaks_of_mfa(title, text, tags) else "none"
    return ChangeRecord(
        source_id=source_id,
        vendor="Microsoft",
        title=title,
        text=text,
        category=_category(title, tags, evidence),
        evidence=evidence,
        services=texts_of(fields.get("services")),
        tags=tags,
        milestones=(*_action_by(fields), *_on_hold(text)),
        modified_at=instant(text_of(fields.get("lastmodifieddatetime"))),
        sources=(source_id,),
        note=_note(fields),
    )


def _text(fields: Mapping[str, object]) -> str:
    body = fields.get("body")
    if not isinstance(body, Mapping):
        return tidied(text_of(body))
    parts = folded(body)
    content = text_of(parts.get("content"))
    kind = text_of(parts.get("contenttype")).casefold()
    return tidied(content) if kind == "text" else plain_text(content)


def _tags(fields: Mapping[str, object], updated: bool) -> tuple[str, ...]:
    tags = texts_of(fields.get("tags"))
    return (*tags, UPDATED_TAG) if updated and UPDATED_TAG not in tags else tags


def _speaks_of_mfa(title: str, text: str, tags: tuple[str, ...]) -> bool:
    """Named in the title or a tag, or more than once in the text: once may be in passing."""
    heads = " ".join((title, *tags))
    return bool(MFA.search(heads)) or len(MFA.findall(text)) > 1


def _category(title: str, tags: tuple[str, ...], evidence: str) -> str:
    if evidence == "mfa":
        return "auth"
    if any(tag.casefold() == "retirement" for tag in tags):
        return "retirement"
    for category, words in CATEGORIES:
        if re.search(words, title, re.IGNORECASE):
            return category
    return "other"


def _action_by(fields: Mapping[str, object]) -> tuple[MilestoneRecord, ...]:
    """The structured date as a calendar day: the vendor's day is everybody's day."""
    written = text_of(fields.get("actionrequiredbydatetime"))
    if not written:
        return ()
    if instant(written) is None:
        raise CellError(f"ActionRequiredByDateTime {shown(written)} is not a date.")
    day = date.fromisoformat(written[:10])
    if day.year < FIRST_REAL_YEAR:
        return ()
    return (MilestoneRecord(kind="action-by", date=day, source="ActionRequiredByDateTime"),)


def _on_hold(text: str) -> tuple[MilestoneRecord, ...]:
    sentence = on_hold_sentence(text)
    if sentence is None:
        return ()
    return (MilestoneRecord(kind="on-hold", date=None, note=sentence, source="text"),)


def _note(fields: Mapping[str, object]) -> str:
    """Category, severity and weight in Microsoft's words, whatever their casing."""
    category = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text_of(fields.get("category"))).lower()
    severity = text_of(fields.get("severity")).lower()
    parts = [category, f"severity {severity}" if severity else ""]
    if fields.get("ismajorchange") is True:
        parts.append("major change")
    return one_line(", ".join(part for part in parts if part))[:200]
