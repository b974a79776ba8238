"""The shipped vendor changes: dates, moves and sources are exact, and nothing is frightening."""

import json
import re
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from campaigns import library
from campaigns.errors import NotFound
from campaigns.rules.milestones import KINDS
from tests.shared import shared

CONTENT: dict[str, Any] = json.loads(
    files("campaigns").joinpath("library_changes.json").read_text(encoding="utf-8")
)
OURS: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in CONTENT["changes"]}
CATEGORIES = {"auth", "retirement", "end-of-support", "client-migration", "expiry", "policy"}
PERIODS = {
    r"\d{4}-\d\d-\d\d": ("day", "{0}"),
    r"\d{4}-\d\d": ("month", "{0}-01"),
    r"\d{4}-Q1": ("quarter", "{1}-01-01"),
    r"\d{4}-H2": ("half", "{1}-07-01"),
    r"\d{4}": ("year", "{1}-01-01"),
}


def test_every_change_of_the_facts_is_here_with_its_dates_moves_and_sources() -> None:
    for theirs in _facts():
        ours = OURS[theirs["id"]]
        assert ours["vendor"] == theirs["vendor"]
        assert ours["announced"] == theirs["announced"]
        assert ours["lead_days"] == theirs["lead_days"]
        assert ours["confidence"] == theirs["confidence"]
        assert ours["sources"] == theirs["sources"]
        assert [_without_note(move) for move in ours["history"]] == [
            _without_note(move) for move in theirs["history"]
        ]
        assert [(m["date"], m["precision"], m["kind"]) for m in ours["milestones"]] == [
            (_first_day(m), m["precision"], m["kind"].replace(" ", "-"))
            for m in theirs["enforcement"]
        ]


def test_the_library_holds_twenty_eight_changes_and_no_other() -> None:
    assert len(OURS) == len(CONTENT["changes"]) == len(library.shipped_changes()) == 28
    facts = {entry["id"] for entry in _facts()}
    assert not facts or set(OURS) == facts
    assert library.as_of() == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "ms-exo-smtp-auth-basic",
            [
                ("default-off", date(2026, 12, 1), "month"),
                ("announce-final-date", date(2027, 7, 1), "half"),
            ],
        ),
        (
            "google-cloud-mfa",
            [
                ("encourage", date(2024, 11, 1), "month"),
                ("starts", date(2025, 1, 1), "quarter"),
                ("starts", date(2025, 12, 1), "month"),
            ],
        ),
        (
            "ms-m365-admin-center-mfa",
            [("starts", date(2025, 2, 1), "month"), ("completes", date(2026, 2, 9), "day")],
        ),
        (
            "ms-exo-ews",
            [
                ("action-by", date(2026, 8, 1), "month"),
                ("starts", date(2026, 10, 1), "day"),
                ("completes", date(2027, 4, 1), "day"),
            ],
        ),
        ("google-workspace-admin-2sv", [("starts", date(2024, 1, 1), "year")]),
        ("adobe-acrobat-2020", []),
    ],
)
def test_a_date_is_the_first_day_of_the_period_that_the_vendor_named(
    change: str, expected: list[tuple[str, date, str]]
) -> None:
    record = next(r for r in library.shipped_changes() if r.source_id == change)
    assert [(m.kind, m.date, m.precision) for m in record.milestones] == expected


def test_every_date_begins_its_period_and_has_a_known_kind_and_a_source() -> None:
    for entry in CONTENT["changes"]:
        known = {source["key"] for source in entry["sources"]}
        for milestone in entry["milestones"]:
            day = date.fromisoformat(milestone["date"])
            months = {"day": range(1, 13), "month": range(1, 13), "quarter": (1, 4, 7, 10)}
            months |= {"half": (1, 7), "year": (1,)}
            assert day.month in months[milestone["precision"]]
            assert milestone["precision"] == "day" or day.day == 1
            assert milestone["kind"] in KINDS
            assert milestone["sources"]
            assert set(milestone["sources"]) <= known
        assert {move["source"] for move in entry["history"]} <= known


def test_the_moves_of_a_date_are_kept_in_order_with_what_the_vendor_said() -> None:
    first, second = library.moves("ms-exo-smtp-auth-basic")
    assert (first.changed_on, first.before, first.after) == (
        "2025-06-12",
        "2025-09",
        "2026-03-01..2026-04-30",
    )
    assert "no further delay" in first.note
    assert second.changed_on == "2026-01-27"
    assert second.verified
    assert "MC786329/compare" in second.source
    assert [move.verified for move in library.moves("ms-legacy-mfa-sspr")] == [False, False]
    assert library.moves("cabf-tls-lifetime") == ()
    with pytest.raises(NotFound):
        library.moves("nonsense")


def test_a_change_without_a_confirmed_date_carries_none_and_says_so() -> None:
    undated = [record for record in library.shipped_changes() if not record.milestones]
    assert [record.source_id for record in undated] == ["adobe-acrobat-2020"]
    assert undated[0].tags == ("confidence:unverified",)
    assert "No date was found" in undated[0].note


def test_a_record_says_where_each_date_is_written() -> None:
    record = next(r for r in library.shipped_changes() if r.source_id == "ms-m365-admin-center-mfa")
    assert "cloudscout.one" in record.milestones[1].source
    assert record.milestones[1].source.endswith("[2026-01-08, vendor-message-copy]")
    assert record.milestones[1].source in record.sources


@pytest.mark.parametrize("entry", CONTENT["changes"], ids=lambda entry: str(entry["id"]))
def test_the_words_are_plain_sentences_for_customers(entry: dict[str, Any]) -> None:
    assert entry["category"] in CATEGORIES
    assert entry["evidence"] in {"mfa", "none"}
    assert _sentences(entry["summary"]) == 2
    assert _sentences(entry["effect"]) == 1
    for field in ("summary", "effect", "user_action", "admin_action", "affected"):
        assert entry[field].endswith(".")
    words = json.dumps(entry, ensure_ascii=False)
    assert not re.search(r"!|please note|verified=false|precision: day", words, re.IGNORECASE)
    assert len(entry["title"]) <= 90


def test_the_tone_fits_what_really_happens() -> None:
    assert "PCs keep starting" in OURS["ms-secure-boot-2026"]["effect"]
    assert "Nothing visible" in OURS["ms-secure-boot-2026"]["effect"]
    assert "switch back" in OURS["ms-new-outlook-optout"]["effect"]
    assert "no grace period" in OURS["ms-security-defaults-noskip"]["effect"]


def test_evidence_of_sign_in_methods_counts_for_sign_in_changes_alone() -> None:
    for record in library.shipped_changes():
        assert (record.evidence == "mfa") == (record.category == "auth")
        assert record.text.startswith(OURS[record.source_id]["summary"])


def _facts() -> list[dict[str, Any]]:
    path = shared("facts", "vendor_changes.json")
    if path is None:
        return []
    # The notes of that file are boilerplate with stray quotation marks in it.
    text = re.sub(r'"note": ".*"(?=,?$)', '"note": ""', path.read_text("utf-8"), flags=re.M)
    changes: list[dict[str, Any]] = json.loads(text)["changes"]
    return changes


def _without_note(move: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in move.items() if name != "note"}


def _first_day(milestone: dict[str, Any]) -> str:
    for pattern, (precision, first) in PERIODS.items():
        if re.fullmatch(pattern, milestone["date"]):
            assert milestone["precision"] == precision
            return first.format(milestone["date"], milestone["date"][:4])
    raise AssertionError(milestone)


def _sentences(text: str) -> int:
    return len(re.findall(r"[.](?=\s|$)", text))
