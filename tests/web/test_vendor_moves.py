"""MC786329 replayed from its three states, from outside, by commands alone."""

from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest

from tests.web.replay_kit import ADA, BO, NAME, Replay, addressed, begin, sources
from tests.web.test_cli import refused


@pytest.fixture(params=sources())
def replay(request: pytest.FixtureRequest, tmp_path: Path) -> Replay:
    made = Replay(tmp_path, source=request.param)
    begin(made)
    return made


def named(letters: list[EmailMessage], day: str) -> set[str]:
    """Whose last letter with a date in it names this day."""
    last: dict[str, str] = {}
    for letter in sorted(letters, key=lambda one: str(one["Date"].datetime)):
        body = letter.get_body(("plain",))
        assert body is not None
        text = " ".join(body.get_content().split())
        if " 2025, 18:00" in text:
            last[parseaddr(letter["To"])[1]] = text
    return {who for who, text in last.items() if day in text}


def test_a_vendor_that_moves_twice(replay: Replay) -> None:
    before, letters = replay.dates(), replay.letters()
    told_bravo, told_charlie = named(letters, "18 June 2025"), named(letters, "9 July 2025")
    assert {"kim@bravo.example", "eve@bravo.example"} <= told_bravo

    # The second state: no date moves by itself, and letters that name the vendor's date wait.
    replay.quick(*ADA, "changes", "import", replay.state(1))
    assert replay.dates() == before
    found = replay.review()
    assert found["state"] == "open"
    assert found["date_needed"]
    assert "text" in [one["what"] for one in found["differences"]]
    why = refused(replay.by_the_door(*BO, "changes", "review", "MC786329", "--approve"))
    assert "no date by its new words" in why
    for day, kind in (("2026-03-01", "starts"), ("2026-04-30", "completes")):
        replay.quick(*ADA, "changes", "date", "MC786329", day, "--kind", kind, "--source", "MC")
    found = replay.review()
    assert (found["before"], found["after"]) == ("September 2025", "Sunday 1 March 2026")
    rows = {row["customer"]: row for row in found["customers"]}
    assert {name: row["finding"] for name, row in rows.items()} == {
        "Bravo": "needlessly early", "Charlie": "needlessly early", "Delta": "needlessly early",
    }  # fmt: skip
    assert {name: row["choice"] for name, row in rows.items()} == dict.fromkeys(rows, "keep")
    assert rows["Bravo"]["told"] == len(told_bravo)
    replay.review("--move", "Bravo=2026-02-11", "--move", "Charlie=2026-02-12", "--keep", "Delta")
    assert replay.dates() == before
    replay.until("2025-06-13T12:30:00Z")
    assert not addressed(replay.letters(), "moved", "vendor-moved", "date-moved")

    # One approval, one transaction, one correction a person who had been told the old date.
    done = replay.review("--approve")
    assert {row["customer"]: row["outcome"] for row in done["customers"]} == {
        "Bravo": "moved", "Charlie": "moved", "Delta": "kept",
    }  # fmt: skip
    refused(replay.by_the_door(*BO, "changes", "review", "MC786329", "--approve"))
    after = before | {"Bravo": "2026-02-11", "Charlie": "2026-02-12"}
    assert replay.dates() == after
    replay.until("2025-06-27T12:00:00Z")
    letters = replay.letters()
    corrections = addressed(letters, "moved")
    assert set(corrections) == told_bravo | told_charlie
    assert set(corrections.values()) == {1}
    assert addressed(letters, "vendor-moved-date-stands") == {"kim@delta.example": 1}

    # The third state: on hold. Nothing leaves any more, and what was agreed stays agreed.
    replay.until("2026-01-28T08:00:00Z")
    agreed = replay.dates()
    replay.letters()
    replay.quick(*ADA, "changes", "import", replay.state(2))
    replay.quick(*ADA, "changes", "date", "MC786329", "2026-12-01", "--precision", "month",
                 "--kind", "default-off", "--source", "MC786329")  # fmt: skip
    found = replay.review()
    assert found["on_hold"]
    assert {row["finding"] for row in found["customers"]} == {"on hold"}
    replay.review("--approve")
    replay.until("2026-04-01T08:00:00Z")
    assert replay.letters() == []
    shown = replay.quick("campaigns", "show", NAME, "--json")
    assert shown["state"] == "on_hold_by_vendor"
    assert replay.dates() == agreed
    assert agreed | {"Echo": None} == after | {"Echo": None}
    why = refused(replay.by_the_door(*ADA, "campaigns", "resume", NAME))
    assert "put MC786329 on hold" in why
    replay.quick(*ADA, "campaigns", "resume", NAME, "--in-spite-of-vendor")
