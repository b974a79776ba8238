"""Whatever is uploaded, a reader answers with records or with one clear refusal."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.errors import Invalid
from campaigns.rules.records import Parsed
from rollout.parse.changes import changes
from rollout.parse.people import contacts, customers
from rollout.parse.tickets import tickets
from tests.parse.evidence_kit import read_all
from tests.shared import shared

Reader = Callable[[BinaryIO, str], Parsed[Any]]

READERS: dict[str, Reader] = {
    "customers": customers,
    "contacts": contacts,
    "changes": changes,
    "evidence": lambda stream, name: read_all(stream, name).parsed,
    "tickets": lambda stream, name: tickets(stream, name).parsed,
}
HEADERS = [
    "name,domain,timezone,country,headcount,locale,note\n",
    "customer,name,email,role,class,external_id,note\n",
    "Tenant,UPN,MFARegistration,CoveredByCA,MFAMethods,x,y\n",
    "userPrincipalName,mfaCapable,lastUpdatedDateTime,a,b,c,d\n",
    "customer,opened,closed,work_minutes,waiting_minutes,summary,reference\n",
]
KEYS = [
    "id", "title", "body", "tags", "content", "contentType", "userPrincipalName",
    "isMfaRegistered", "isMfaCapable", "methodsRegistered", "lastUpdatedDateTime", "UPN",
    "MFARegistration", "CoveredByCA", "primaryEmail", "isEnrolledIn2Sv", "name", "company",
    "_info", "dateEntered", "actualHours", "dateoccurred", "companyID", "createDate",
    "created_at", "full_resolution_time_in_minutes", "value", "users", "tickets",
    "actionRequiredByDateTime",
]  # fmt: skip
WORDS = st.sampled_from(
    ["MC123456", "2024-10-15T07:00:00Z", "0001-01-01", "9999-12-31T23:59:59-23:59", "a@x.example",
     "True", "Yes", "System.String[]", "[", "(Updated) ", "<p>put on hold"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=20,
)
ROWS = st.text(alphabet='ab,";\r\n\t\0 @.é\u202e12|', max_size=200)


def is_balanced(read: Reader, content: bytes) -> bool:
    try:
        parsed = read(io.BytesIO(content), "upload")
    except Invalid as refused:
        return "\n" not in refused.message
    return parsed.rows == len(parsed.accepted) + len(parsed.rejected)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@given(content=st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused(read: Reader, content: bytes) -> None:
    assert is_balanced(read, content)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@given(header=st.sampled_from(HEADERS), rows=ROWS, encoding=st.sampled_from(["utf-8", "utf-16"]))
@settings(max_examples=60, deadline=None)
def test_any_rows_under_a_known_header_are_accounted_for(
    read: Reader, header: str, rows: str, encoding: str
) -> None:
    assert is_balanced(read, (header + rows).encode(encoding))


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@given(records=st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8), max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_json_with_known_keys_is_accounted_for(
    read: Reader, records: list[dict[str, Any]]
) -> None:
    assert is_balanced(read, json.dumps(records).encode())


def uploads() -> list[Path]:
    folders = (
        shared("samples"),
        shared("corpora", "csv_import"),
        shared("corpora", "naughty_strings"),
    )
    files = (path for folder in folders if folder for path in sorted(folder.rglob("*")))
    return [path for path in files if path.is_file()]


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_every_file_of_samples_and_corpora_is_read_or_refused(read: Reader) -> None:
    assert [path.name for path in uploads() if not is_balanced(read, path.read_bytes())] == []


def naughty() -> list[str]:
    path = shared("corpora", "naughty_strings", "blns.json")
    return json.loads(path.read_text("utf-8")) if path else []


def test_naughty_names_never_upset_the_rows_around_them() -> None:
    quoted = [text.replace('"', '""') for text in naughty()]
    rows = "".join(f'"Customer {n}","{text}"\n' for n, text in enumerate(quoted))
    parsed = customers(io.BytesIO(f"name,note\n{rows}".encode()), "naughty.csv")

    assert parsed.rows == len(quoted)
    for row in parsed.rejected:
        assert "control character" in row.reason or "at most 500" in row.reason
