"""The people of touches that open together: each question is asked once for all of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, TextClause, bindparam, column, text
from sqlalchemy.orm import Session

from campaigns.contact.audience import FALLBACK, people_of
from campaigns.contact.touched import Touched
from campaigns.given import AMONG, keys
from campaigns.models import Step
from campaigns.models.base import UtcInstant
from campaigns.rules.audience import Person

UNREMARKED = Person()  # of whom nothing is known but the address


class Candidate(NamedTuple):
    """A contact, by its id, with what decides whether the letter goes to it."""

    contact_id: int
    person: Person


@dataclass
class Audiences:
    """The people of several touches, each of another rollout."""

    session: Session
    letters: Collection[Touched]  # the touches that are letters
    _rows: dict[str, dict[int, list[Any]]] = field(default_factory=dict)
    _levels: dict[str, Mapping[int, tuple[int | None, str]]] = field(default_factory=dict)

    def of(self, touched: Touched) -> list[Candidate]:
        """Everybody whom the step's audience names at this customer, by address."""
        rollout, audience = touched.rollout, touched.step.audience
        rows = self._people(audience).get(rollout.id)
        if rows is None and audience in FALLBACK:
            rows = self._people(FALLBACK[audience], audience).get(rollout.id)
        if rows is None:
            return []
        known = self._known(touched)
        return [Candidate(contact_id, known.of(contact_id, *more)) for contact_id, *more in rows]

    def _people(self, audience: str, wanted: str = "") -> Mapping[int, list[Any]]:
        """By rollout; those of the steps for that audience, or for the one that is `wanted`."""
        if audience + wanted not in self._rows:
            among = self._of(lambda step: step.audience == (wanted or audience))
            statement = people_of(audience, self._engine)
            found: dict[int, list[Any]] = defaultdict(list)
            for rollout, *row in self._ask(statement, among):
                found[rollout].append(row)
            self._rows[audience + wanted] = dict(found)
        return self._rows[audience + wanted]

    def _known(self, touched: Touched) -> "_Known":
        rollout, step, today = touched.rollout, touched.step, touched.today
        excepted = self._exceptions.get(rollout.id, {})
        levels: Mapping[int, tuple[int | None, str]] = {}
        had: Mapping[int, tuple[datetime, int]] = {}
        if step.stop == "done":
            levels = self._standings(touched.evidence)
        if not step.required:
            had = self._letters.get(touched.touch.id, {})
        in_force = {contact: until for contact, until in excepted.items() if until >= today}
        return _Known(in_force, levels, had)

    @cached_property
    def _exceptions(self) -> Mapping[int, Mapping[int, date]]:
        """By rollout and contact, until when somebody is excepted."""
        found: dict[int, dict[int, date]] = defaultdict(dict)
        since = min(one.today for one in self.letters)
        among = self._of(lambda _: True)
        for rollout, contact, until in self._ask(_EXCEPTED[self._engine], among, since=since):
            found[rollout][contact] = until
        return found

    def _standings(self, evidence: str) -> Mapping[int, tuple[int | None, str]]:
        if evidence not in self._levels:
            among = self._of(lambda step: step.stop == "done", evidence)
            rows = self._ask(_LEVELS[self._engine], among, evidence=evidence)
            self._levels[evidence] = {contact: (level, source) for contact, level, source in rows}
        return self._levels[evidence]

    @cached_property
    def _letters(self) -> Mapping[int, Mapping[int, tuple[datetime, int]]]:
        """By touch and contact, the last letter and whether one was of this step."""
        found: dict[int, dict[int, tuple[datetime, int]]] = defaultdict(dict)
        among = [one.touch.id for one in self.letters if not one.step.required]
        for touch, contact, last, step in self._ask(_LETTERS[self._engine], among):
            found[touch][contact] = (last, step)
        return found

    def _of(self, wanted: Callable[[Step], bool], evidence: str = "") -> list[int]:
        """The rollouts of the touches whose step is wanted."""
        return [
            one.rollout.id
            for one in self.letters
            if wanted(one.step) and evidence in ("", one.evidence)
        ]

    def _ask(self, statement: Any, among: Iterable[int], **values: object) -> Iterable[Any]:
        return self.session.connection().execute(statement, {"ids": keys(among), **values})

    @property
    def _engine(self) -> str:
        return self.session.connection().dialect.name


def _for_engines(statement: str) -> dict[str, TextClause]:
    return {engine: text(statement.format(among=among)) for engine, among in AMONG.items()}


# Each is asked once for a whole customer, and only where a step's rules read it: looked up
# person by person it would cost more than the letters.
_EXCEPTED = {
    engine: statement.bindparams(bindparam("since", type_=Date())).columns(
        column("rollout_id"), column("contact_id"), column("until", Date())
    )
    for engine, statement in _for_engines(
        "SELECT rollout.id AS rollout_id, exemption.contact_id, max(exemption.until) AS until "
        "FROM rollout JOIN contact ON contact.customer_id = rollout.customer_id "
        "JOIN exemption ON exemption.contact_id = contact.id "
        "AND exemption.campaign_id = rollout.campaign_id "
        "WHERE rollout.id {among} AND exemption.ended_at IS NULL AND exemption.until >= :since "
        "GROUP BY rollout.id, exemption.contact_id"
    ).items()
}
_LEVELS = _for_engines(
    "SELECT contact.id, standing.level, snapshot.source FROM rollout "
    "JOIN contact ON contact.customer_id = rollout.customer_id "
    "JOIN standing ON standing.contact_id = contact.id AND standing.evidence = :evidence "
    "JOIN snapshot ON snapshot.id = standing.snapshot_id "
    "WHERE rollout.id {among}"
)
# Letters of the campaign, those on their way included: the last one, and whether one was of
# this step.
_LETTERS = {
    engine: statement.columns(
        column("touch_id"), column("id"), column("last", UtcInstant()), column("had", Integer())
    )
    for engine, statement in _for_engines(
        "SELECT mine.id AS touch_id, delivery.contact_id AS id, "
        "max(coalesce(delivery.settled_at, delivery.next_try)) AS last, "
        "max(CASE WHEN touch.step_id = mine.step_id THEN 1 ELSE 0 END) AS had "
        "FROM touch AS mine JOIN touch ON touch.rollout_id = mine.rollout_id "
        "JOIN delivery ON delivery.touch_id = touch.id "
        "WHERE mine.id {among} AND delivery.state IN ('due', 'sending', 'sent', 'uncertain') "
        "GROUP BY mine.id, delivery.contact_id"
    ).items()
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What other rows say of a customer's people, by contact."""

    excepted: Mapping[int, date] = field(default_factory=dict)
    levels: Mapping[int, tuple[int | None, str]] = field(default_factory=dict)
    letters: Mapping[int, tuple[datetime, int]] = field(default_factory=dict)

    def of(self, contact_id: int, left: bool, why: str | None) -> Person:
        until = self.excepted.get(contact_id)
        stands = self.levels.get(contact_id)
        had = self.letters.get(contact_id)
        if not (left or why or until or stands or had):
            return UNREMARKED
        level, source = stands or (None, None)
        last, step = had or (None, 0)
        return Person(
            left=bool(left),
            suppressed_why=why,
            excepted_until=until,
            level=level,
            source=source,
            last_letter=last,
            had_step=bool(step),
        )
