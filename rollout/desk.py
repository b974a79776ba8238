"""What a page, the API and a command all do alike: parse, one transaction, a result."""

import io
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import agree, choice, launch, observe, register
from campaigns.errors import Invalid, NotFound
from campaigns.journal import Actor
from campaigns.library import shipped_changes
from campaigns.models import Agreement, Customer, VendorChange
from campaigns.playbooks import source as playbook_source
from campaigns.register.changes import Registered, find_change
from campaigns.register.words import type_in
from campaigns.rules import dates
from campaigns.rules.records import ChangeRecord
from rollout.parse import changes as parse_changes
from rollout.parse import evidence as parse_evidence
from rollout.parse import people as parse_people
from rollout.parse import tickets as parse_tickets
from rollout.parse.moment import parse_day, parse_time
from rollout.parse.selection import selection
from rollout.parse.upload import Hashed
from workers.runtime import Runtime


@dataclass(frozen=True)
class Desk:
    """A runtime with the person who acts."""

    rt: Runtime
    who: Actor

    @property
    def now(self) -> datetime:
        return self.rt.clock.now()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction; after its commit a courier is woken."""
        with self.rt.store.writing() as session:
            yield session
        self.rt.nudge()

    def import_customers(
        self, stream: BinaryIO, name: str, *, accept_good_rows: bool, preview: bool = False
    ) -> register.ImportResult:
        parsed = parse_people.customers(stream, name)
        with self.writing() as session:
            return register.import_customers(
                session,
                parsed,
                who=self.who,
                now=self.now,
                accept_good_rows=accept_good_rows,
                preview=preview,
            )

    def import_contacts(
        self, stream: BinaryIO, name: str, *, accept_good_rows: bool, preview: bool = False
    ) -> register.ImportResult:
        parsed = parse_people.contacts(stream, name)
        with self.writing() as session:
            return register.import_contacts(
                session,
                parsed,
                who=self.who,
                now=self.now,
                accept_good_rows=accept_good_rows,
                preview=preview,
                links=self.rt.links,
            )

    def import_changes(self, stream: BinaryIO, name: str) -> list[Registered]:
        parsed = parse_changes.changes(stream, name)
        if parsed.rejected:
            first = parsed.rejected[0]
            raise Invalid(f"{name}, record {first.line}: {first.reason}")
        with self.writing() as session:
            records = [row for _, row in parsed.accepted]
            return register.import_changes(session, records, who=self.who, now=self.now)

    def import_library(self) -> list[Registered]:
        """The vendor changes that come with the product."""
        with self.writing() as session:
            return register.import_changes(session, shipped_changes(), who=self.who, now=self.now)

    def import_shipped(self, ids: Collection[str]) -> list[Registered]:
        """Those changes of the library. Raises NotFound for an id that it does not have."""
        chosen = [row for row in shipped_changes() if row.source_id in ids]
        unknown = set(ids) - {row.source_id for row in chosen}
        if unknown:
            raise NotFound(f'"{min(unknown)[:100]}" is not a change of the library.', "no_change")
        with self.writing() as session:
            return register.import_changes(session, chosen, who=self.who, now=self.now)

    def type_in_change(self, row: ChangeRecord) -> None:
        """A change that is in no file. Raises Conflict for an id that is taken."""
        with self.writing() as session:
            type_in(session, row, who=self.who, now=self.now)

    def import_evidence(
        self,
        stream: BinaryIO,
        name: str,
        *,
        source: str = "auto",
        customer: str | None = None,
        taken_at: datetime | None = None,
    ) -> observe.EvidenceResult:
        hashed = Hashed(stream, f"{source}|{customer or ''}|{taken_at}|")
        file = parse_evidence.evidence(hashed, name, source)
        with self.writing() as session:
            return observe.import_evidence(
                session,
                file,
                file_name=name,
                file_hash=hashed.digest,
                taken_at=taken_at,
                customer=find_customer(session, customer) if customer else None,
                who=self.who,
                now=self.now,
            )

    def import_tickets(
        self, stream: BinaryIO, name: str, *, source: str = "auto", accept_good_rows: bool = False
    ) -> register.ImportResult:
        file = parse_tickets.tickets(stream, name, source)
        with self.writing() as session:
            return observe.import_tickets(
                session,
                file.source,
                file.parsed,
                who=self.who,
                now=self.now,
                accept_good_rows=accept_good_rows,
            )

    def open_campaign(
        self,
        *,
        change: str,
        playbook: str,
        name: str,
        choose: Callable[[Session], list[launch.Choice]],
    ) -> int:
        """A draft campaign; its id. A change of the shipped library is taken in on first use."""
        source = playbook_source(playbook)
        with self.writing() as session:
            campaign = launch.open_campaign(
                session,
                name=name,
                change=self._change(session, change),
                playbook_source=source,
                choices=choose(session),
                who=self.who,
                now=self.now,
            )
            return campaign.id

    def _change(self, session: Session, source_id: str) -> VendorChange:
        try:
            return find_change(session, source_id)
        except NotFound:
            shipped = [row for row in shipped_changes() if row.source_id == source_id]
            if not shipped:
                raise
            register.import_changes(session, shipped, who=self.who, now=self.now)
            return find_change(session, source_id)

    def agree_by_phone(
        self, campaign: str, customer: str, day: str, at: str | None
    ) -> tuple[choice.Case, Agreement]:
        """A date that a customer agreed on the phone, in the customer's own zone."""
        when = parse_day(day)
        with self.writing() as session:
            found = launch.find_campaign(session, campaign)
            rollout = agree.find_rollout(session, found, customer)
            case = choice.open_case(session, rollout.id, self.now, self.rt.day_minutes)
            times = dates.starts(case.terms, when) or case.terms.rules.slots
            time_of_day = parse_time(at) if at else times[0]
            key = f"phone:{rollout.version}:{when}:{time_of_day:%H%M}"
            chooser = agree.Chooser(self.who.name, self.who.role, staff=self.who.name)
            made = agree.agree(
                session,
                case,
                day=when,
                at=time_of_day,
                chooser=chooser,
                answer_key=key,
                now=self.now,
            )
            return case, made


def chooser_for(
    customers: str, read: Callable[[str], bytes]
) -> Callable[[Session], list[launch.Choice]]:
    """`all`, `tag:NAME=VALUE`, or a file that names customers."""
    if customers == "all":
        return launch.choose_all
    if customers.startswith("tag:"):
        tag, _, value = customers.removeprefix("tag:").partition("=")
        return lambda session: launch.choose_by_tag(session, tag, value)
    rows = selection(io.BytesIO(read(customers)), customers)
    return lambda session: launch.choose_by_name(session, rows)


def find_customer(session: Session, name: str) -> Customer:
    """By name, without regard to case. Raises NotFound."""
    folded = " ".join(name.split()).casefold()
    customer = session.scalar(select(Customer).where(Customer.folded_name == folded))
    if customer is None:
        raise NotFound(f'There is no customer "{name}".', "no_customer")
    return customer
