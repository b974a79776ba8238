"""What opening touches rests on and what it writes: asked once and written once for all of them.

Each touch is of another rollout, so that nothing which one of them changes was read for another.
What they share, technicians' days and a customer's dates, `cases` is told of.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.cases import Cases
from campaigns.contact.audiences import Audiences
from campaigns.contact.reach import who_can_decide
from campaigns.contact.touched import Touched
from campaigns.contact.work import owner_among, still_here, task_row
from campaigns.given import AMONG, Given, keys
from campaigns.models import Task
from campaigns.models.base import UtcInstant
from campaigns.rules.steps import NAMING
from campaigns.situation import gathered
from campaigns.store import insert_missing

_NOW = bindparam("now", type_=UtcInstant())
_AGREED = {
    engine: text(
        "SELECT rollout.id FROM rollout "  # noqa: S608 - our names
        "JOIN agreement ON agreement.rollout_id = rollout.id "
        f"AND agreement.version = rollout.version WHERE rollout.id {among} "
        "AND agreement.day IS NOT NULL"
    )
    for engine, among in AMONG.items()
}
_OVERTAKEN = {
    engine: text(
        "SELECT touch.id FROM touch JOIN step ON step.id = touch.step_id "  # noqa: S608 - our names
        f"WHERE touch.id {among} AND EXISTS (SELECT 1 FROM touch AS later "
        "JOIN step AS its ON its.id = later.step_id "
        "WHERE later.rollout_id = touch.rollout_id AND later.state = 'planned' "
        "AND (later.due > touch.due OR later.due = touch.due AND later.day > touch.day) "
        "AND later.due <= :now AND its.audience = step.audience AND its.channel = 'mail')"
    ).bindparams(_NOW)
    for engine, among in AMONG.items()
}
_LETTERS = Given(
    {
        "touch_id": "bigint",
        "contact_id": "bigint",
        "public_id": "text",
        "reason": "text",
        "urgent": "boolean",
    }
)
# Without the WHERE, SQLite would take ON CONFLICT for a condition of a join.
_WRITE = {
    engine: text(
        "INSERT INTO delivery (public_id, touch_id, contact_id, state, reason, attempt, next_try, "  # noqa: S608 - our names
        "urgent, created_at, settled_at) SELECT given.public_id, given.touch_id, "
        "given.contact_id, CASE WHEN given.reason IS NULL THEN 'due' ELSE 'skipped' END, "
        "given.reason, 0, :now, given.urgent, :now, "
        "CASE WHEN given.reason IS NULL THEN NULL ELSE :now END "
        f"FROM {_LETTERS.source(engine)} WHERE 1 = 1 ON CONFLICT DO NOTHING"
    ).bindparams(_NOW)
    for engine in AMONG
}
Letter = tuple[int, int, str, str | None, bool]  # as the columns of `_LETTERS`


@dataclass
class Ahead:
    """Nothing is asked before the first touch wants to know it."""

    session: Session
    touches: Sequence[Touched]
    now: datetime
    day_minutes: int
    letters: list[Letter] = field(default_factory=list)
    tasks: list[Mapping[str, object]] = field(default_factory=list)

    @cached_property
    def audiences(self) -> Audiences:
        """Who the letters are for."""
        return Audiences(self.session, [one for one in self.touches if one.step.channel == "mail"])

    @cached_property
    def agreed(self) -> frozenset[int]:
        """Rollouts that have a date, of those whose steps end with one."""
        ending = (one for one in self.touches if one.step.stop == "agreed")
        return self._ask(_AGREED, (one.rollout.id for one in ending if one.rollout.version))

    @cached_property
    def overtaken(self) -> frozenset[int]:
        """Touches of which a later letter to the same audience is due already."""
        letters = (one for one in self.touches if one.step.channel == "mail")
        asked = (one.touch.id for one in letters if not one.step.required)
        return self._ask(_OVERTAKEN, asked, now=self.now)

    @cached_property
    def deciding(self) -> frozenset[int]:
        """Rollouts where somebody who decides can be reached, of those that are named a day."""
        asked = [one.rollout.id for one in self.touches if one.step.letter in NAMING]
        return who_can_decide(self.session, asked)

    @cached_property
    def ready(self) -> frozenset[int]:
        """Rollouts where everybody is ready by evidence, of those whose tasks end with that.

        Whoever is unknown may well not be ready.
        """
        alike: defaultdict[tuple[int, str, date], dict[int, int]] = defaultdict(dict)
        for one in self.touches:
            if one.step.stop == "done" and one.step.channel == "task" and one.evidence != "none":
                among = alike[one.campaign.id, one.evidence, one.today]
                among[one.rollout.id] = one.customer.id
        found: set[int] = set()
        for (campaign, evidence, today), rollouts in alike.items():
            counts = people.count(self.session, list(rollouts), campaign, evidence, today)
            for rollout, customer in rollouts.items():
                counted = counts.get(customer, people.NOBODY)
                if counted.in_scope > 0 and counted.done == counted.in_scope:
                    found.add(rollout)
        return frozenset(found)

    @cached_property
    def cases(self) -> Cases:
        """The cases of those that are named a day, or have one booked."""
        asked = (
            (one.rollout, one.campaign, one.customer)
            for one in self.touches
            if one.step.letter in NAMING or one.step.channel == "booking"
        )
        return Cases(self.session, gathered(self.session, asked), self.now, self.day_minutes)

    def add_step(self, touched: Touched) -> None:
        """A step of the playbook that staff do."""
        step, rollout, customer = touched.step, touched.rollout, touched.customer
        owner = owner_among(self._staff, customer, touched.campaign)
        key, said = f"touch:{touched.touch.id}", step.text or ""
        row = task_row(key, step.key, step.title, said, rollout, customer, owner, self.now)
        self.tasks.append(row)

    def write(self) -> None:
        """What the touches have brought."""
        if self.letters:
            values = {"now": self.now} | _LETTERS.values(self.letters)
            connection = self.session.connection()
            connection.execute(_WRITE[connection.dialect.name], values)
        insert_missing(self.session, Task, self.tasks)

    @cached_property
    def _staff(self) -> frozenset[str]:
        tasks = [one for one in self.touches if one.step.channel == "task"]
        emails = {one.customer.account_manager for one in tasks}
        return still_here(self.session, emails | {one.campaign.opened_by for one in tasks})

    def _ask(
        self, statements: Mapping[str, TextClause], asked: Iterable[int], **values: object
    ) -> frozenset[int]:
        ids = keys(asked)
        if not ids:
            return frozenset()
        connection = self.session.connection()
        statement = statements[connection.dialect.name]
        return frozenset(connection.execute(statement, {"ids": ids, **values}).scalars())
