"""What the customer's own page is made of: frozen, read once, and asked by its faces."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from campaigns.boards.choosing_month import Month, month_of
from campaigns.boards.choosing_words import Ahead, Meaning
from campaigns.boards.door import Door
from campaigns.models import Agreement, PutDown
from campaigns.rules.adoption import People
from campaigns.rules.calendar import DAY
from campaigns.rules.dates import OfferedDay, Terms, Verdict, judge
from campaigns.rules.deferrals import Deferrals


@dataclass(frozen=True, slots=True)
class Booked:
    """The date that stands. `until` is the last day on which the link can change it."""

    day: date
    at: time
    zone: str
    shifted: bool
    by: str
    by_notice: bool  # nobody chose it: it was announced, and nobody said otherwise
    chosen_on: date
    until: date
    may_change: bool
    undo_until: str  # until when somebody else's choice can be undone; empty where it cannot


@dataclass(frozen=True, slots=True)
class Days:
    """The days that can be had, and whom to ask: what somebody sees whose day was just taken.

    `stage` is ended, under_way, booked, no_dates or open; `facts` are those of the letters.
    `version` is the version of the rollout that was read; who confirms a date sends it back.
    """

    door: Door
    stage: str
    facts: Mapping[str, str]
    version: int
    zone: str
    today: date
    agreement: Agreement | None
    booked: Booked | None
    terms: Terms
    offered: tuple[OfferedDay, ...]
    held: bool
    deferrals: Deferrals
    put_down: PutDown | None  # booked unless the customer says otherwise

    @property
    def cancelled_by(self) -> str:
        """Who cancelled the last date; empty where one stands or none ever stood."""
        gone = self.agreement is not None and self.agreement.day is None
        return self.agreement.by_name if self.agreement and gone else ""

    @property
    def may_choose(self) -> bool:
        """Whether the page takes a date, a first one or another."""
        return self.stage == "open" or (self.stage == "booked" and self.may_change)

    @property
    def may_change(self) -> bool:
        return self.booked is not None and self.booked.may_change

    def cutoff(self, day: date) -> date:
        """Until when the link could change a date on that day."""
        return day - self.terms.rules.change_cutoff_days * DAY

    def verdict(self, day: date, at: time) -> Verdict:
        """Whether the customer can have this day and time, as it looked a moment ago."""
        known = next((one for one in self.offered if one.day == day), None)
        if known is not None and (at in known.times or not known.verdict.open):
            return known.verdict
        return judge(self.terms, day, at, {})

    def month(self, wanted: date | None = None) -> Month | None:
        """The month to show: the one of `wanted`, else of the agreed day, else the first."""
        own = self.booked.day if self.booked else None
        return month_of(self.terms, self.offered, wanted or own, own)


@dataclass(frozen=True, slots=True)
class Choosing(Days):
    """The whole page. `ready` is None where the playbook looks at no evidence."""

    meaning: Meaning
    persons: int
    ready: People | None
    ahead: tuple[Ahead, ...]
    told: tuple[str, ...]
