"""One thing that a rehearsal foresees."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that will happen; `at` is UTC, `local` with `zone` is what was promised."""

    at: datetime
    local: str
    zone: str
    customer: str
    step: str
    kind: str  # mail, task, skip, conflict, booking
    audience: str
    people: int
    subject: str
    reason: str
    recipients: tuple[str, ...] = ()
    closes: datetime | None = None  # when a letter would have been useless
    campaign: str = ""
    minutes: int = 0  # of a technician, for a booking

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "local": self.local,
            "zone": self.zone,
            "customer": self.customer,
            "step": self.step,
            "kind": self.kind,
            "audience": self.audience,
            "people": self.people,
            "subject": self.subject,
            "reason": self.reason,
            "recipients": list(self.recipients),
            "campaign": self.campaign,
            "minutes": self.minutes,
        }
