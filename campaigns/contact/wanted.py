"""Whether letters that were claimed are still wanted: asked once a touch, then of each person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from campaigns.contact.claimed import About, Letter, Reader, excepted, levels
from campaigns.rules.audience import Occasion, Person, why_not
from campaigns.rules.calendar import DAY, WorkCalendar
from campaigns.terms import playbook_of

Unwanted = tuple[str, str]  # the state to which a letter goes, and why


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of the letters of one touch.

    `unwanted` is the answer for a person of whom nothing is known but the address; what speaks
    against that one speaks against everybody.
    """

    campaign_id: int
    occasion: Occasion
    today: date
    evidence: str  # "none" where it does not matter
    unwanted: Unwanted | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows beside the contacts say: who is excepted, who stands on which rung."""

    excepted: Mapping[tuple[int, int], date]  # by contact and campaign
    levels: Mapping[str, Mapping[int, tuple[int | None, str]]]  # by kind of evidence and contact

    def of(self, reader: Reader, question: _Question) -> Person:
        until = self.excepted.get((reader.id, question.campaign_id))
        level, source = self.levels.get(question.evidence, {}).get(reader.id, (None, None))
        return Person(
            left=bool(reader.left),
            suppressed_why=reader.suppressed_why,
            excepted_until=until if until and until >= question.today else None,
            level=level,
            source=source,
        )


def unwanted(
    session: Session,
    letters: Sequence[Letter],
    found: Mapping[int, About],
    readers: Mapping[int, Reader],
    among: str,
    now: datetime,
) -> dict[int, Unwanted]:
    """By the letter's id, those that are not wanted any more. `among` are the readers' ids."""
    asked = {touch_id: _question(about, now) for touch_id, about in found.items()}
    known = _known(session, among, asked.values(), now)
    remarked = {contact_id for contact_id, _ in known.excepted}.union(*known.levels.values())
    against: dict[int, Unwanted] = {}
    for letter in letters:
        question, reader = asked[letter.touch_id], readers[letter.contact_id]
        why = question.unwanted
        if why is None and (reader.left or reader.suppressed_why or reader.id in remarked):
            why = _skipped(known.of(reader, question), question.occasion, now)
        if why is not None:
            against[letter.id] = why
    return against


def _known(session: Session, among: str, questions: Collection[_Question], now: datetime) -> _Known:
    kinds = {question.evidence for question in questions} - {"none"}
    return _Known(
        excepted(session, among, (now - DAY).date()),  # it is yesterday somewhere
        {kind: levels(session, among, kind) for kind in kinds},
    )


def _question(about: About, now: datetime) -> _Question:
    step, book = about.step, playbook_of(about.campaign.playbook_source)
    occasion = Occasion(step.audience, step.stop, True, about.touch.version, None, 0, 0)
    return _Question(
        about.campaign.id,
        occasion,
        WorkCalendar(about.customer.timezone).today(now),
        book.evidence.value if step.stop == "done" else "none",
        _overtaken(about, now) or _skipped(Person(), occasion, now),
    )


def _overtaken(about: About, now: datetime) -> Unwanted | None:
    """Why the letters of this touch go to nobody any more."""
    touch, rollout, step, agreement = about.touch, about.rollout, about.step, about.agreement
    if touch.valid_until <= now:
        return "expired", "its time had passed"
    if touch.version and touch.version != rollout.version:
        return "cancelled", "the date was moved"
    if step.stop == "agreed" and agreement is not None and agreement.day is not None:
        return "cancelled", "a date has been agreed"
    return None


def _skipped(person: Person, occasion: Occasion, now: datetime) -> Unwanted | None:
    reason = why_not(person, occasion, now)
    return ("skipped", reason) if reason else None
