"""Station facts: what letters may state, each fact with one meaning and one source.

`VOCABULARY` is compared with the placeholders of every shipped letter by a test and
by `rollout doctor`. A fact that is not known is left out, and a letter that needs it
is stopped rather than sent with a hole.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from campaigns.choice import undo_until
from campaigns.links import Links, Purpose
from campaigns.models import Agreement, Campaign, Customer, PutDown, Rollout, Staff, VendorChange
from campaigns.rules.adoption import People
from campaigns.rules.days import local_date, long_day, relative, short_day

VOCABULARY: Mapping[str, str] = {
    "first_name": "the reader's first name",
    "person_name": "the reader's full name",
    "customer": "the customer's name",
    "people_total": "how many people the customer has, the excepted included",
    "people_ready": "how many are ready, by evidence",
    "people_not_ready": "how many are known not to be ready, or unknown",
    "people_summary": "ready, unknown and excepted with their whole",
    "headcount_minutes": "what it costs one person",
    "vendor": "who forces the change",
    "change_title": "what the change is called",
    "change_summary": "the change in one or two sentences",
    "vendor_date": "the vendor's date, as exactly as it is known",
    "effect": "what happens if nobody does anything",
    "agreed_date": "the agreed date, time and zone",
    "agreed_day": "the agreed day, short",
    "agreed_in": "how far away the agreed day is",
    "change_until": "the last day on which the date can be changed",
    "chosen_by": "who chose the date, and in what role",
    "first_date": "the first day on offer",
    "last_date": "the last day on offer",
    "dates_open": "how many days are still open",
    "proposed_date": "the date that we suggest",
    "undo_until": "until when a choice by somebody else can be undone, date, time and zone",
    "opt_out_until": "the last day to say otherwise, once we put the customer down for a day",
    "old_date": "the date that stood before",
    "customer_link": "the reader's own page to choose a date",
    "guide_link": "the reader's own guide",
    "provider": "the provider's name",
    "sender_name": "who writes",
    "sender_phone": "the phone number to call",
    "sender_email": "the address to answer to",
    "reference": "what to quote on the phone",
}
MINUTES = "about 5 minutes each"
# What is looked up only for a letter that states it.
OF_PEOPLE = frozenset(("people_total", "people_ready", "people_not_ready", "people_summary"))
OF_OFFER = frozenset(("first_date", "last_date", "dates_open"))
LINKS: Mapping[str, Purpose] = {"customer_link": "choose", "guide_link": "guide"}


class Reader(Protocol):
    """To whom a letter or a page speaks: a contact, or the little of it that a claim reads."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Provider:
    """Who writes: the provider's name, phone and the sender's name and address."""

    name: str
    phone: str
    sender_name: str
    sender_email: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What is on offer while no date is agreed."""

    first: date
    last: date
    open_days: int


def sender(provider: Provider, manager: Staff | None) -> tuple[str, str]:
    """The name and the phone number that a letter is signed with: the account manager's
    where one is known, else the provider's."""
    if manager is None:
        return provider.sender_name, provider.phone
    return manager.name, manager.phone or provider.phone


def of_provider(provider: Provider, manager: Staff | None) -> dict[str, str]:
    name, phone = sender(provider, manager)
    return {
        "provider": provider.name,
        "sender_name": name,
        "sender_phone": phone or "the number you already have for us",
        "sender_email": provider.sender_email,
    }


def of_change(change: VendorChange, vendor_words: str | None) -> dict[str, str]:
    facts = {
        "vendor": change.vendor,
        "change_title": plain_title(change),
        "change_summary": plain_summary(change),
        "effect": change.effect or f"{change.vendor} switches it on by itself, on its own day.",
    }
    if vendor_words:
        facts["vendor_date"] = vendor_words
    return facts


def plain_title(change: VendorChange) -> str:
    """What customers read: staff's own words, else plain ones for MFA, else the vendor's title."""
    if change.plain_title:
        return change.plain_title
    if change.evidence == "mfa":
        return f"{change.vendor}: a second step when you sign in"
    return change.title


def plain_summary(change: VendorChange) -> str:
    """The change in one or two sentences that a customer understands."""
    if change.plain_summary:
        return change.plain_summary
    if change.evidence == "mfa":
        return (
            f"{change.vendor} is making a second step compulsory when people sign in. Besides the "
            "password they confirm that it is them, with an app on a phone or with a small key."
        )
    return _first_sentences(change.text) or change.title


