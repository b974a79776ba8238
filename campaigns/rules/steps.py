"""The shapes of a playbook: steps, effort and rules, and the words they use."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class Anchor(StrEnum):
    """The day from which a step's offset counts."""

    ANNOUNCED = "announced"
    FIRST_SLOT = "first_slot"
    AGREED = "agreed"  # the moment of the agreement
    AGREED_DATE = "agreed_date"  # the date that was agreed
    OPT_OUT = "opt_out"  # the last day to say otherwise, once a day was put down
    VENDOR_DATE = "vendor_date"
    LAST_ACTION = "last_action"


class Audience(StrEnum):
    DECISION_MAKER = "decision_maker"
    SITE_CONTACT = "site_contact"
    MANAGERS = "managers"
    PILOT = "pilot"
    VIPS = "vips"
    ALL_USERS = "all_users"
    USERS_NOT_READY = "users_not_ready"
    ADMINS = "admins"
    ADMINS_NOT_READY = "admins_not_ready"
    TOLD_OTHER_DAY = (
        "told_other_day"  # whose last letter named another date than the one that stands
    )
    PROVIDER = "provider"


class Channel(StrEnum):
    MAIL = "mail"
    TASK = "task"
    BOOKING = "booking"  # the day that was put down, where nobody said otherwise


PROPOSALS = ("date-proposal", "proposal-reminder")
PUT_DOWN = "put-down"
NAMING = (*PROPOSALS, PUT_DOWN)  # letters that name a day, which is settled before they are written


class Days(StrEnum):
    CALENDAR = "calendar"
    BUSINESS = "business"


class Scope(StrEnum):
    CUSTOMER = "customer"
    CAMPAIGN = "campaign"  # once for the whole campaign


class Stop(StrEnum):
    """Who needs a step no more: nobody, people who are done, rollouts that have a date."""

    NEVER = "never"
    DONE = "done"
    AGREED = "agreed"


class Ladder(StrEnum):
    """Which clock a step is a rung of: the customer has no date, people are not ready."""

    NONE = "none"
    NO_DATE = "no_date"
    NOT_READY = "not_ready"


class Evidence(StrEnum):
    MFA = "mfa"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Step:
    """One planned contact (mail), piece of work (task) or booking.

    `at` is None only for anchor `agreed`: at once. The window closes at the end
    of the local day `valid_days` after the due day. `letter` is set for mail
    alone, `text` for tasks alone.
    """

    key: str
    anchor: Anchor
    offset: int
    days: Days
    at: time | None
    audience: Audience
    channel: Channel
    scope: Scope
    title: str
    letter: str | None
    text: str | None
    stop: Stop
    valid_days: int
    required: bool
    compressible: bool
    ladder: Ladder = Ladder.NONE


@dataclass(frozen=True, slots=True)
class Effort:
    """Technician minutes that one customer takes on its day."""

    base_minutes: int
    minutes_per_person: int


@dataclass(frozen=True, slots=True)
class Rules:
    """When dates may lie and mails may go; all whole days unless named otherwise."""

    prep_days: int = 14
    latest_days: int = 3
    lead_days: int = 60
    min_lead_days: int = 30
    shortest_lead_days: int = 7
    avoid_weekdays: tuple[int, ...] = (0, 4)  # Monday is 0
    avoid_holiday_eves: bool = True
    slots: tuple[time, ...] = (time(8), time(12, 30), time(18))
    spacing_days: int = 5
    spacing_until: int = 7
    gate_percent: int = 90
    change_cutoff_days: int = 2
    quiet_hours: bool = True  # what was held up waits for working hours
    deferrals: int = 2  # moves to a later day that a customer may make by its link
    opt_out_days: int = 5  # working days to say otherwise, once a day was put down


@dataclass(frozen=True, slots=True)
class Playbook:
    name: str
    title: str
    description: str
    evidence: Evidence
    effort: Effort
    rules: Rules
    steps: tuple[Step, ...]

    def rungs(self, ladder: str) -> tuple[Step, ...]:
        """The steps of one ladder, from the first to the last."""
        return tuple(step for step in self.steps if step.ladder == ladder)

    def step(self, key: str) -> Step:
        """The step called `key`. Raises KeyError."""
        return {step.key: step for step in self.steps}[key]
