"""Who asks, customers, contacts and changes."""

from typing import Literal

from pydantic import BaseModel, Field, RootModel


class Me(BaseModel):
    """Who is signed in, and the token that a POST carries in X-CSRFToken."""

    email: str
    name: str
    role: str
    csrf_token: str


class Customer(BaseModel):
    """A firm that the provider looks after."""

    name: str
    timezone: str = Field(description="IANA name.")
    service_model: str
    contacts: int


class Customers(RootModel[list[Customer]]):
    """All customers, by name."""


class Contact(BaseModel):
    """A person, or a mailbox that is no person."""

    id: int
    name: str
    email: str
    kind: str
    roles: list[str]
    locale: str | None
    suppressed: str | None = Field(description="Why no letter goes to this address, or null.")
    left: bool


class Contacts(BaseModel):
    """One page; `next` is the `after` of the next page, or null."""

    contacts: list[Contact]
    next: int | None


class Milestone(BaseModel):
    """A dated fact. `date` is the first day of the period that `precision` names."""

    date: str | None
    precision: Literal["day", "month", "quarter", "half", "year"]
    kind: str
    zone: str | None
    source: str
    note: str


class Change(BaseModel):
    """What a vendor will do."""

    id: str
    vendor: str
    title: str
    date_needed: bool
    milestones: list[Milestone]
    revision: int


class Changes(BaseModel):
    changes: list[Change]
