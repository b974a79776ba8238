"""MC786329 as its vendor told it three times, and an installation on which it is replayed."""

import email
import email.policy
import json
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from tests.shared import shared
from tests.web.cli_kit import Shell

ADA, BO = (("--as", f"{name}@harbor.example") for name in ("ada", "bo"))
NAME = "SMTP AUTH"
TITLE = "Exchange Online to retire Basic Auth for Client Submission (SMTP AUTH)"
TAGS = ["User impact", "Admin impact", "Retirement"]
WORDS = (
    ("2024-04-26T00:17:12.6Z", TITLE, TAGS,
     "<p>Exchange Online will remove support for Basic authentication with Client Submission in "
     "September 2025.</p><p><b>When this will happen:</b></p><p>We will be making this change in "
     "September 2025.</p>"),
    ("2025-06-12T00:00:00Z", f"(Updated) {TITLE}", ["Updated message", *TAGS],
     "<p>Updated June 12, 2025: We have delayed the removal to begin March 1st 2026 and complete "
     "by April 30th 2026. Expect no further delays beyond this date.</p><p><b>When this will "
     "happen:</b></p><p>We will be making this change beginning March 1st, 2026 (previously "
     "September 2025).</p>"),
    ("2026-01-27T20:11:01.253Z", f"(Updated) {TITLE}", ["Updated message", *TAGS],
     "<p>Updated January 27, 2026: We are refining the timeline.</p><ul><li>End of December 2026: "
     "disabled by default for existing tenants.</li></ul><p><b>When this will happen:</b></p>"
     "<p>The removal has been put on hold (previously beginning March 1st, 2026).</p>"),
)  # fmt: skip
REAL = (
    "MC786329.v1-2024-04-26.merill-mc.json",
    "MC786329.v2-2025-06-12.RECONSTRUCTED.json",
    "MC786329.v3-2026-01-27.RECONSTRUCTED.json",
)


def sources() -> list[str]:
    """Our own short copies; and, where they are at hand, the real files."""
    return ["short", *(["real"] if shared("samples", "message-center", REAL[0]) else [])]


def message(state: int, **changed: object) -> str:
    """The vendor's words in their first, second or third state, as a file would hold them."""
    said, title, tags, body = WORDS[state]
    record: dict[str, object] = {
        "Id": "MC786329",
        "Title": title,
        "LastModifiedDateTime": said,
        "ActionRequiredByDateTime": None,
        "Services": ["Exchange Online"],
        "Tags": tags,
        "Body": {"ContentType": "html", "Content": body},
    }
    return json.dumps(record | changed)


@dataclass
class Replay(Shell):
    """A provider with five customers, on a clock that the test sets."""

    source: str = "short"
    now: str = "2024-05-06T07:00:00Z"
    seen: set[str] = field(default_factory=set)

    def environment(self, **more: str) -> dict[str, str]:
        return super().environment(**{"ROLLOUT_CLOCK": f"{self.now}@0", **more})

    def state(self, number: int) -> str:
        """The path of a file with that state of the message."""
        real = shared("samples", "message-center", REAL[number])
        if self.source == "real":
            assert real is not None
            return str(real)
        return self.file(f"v{number + 1}.json", message(number))

    def until(self, moment: str) -> None:
        """Everything that is due by then is done."""
        self.quick("tick", "--until", moment, "--json")
        self.now = moment

    def letters(self) -> list[EmailMessage]:
        """The letters that have come since this was last asked."""
        found = []
        for path in sorted(Path(self.folder / "mail").glob("*.eml")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                found.append(
                    email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                )
        return found

    def dates(self) -> dict[str, str | None]:
        """What is agreed with each customer."""
        told: dict[str, Any] = self.quick("campaigns", "show", NAME, "--json")
        return {
            row["customer"]: row["agreed"]["date"] if row["agreed"] else None
            for row in told["customers"]
        }

    def review(self, *words: str) -> dict[str, Any]:
        who = BO if "--approve" in words else ADA
        found: dict[str, Any] = self.quick(*who, "changes", "review", "MC786329", *words, "--json")
        return found


def begin(replay: Replay) -> None:
    """The first state is known and dated; five customers are invited, four have agreed."""
    replay.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    replay.quick(*ADA, "staff", "add", "bo@harbor.example", "--role", "approver")
    names = ("Alpha", "Bravo", "Charlie", "Delta", "Echo")
    rows = [f"{name},{name.lower()}.example,Europe/Berlin,DE" for name in names]
    head = "name,domain,timezone,country"
    customers = replay.file("customers.csv", "\n".join([head, *rows]) + "\n")
    people = [
        f"{name},{who} {name},{who.lower()}@{name.lower()}.example,{role}"
        for name in names
        for who, role in (("Kim", "decision_maker"), ("Eve", "user"), ("Max", "user"))
    ]
    contacts = replay.file("contacts.csv", "\n".join(["customer,name,email,role", *people]) + "\n")
    replay.quick(*ADA, "customers", "import", customers)
    replay.quick(*ADA, "contacts", "import", contacts)
    replay.quick(*ADA, "changes", "import", replay.state(0))
    replay.quick(*ADA, "changes", "date", "MC786329", "2025-09-01", "--precision", "month",
                 "--source", "MC786329, When this will happen")  # fmt: skip
    replay.now = "2025-02-03T07:00:00Z"
    replay.quick(*ADA, "campaigns", "open", "--change", "MC786329", "--name", NAME)
    replay.quick(*BO, "campaigns", "approve", NAME)
    replay.quick(*ADA, "campaigns", "start", NAME)
    for name, day in (("Alpha", "2025-06-04"), ("Bravo", "2025-06-18"),
                      ("Charlie", "2025-07-09"), ("Delta", "2025-08-13")):  # fmt: skip
        replay.quick(*ADA, "agree", NAME, name, day, "18:00")
    replay.until("2025-06-13T12:00:00Z")


def addressed(letters: list[EmailMessage], *steps: str) -> Counter[str]:
    """How many letters of these steps each person got."""
    return Counter(
        parseaddr(one["To"])[1] for one in letters if one["X-Rollout-Step"].startswith(steps)
    )
