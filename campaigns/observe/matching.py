"""Which contact a row of evidence is about, and what of it may be believed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import Contact, Customer, CustomerDomain, FormerAddress
from campaigns.rules.records import EvidenceFile, EvidenceRecord

IDENTITY_PROVIDER_TAG = "identity_provider"


@dataclass(frozen=True, slots=True)
class Matched:
    """A row with whom it is about and the level that may be believed."""

    row: EvidenceRecord
    contact_id: int | None
    customer_id: int | None
    level: int | None
    reason: str | None

    @property
    def identity(self) -> str:
        return self.row.upn or self.row.address or self.row.external_id or ""


@dataclass
class People:
    """Every contact by what vendor systems may call it, and customers by tenant and domain."""

    by_id: dict[str, set[int]] = field(default_factory=dict)
    by_address: dict[str, set[int]] = field(default_factory=dict)
    customer_of: dict[int, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)

    def customer(self, row: EvidenceRecord) -> int | None:
        """The customer by tenant, else by the domain of the address; None if neither is known."""
        names = [row.tenant or ""]
        names += [text.rpartition("@")[2] for text in (row.upn, row.address) if text]
        return next(
            (self.customers[n.casefold()] for n in names if n.casefold() in self.customers), None
        )

    def contact(self, row: EvidenceRecord, only: int | None) -> int | None:
        """By object id, then UPN, then address; None where it is nobody, or more than one."""
        home = only if only is not None else self.customer(row)
        for found in self._candidates(row):
            at_home = {id_ for id_ in found if home is None or self.customer_of[id_] == home}
            if len(at_home) == 1:
                return next(iter(at_home))
        return None

    def _candidates(self, row: EvidenceRecord) -> Iterable[set[int]]:
        if row.external_id:
            yield self.by_id.get(row.external_id, set())
        for text in (row.upn, row.address):
            if text:
                yield self.by_address.get(text.casefold(), set())


def match(session: Session, file: EvidenceFile, customer: Customer | None) -> Sequence[Matched]:
    """Every good row of the file, which may be about one customer alone."""
    only = customer.id if customer else None
    people = load_people(session, only)
    providers = _outside_providers(session)
    return [_match(row, people, only, providers) for _, row in file.parsed.accepted]


def load_people(session: Session, customer_id: int | None) -> People:
    """Everybody, or one customer's people, former addresses included."""
    people = People()
    query = select(
        Contact.id, Contact.customer_id, Contact.external_id, Contact.upn, Contact.email
    ).where(Contact.left_at.is_(None))
    if customer_id is not None:
        query = query.where(Contact.customer_id == customer_id)
    for id_, customer, external_id, upn, email in session.execute(query):
        people.customer_of[id_] = customer
        if external_id:
            people.by_id.setdefault(external_id, set()).add(id_)
        for text in {email, upn}:
            if text:
                people.by_address.setdefault(text.casefold(), set()).add(id_)
    _former(session, people)
    _customers(session, people)
    return people


def _former(session: Session, people: People) -> None:
    for contact_id, email in session.execute(select(FormerAddress.contact_id, FormerAddress.email)):
        # An address that somebody bears today is never read as somebody's past.
        if contact_id in people.customer_of and email not in people.by_address:
            people.by_address[email.casefold()] = {contact_id}


def _customers(session: Session, people: People) -> None:
    for id_, tenant in session.execute(select(Customer.id, Customer.tenant_id)):
        if tenant:
            people.customers[tenant.casefold()] = id_
    for id_, domain in session.execute(select(CustomerDomain.customer_id, CustomerDomain.domain)):
        people.customers[domain.casefold()] = id_


def _match(
    row: EvidenceRecord, people: People, only: int | None, providers: dict[int, str]
) -> Matched:
    contact_id = people.contact(row, only)
    home = people.customer_of.get(contact_id) if contact_id else people.customer(row)
    level, reason = row.level, row.reason or None
    if row.active is False:
        level, reason = None, "the account is switched off"
    elif level == 0 and home in providers:
        # Entra and Google show people who use an outside provider as not registered.
        level, reason = None, f"signs in through {providers[home]}"
    return Matched(row, contact_id, home, level, reason)


def _outside_providers(session: Session) -> dict[int, str]:
    found = {}
    for id_, tags in session.execute(select(Customer.id, Customer.tags)):
        if tags.get(IDENTITY_PROVIDER_TAG):
            found[id_] = str(tags[IDENTITY_PROVIDER_TAG])
    return found
