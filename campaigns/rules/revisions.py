"""What a vendor really changed between two versions of its words, without the noise around it.

Vendors publish the same message again with a new banner, other casing or paragraphs in another
order. Only what a customer would plan by counts: title, sentences, dates, tags.
Source of the forms of noise: the three kept states of MC786329 and Message Center practice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from campaigns.rules.milestones import Fact, in_words

What = Literal["title", "text", "dates", "tags"]

_UPDATED_TITLE = re.compile(r"^\(\s*updated\s*\)\s*", re.IGNORECASE)
# Only the lead-in: what follows it often is the news itself.
_BANNER = re.compile(
    r"\bupdated\s+[a-z]+\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}\s*:\s*", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|[\r\n]+")
_EDGES = " \t-*•·–—.,:;!?\"'“”‘’"
_BOILERPLATE = (
    "please review the information below for more details",
    "thank you for your patience",
    "this message is associated with",
    "view this message in the microsoft 365 admin center",
    "was this message helpful",
    "last updated",
)
_NOISY_TAGS = ("updated message",)
_OWN_TAGS = ("confidence:",)  # of our library, not of the vendor


@dataclass(frozen=True, slots=True)
class Version:
    """What the vendor said at one time. `dates` are its dated facts, typed ones included."""

    title: str
    text: str
    tags: tuple[str, ...] = ()
    dates: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as before; `gone` and `new` are short texts, in the vendor's words."""

    what: What
    gone: tuple[str, ...]
    new: tuple[str, ...]

    def sentence(self) -> str:
        """`dates: no longer "starts September 2025"; now "starts Sunday 1 March 2026"`."""
        parts = []
        if self.gone:
            parts.append("no longer " + ", ".join(f'"{one}"' for one in self.gone))
        if self.new:
            parts.append("now " + ", ".join(f'"{one}"' for one in self.new))
        return f"{self.what}: {'; '.join(parts)}"


def differences(before: Version, after: Version) -> tuple[Difference, ...]:
    """What differs once banners, casing, order and white space are left out; empty for noise."""
    found = (
        _compared("title", [_plain_title(before.title)], [_plain_title(after.title)]),
        _compared("text", sentences(before.text), sentences(after.text)),
        _compared("dates", _dates(before.dates), _dates(after.dates)),
        _compared("tags", _tags(before.tags), _tags(after.tags)),
    )
    return tuple(one for one in found if one is not None)


def sentences(text: str) -> list[str]:
    """The sentences that say something, each without the lead-in of a banner."""
    parts = _SENTENCE.split(_BANNER.sub("", text))
    told = [" ".join(part.split()).strip(_EDGES) for part in parts]
    return [one for one in told if one and not one.casefold().startswith(_BOILERPLATE)]


def _compared(what: What, before: Sequence[str], after: Sequence[str]) -> Difference | None:
    """As sets: the order does not matter, nor how often something is said."""
    old = {one.casefold(): one for one in before}
    now = {one.casefold(): one for one in after}
    gone = tuple(old[key] for key in old if key not in now)
    new = tuple(now[key] for key in now if key not in old)
    return Difference(what, gone, new) if gone or new else None


def _plain_title(title: str) -> str:
    return " ".join(_UPDATED_TITLE.sub("", title.strip()).split())


def _dates(dates: Iterable[Fact]) -> list[str]:
    return [_said(one.kind, one.day, one.precision) for one in dates]


def _said(kind: str, day: date | None, precision: str) -> str:
    words = kind.replace("-", " ")
    return words if day is None else f"{words} {in_words(day, precision)}"


def _tags(tags: Iterable[str]) -> list[str]:
    told = [" ".join(tag.split()) for tag in tags]
    return [
        tag
        for tag in told
        if tag and tag.casefold() not in _NOISY_TAGS and not tag.casefold().startswith(_OWN_TAGS)
    ]


Finding = Literal["too late", "needlessly early", "stands", "date needed", "on hold"]


def finding(
    agreed: date, old: date | None, new: date | None, latest_days: int, lead_days: int, held: bool
) -> Finding:
    """What a vendor's move means for one agreed day.

    Too late: fewer than `latest_days` days before the vendor's new date. Needlessly early: the
    vendor went later and more than `lead_days` days (the playbook's whole lead) would remain.
    """
    if held:
        return "on hold"
    if new is None:
        return "date needed"
    left = (new - agreed).days
    if left < latest_days:
        return "too late"
    later = old is None or new > old
    return "needlessly early" if later and left > lead_days else "stands"
