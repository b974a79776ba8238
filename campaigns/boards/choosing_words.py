"""What a change means for a customer, in sentences that claim no more than is known. Pure."""

from dataclasses import dataclass
from datetime import date

from campaigns.facts import MINUTES, plain_summary, plain_title
from campaigns.models import VendorChange
from campaigns.rules.milestones import Deadline
from campaigns.rules.steps import Anchor, Audience, Channel, Evidence, Playbook, Scope, Step

EVERYBODY = (Audience.ALL_USERS, Audience.USERS_NOT_READY)
ADMINISTRATORS = (Audience.ADMINS, Audience.ADMINS_NOT_READY)
PEOPLE = (*EVERYBODY, *ADMINISTRATORS)
SECOND_STEP = (
    "Besides the password, people confirm that it is them: with an app on a phone, "
    "or with a small key."
)
WHOM = {
    "decision_maker": "to the person who decides",
    "site_contact": "to your site contact",
    "managers": "to managers",
    "pilot": "to the pilot group",
    "vips": "to those whose work must not stop",
    "all_users": "to everyone",
    "users_not_ready": "to everyone who is not ready yet",
    "admins": "to administrators",
    "admins_not_ready": "to administrators who are not ready yet",
    "told_other_day": "to everyone who was told another date",
}
NOT_READY = {"all_users": "users_not_ready", "admins": "admins_not_ready"}


def whom(audience: str, stop: str) -> str:
    """Who gets a letter, in the customer's words: people who are done are spared some of them."""
    return WHOM.get(NOT_READY.get(audience, audience) if stop == "done" else audience, "")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The first screen of the customer's page: the matter, then what it means, part by part."""

    headline: str
    promise: str
    about: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something that will happen: on a `day`, or `when` a day is not chosen yet."""

    day: date | None
    when: str
    what: str
    whom: str


def meaning(
    change: VendorChange, vendor: Deadline, book: Playbook, customer: str, effect: str
) -> Meaning:
    """What the vendor forces and when, and what the customer's people have to do."""
    plain = book.evidence is Evidence.MFA and not change.plain_title
    verb = "do this" if vendor.past else _verb(book)
    return Meaning(
        headline=_second_step(change, vendor) if plain else _stop(plain_title(change)),
        promise=f"We will {verb} for {customer} on a day that suits you.",
        about=" ".join(_about(change, vendor, plain)),
        parts=(
            ("Before the day", _before(book)),
            ("On the day", "Nobody is left alone: we are by the phone."),
            ("If you do nothing", effect),
        ),
    )


def outline(book: Playbook) -> tuple[Ahead, ...]:
    """The letters to the customer's people around a day that is not chosen yet, in order."""
    steps = sorted((step for step in book.steps if _tells(step)), key=lambda step: step.offset)
    steps = [step for step in steps if step.audience in PEOPLE] or steps
    letters = [
        Ahead(None, _distance(step.offset), step.title, whom(step.audience, step.stop))
        for step in steps
    ]
    done = sum(step.offset <= 0 for step in steps)
    return (*letters[:done], the_day(book), *letters[done:])


def the_day(book: Playbook, day: date | None = None, when: str = "on the day") -> Ahead:
    """The work itself, among the letters before and after it."""
    return Ahead(day, when, f"We {_verb(book)}", "")


def _verb(book: Playbook) -> str:
    return "switch it on" if book.evidence is Evidence.MFA else "make the change"


def _tells(step: Step) -> bool:
    mail = step.channel is Channel.MAIL and step.scope is Scope.CUSTOMER
    return mail and step.anchor is Anchor.AGREED_DATE


def _distance(offset: int) -> str:
    near = {0: "on the day", -1: "the day before", 1: "the day after"}
    if offset in near:
        return near[offset]
    return f"{abs(offset)} days {'before' if offset < 0 else 'after'}"


def _second_step(change: VendorChange, vendor: Deadline) -> str:
    asks = f"{change.vendor} asks for a second step when people sign in."
    if vendor.dated is None or vendor.on_hold:
        return f"{change.vendor} is going to ask for a second step when people sign in."
    if vendor.past:
        return f"Since {_the(vendor)}, {asks}"
    return f"{'By' if vendor.dated.kind == 'completes' else 'From'} {_the(vendor)}, {asks}"


def _about(change: VendorChange, vendor: Deadline, plain: bool) -> list[str]:
    """`plain` means that the headline speaks of the second step and of the vendor's date."""
    said = _stop(plain_summary(change))
    if plain and not change.plain_summary:
        said = SECOND_STEP
    if vendor.dated is None:
        return [said, f"{change.vendor} has not given a date yet."]
    if vendor.on_hold:
        return [said, f"{change.vendor} has put its date, {_the(vendor)}, on hold."]
    if plain:
        return [said]
    is_or_was = "was" if vendor.past else "is"
    return [said, f"The date that {change.vendor} gives {is_or_was} {_the(vendor)}."]


def _before(book: Playbook) -> str:
    told = {step.audience for step in book.steps if step.channel is Channel.MAIL}
    second_step = book.evidence is Evidence.MFA
    if told.intersection(EVERYBODY):
        if second_step:
            return (
                f"{_capital(MINUTES)}: install an app, scan a code. We send a guide with pictures. "
                "Nobody has to use a private phone; a small key does the same."
            )
        return "We write to everyone in time and say what changes."
    if told.intersection(ADMINISTRATORS):
        return f"Only administrators have something to do, {MINUTES}. We write to them in time."
    return "We prepare it with you and your site contact. Nobody else gets letters about it."


def _the(vendor: Deadline) -> str:
    part_of_year = vendor.dated is not None and vendor.dated.precision in ("quarter", "half")
    return f"{'the ' if part_of_year else ''}{vendor.words}"


def _stop(sentence: str) -> str:
    return sentence if sentence.endswith((".", "…", "!", "?")) else f"{sentence}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
