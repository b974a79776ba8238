"""Message Center posts become changes; only the structured date is believed."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from campaigns.errors import Invalid
from campaigns.rules.records import ChangeRecord, MilestoneRecord, Parsed
from rollout.parse.changes import changes
from tests.shared import shared

MESSAGE: dict[str, Any] = {
    "id": "MC862873",
    "title": "Take action: Enable multifactor authentication before October 15, 2024",
    "category": "planForChange",
    "severity": "high",
    "tags": ["Admin impact"],
    "services": ["Microsoft Entra"],
    "isMajorChange": True,
    "actionRequiredByDateTime": "2024-10-15T07:00:00Z",
    "lastModifiedDateTime": "2024-08-15T16:28:23.9230000Z",
    "body": {
        "contentType": "html",
        "content": "<p>Starting <b>October 15</b>:</p><ul><li>set up&nbsp;MFA</li><li>rest</li>"
        '</ul><p>See <a href="https://aka.ms/mfa">the plan</a>.</p><script>x()</script>',
    },
}


def pascal(value: Any) -> Any:
    """The same message as merill/mc writes it."""
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: pascal(inner) for name, inner in value.items()}
    return value


def read(content: Any) -> Parsed[ChangeRecord]:
    return changes(io.BytesIO(json.dumps(content).encode()), "messages.json")


def change(**fields: Any) -> ChangeRecord:
    parsed = read(MESSAGE | fields)
    assert parsed.rejected == []
    return parsed.accepted[0][1]


def sample(*parts: str) -> ChangeRecord | None:
    path: Path | None = shared("samples", *parts)
    if path is None:
        return None
    with path.open("rb") as file:
        parsed = changes(file, path.name)
    assert (parsed.rows, parsed.rejected) == (1, [])
    return parsed.accepted[0][1]


@pytest.mark.parametrize(
    "content",
    [MESSAGE, [MESSAGE], {"value": [MESSAGE]}, pascal(MESSAGE), [pascal(MESSAGE)]],
    ids=["object", "list", "envelope", "pascal", "pascal list"],
)
def test_every_shape_and_casing_gives_the_same_change(content: Any) -> None:
    [(number, found)] = read(content).accepted

    assert number == 1
    assert found == ChangeRecord(
        source_id="MC862873",
        vendor="Microsoft",
        title="Take action: Enable multifactor authentication before October 15, 2024",
        text="Starting October 15:\n\n- set up MFA\n- rest\n\nSee the plan (https://aka.ms/mfa).",
        category="auth",
        evidence="mfa",
        services=("Microsoft Entra",),
        tags=("Admin impact",),
        milestones=(
            MilestoneRecord(
                kind="action-by", date=date(2024, 10, 15), source="ActionRequiredByDateTime"
            ),
        ),
        modified_at=datetime(2024, 8, 15, 16, 28, 23, 923000, UTC),
        sources=("MC862873",),
        note="plan for change, severity high, major change",
    )


@pytest.mark.parametrize(
    "written", ["2024-10-15T07:00:00Z", "2024-10-15T00:00:00Z", "2024-10-15T23:59:59.9999999Z"]
)
def test_the_vendors_day_is_the_day_as_written_in_every_zone(written: str) -> None:
    [milestone] = change(actionRequiredByDateTime=written).milestones

    assert (milestone.date, milestone.zone, milestone.precision) == (
        date(2024, 10, 15),
        None,
        "day",
    )


@pytest.mark.parametrize("written", [None, "", "0001-01-01T00:00:00Z"])
def test_dates_in_prose_are_never_taken_for_the_missing_date(written: str | None) -> None:
    body = {"contentType": "html", "content": "<p>We will do this in September 2025.</p>"}

    assert change(actionRequiredByDateTime=written, body=body).milestones == ()


def test_a_date_that_is_none_is_refused_rather_than_dropped() -> None:
    parsed = read(MESSAGE | {"actionRequiredByDateTime": "soon"})

    assert '"soon" is not a date' in parsed.rejected[0].reason


@pytest.mark.parametrize("tags", [[], ["Updated message"]])
def test_the_word_updated_leaves_the_title_and_stays_as_a_tag(tags: list[str]) -> None:
    found = change(title="(Updated) Basic Auth retires", tags=tags)

    assert (found.title, found.tags) == ("Basic Auth retires", ("Updated message",))


@pytest.mark.parametrize(
    ("title", "tags", "category"),
    [
        ("Exchange Online to do something", ["Retirement"], "retirement"),
        ("Retirement of the classic widget", [], "retirement"),
        ("Office 2019 end of support", [], "end-of-support"),
        ("Basic authentication for IMAP", [], "auth"),
        ("Certificates expire in May", [], "expiry"),
        ("Move to new Outlook", [], "client-migration"),
        ("A new retention policy", [], "policy"),
        ("PowerPoint opens faster", [], "other"),
    ],
)
def test_the_category_comes_from_tags_and_title(title: str, tags: list[str], category: str) -> None:
    found = change(title=title, tags=tags, body={"contentType": "html", "content": "<p>x</p>"})

    assert (found.category, found.evidence) == (category, "none")


def test_one_passing_word_about_mfa_does_not_make_it_an_mfa_change() -> None:
    body = {"contentType": "text", "content": "Rooms get a camera. MFA is not affected."}

    assert change(title="Teams Rooms camera", body=body).evidence == "none"


def test_a_change_on_hold_says_so_in_the_vendors_sentence_and_has_no_date() -> None:
    body = {
        "contentType": "html",
        "content": "<p>When: soon.</p><p>The removal of Basic Auth has been put on hold "
        "(previously beginning March 1st, 2026). Thanks.</p>",
    }
    found = change(actionRequiredByDateTime=None, body=body)

    assert found.milestones == (
        MilestoneRecord(
            kind="on-hold",
            date=None,
            note="The removal of Basic Auth has been put on hold "
            "(previously beginning March 1st, 2026).",
            source="text",
        ),
    )


def test_every_version_of_a_message_is_kept() -> None:
    parsed = read([MESSAGE, MESSAGE | {"lastModifiedDateTime": "2024-09-01T00:00:00Z"}])

    assert [number for number, _ in parsed.accepted] == [1, 2]


def test_records_that_are_no_messages_are_rejected_one_by_one() -> None:
    parsed = read([MESSAGE, {"id": 5, "title": "x"}, "text", MESSAGE | {"title": ""}])

    assert (parsed.rows, len(parsed.accepted)) == (4, 1)
    assert [row.line for row in parsed.rejected] == [2, 3, 4]


def test_further_pages_are_mentioned() -> None:
    parsed = read({"@odata.nextLink": "https://next", "value": [MESSAGE]})

    assert "more pages" in parsed.warnings[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"id": "MC1",\n  "title" "x"}', "line 2, column 11"),
        (b"", "line 1, column 1"),
        (b"[" * 100_000, "nesting"),
        (b"[" + b"1" * 5000 + b"]", "number"),
        (b'{"a": "\xff\xfe\xfa"}', "UTF-8"),
        (b"[]", "no Message Center messages"),
        (b'{"value": []}', "no Message Center messages"),
        (b'{"value": [{"id": "1", "userPrincipalName": "a@x.example"}]}', "no Message Center"),
        (b"5", "holds no records"),
    ],
    ids=["comma", "empty", "deep", "long number", "bytes", "none", "no value", "users", "number"],
)
def test_a_file_without_messages_is_refused_with_the_place(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        changes(io.BytesIO(content), "messages.json")


def test_text_with_half_characters_and_nul_can_be_stored() -> None:
    found = change(title="Retire \ud83d \0 widget", services=["a\ud800"])

    found.title.encode()
    assert "\0" not in found.title
    assert found.services == ("a\ufffd",)


def test_the_real_mandatory_mfa_message_gives_its_day() -> None:
    found = sample("message-center", "MC862873.merill-mc.json")

    if found is not None:
        assert [step.date for step in found.milestones] == [date(2024, 10, 15)]
        assert (found.category, found.evidence) == ("auth", "mfa")
        assert "apply to postpone the enforcement date" in found.text


def test_the_real_smtp_auth_message_needs_a_date_in_all_its_versions_until_it_is_on_hold() -> None:
    names = (
        "MC786329.v1-2024-04-26.merill-mc.json",
        "MC786329.v2-2025-06-12.RECONSTRUCTED.json",
        "MC786329.v3-2026-01-27.RECONSTRUCTED.json",
    )
    found = [record for name in names if (record := sample("message-center", name))]

    kinds = [[step.kind for step in record.milestones] for record in found]
    assert kinds in ([], [[], [], ["on-hold"]])
    assert {record.title for record in found} <= {
        "Exchange Online to retire Basic Auth for Client Submission (SMTP AUTH)"
    }
    assert {record.category for record in found} <= {"retirement"}


def test_the_graph_example_with_its_old_casing_is_read() -> None:
    found = sample("microsoft-graph", "serviceAnnouncement.messages.list.v1.json")

    if found is not None:
        assert (found.source_id, found.milestones) == ("MC172851", ())
        assert found.title.startswith("New feature:")
        assert found.note == "stay informed, severity normal, major change"
