"""Campaigns, as the board shows them and as they are rehearsed."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class CampaignRow(BaseModel):
    id: int
    name: str
    state: str
    playbook: str


class Campaigns(BaseModel):
    campaigns: list[CampaignRow]


class Agreed(BaseModel):
    """The date that stands, as the customer was promised it: local."""

    date: str
    time: str
    zone: str
    how: str
    version: int


class NextTouch(BaseModel):
    step: str
    title: str
    date: str
    at: str = Field(description="UTC.")
    rung: str | None


class People(BaseModel):
    """total = done + not_done + unknown + excepted."""

    total: int
    done: int
    not_done: int
    unknown: int
    excepted: int


class CampaignCustomer(BaseModel):
    customer: str
    state: str
    agreed: Agreed | None
    next_touch: NextTouch | None
    people: People
    risks: list[str]


class Campaign(BaseModel):
    """A campaign and its customers, those at risk first."""

    name: str
    state: str
    change: str
    playbook: str
    vendor_date: str | None
    customers: list[CampaignCustomer]


class Event(BaseModel):
    """Something that will happen; `at` is UTC, `local` with `zone` is what was promised."""

    at: str
    local: str
    zone: str
    campaign: str
    customer: str
    step: str
    kind: Literal["mail", "task", "skip", "conflict", "booking"]
    audience: str
    people: int
    minutes: int
    subject: str
    reason: str
    recipients: list[str]


class Wait(BaseModel):
    """A step for which the mail server's limits are tight: when it begins and is through."""

    step: str
    letters: int
    in_time: bool
    at: str
    through: str
    closes: str
    begin_by: str


class LeftOut(BaseModel):
    """What is not in the events of a campaign, and why: all of it where it cannot start, or
    customers who are not asked before their wave opens."""

    campaign: str
    reason: str


class Rehearsal(BaseModel):
    """Everything ahead, run by the production code on a copy."""

    model_config = ConfigDict(serialize_by_alias=True)

    campaign: str
    start: str = Field(alias="from")
    until: str
    events: list[Event]
    waits: list[Wait]
    left_out: list[LeftOut]