def of_person(contact: Reader) -> dict[str, str]:
    name = contact.name.strip() or contact.email
    return {"first_name": name.split()[0], "person_name": name}


def of_customer(customer: Customer) -> dict[str, str]:
    return {"customer": customer.name, "headcount_minutes": MINUTES}


def of_people(people: People) -> dict[str, str]:
    return {
        "people_total": str(people.total),
        "people_ready": str(people.done),
        "people_not_ready": str(people.not_done + people.unknown),
        "people_summary": people.sentence(),
    }


def of_agreement(
    agreement: Agreement | None, earlier: Agreement | None, today: date, cutoff_days: int
) -> dict[str, str]:
    """Facts about the date that stands, and about the one that stood before."""
    facts: dict[str, str] = {}
    if agreement is not None and agreement.day is not None and agreement.local_time is not None:
        day = agreement.day
        facts["agreed_date"] = local_date(day, agreement.local_time, agreement.zone)
        facts["agreed_date"] += _shift(agreement)
        facts["agreed_day"] = short_day(day)
        facts["agreed_in"] = relative(day, today)
        facts["change_until"] = long_day(date.fromordinal(day.toordinal() - cutoff_days))
        facts["chosen_by"] = chosen_by(agreement)
        if until := undo_until(agreement):
            facts["undo_until"] = moment(until, agreement.zone)
    if earlier is not None and earlier.day is not None and earlier.local_time is not None:
        facts["old_date"] = local_date(earlier.day, earlier.local_time, earlier.zone)
    return facts


def _shift(agreement: Agreement) -> str:
    """What is said of a time that the clocks leave out on that day."""
    if not agreement.shifted or agreement.instant is None:
        return ""
    there = agreement.instant.astimezone(ZoneInfo(agreement.zone))
    return f" (the clocks go forward then, so it starts at {there:%H:%M})"


def moment(instant: datetime, zone: str) -> str:
    """An instant as the people in a zone read it."""
    there = instant.astimezone(ZoneInfo(zone))
    return local_date(there.date(), there.time(), zone)


def undo_words(agreement: Agreement, now: datetime) -> str:
    """Until when somebody else's choice can be undone; empty where it cannot any more."""
    until = undo_until(agreement)
    return "" if until is None or now > until else moment(until, agreement.zone)


def chosen_by(agreement: Agreement) -> str:
    """Who chose the date, as an end of the sentence "it was chosen by"."""
    if agreement.how == "proposed_default":
        return "us, as our letter said, since nobody told us otherwise"
    if agreement.how == "freeze":
        return "us, because nothing is done on the old day"
    return f"{agreement.by_name}, {agreement.by_role}"


def of_notice(notice: PutDown | None) -> dict[str, str]:
    """Until when a customer that was put down for a day can say otherwise."""
    return {} if notice is None else {"opt_out_until": long_day(notice.until)}


def of_offer(offer: Offer | None) -> dict[str, str]:
    if offer is None:
        return {}
    return {
        "first_date": long_day(offer.first),
        "last_date": long_day(offer.last),
        "dates_open": str(offer.open_days),
    }


def of_proposal(rollout: Rollout, zone: str) -> dict[str, str]:
    if rollout.proposed_day is None or rollout.proposed_time is None:
        return {}
    return {"proposed_date": local_date(rollout.proposed_day, rollout.proposed_time, zone)}


def of_links(
    links: Links, rollout: Rollout, contact: Reader, stated: Collection[str]
) -> dict[str, str]:
    """The reader's own pages, as far as the letter leads there."""
    version = rollout.link_version
    return {
        name: links.url(purpose, rollout.id, contact.id, version)
        for name, purpose in LINKS.items()
        if name in stated
    }


def reference(rollout: Rollout, campaign: Campaign) -> str:
    """A short number that both sides can read out on the phone."""
    return f"RO-{campaign.id}-{rollout.id}"


def local_today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _first_sentences(text: str, longest: int = 400) -> str:
    """The opening of the vendor's own text, cut at a sentence."""
    plain = " ".join(text.split())
    if len(plain) <= longest:
        return plain
    cut = plain[:longest]
    stop = max(cut.rfind(". "), cut.rfind("! "), cut.rfind("? "))
    return cut[: stop + 1] if stop > 80 else cut.rsplit(" ", 1)[0] + " …"
