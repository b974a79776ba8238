"""The counters of people equal a recount of the rows, whoever wrote them and in whatever way."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from campaigns import headcount, people, register
from campaigns.models import Campaign, Contact
from campaigns.observe import return_to_scope
from campaigns.observe.exempting import exemption_of
from campaigns.register import edit
from campaigns.rules.adoption import People
from campaigns.rules.records import ContactRecord, CustomerRecord
from tests.kit import ADA, Office, add_customer, open_campaign, parsed, rows_of
from tests.people_kit import contact_of, except_until, import_words, word_of

ALPHA, BETA = "alpha.example", "beta.example"
# Told apart by hand, and not as the counters are made.
LIVING = """
    SELECT customer.name, contact.id, standing.level FROM customer
    JOIN contact ON contact.customer_id = customer.id
    LEFT JOIN standing ON standing.contact_id = contact.id AND standing.evidence = 'mfa'
    WHERE contact.kind = 'person' AND contact.left_at IS NULL
"""
KEPT = """
    SELECT customer.name, people, level_0, level_1, level_2, level_3, level_4 FROM headcount
    JOIN customer ON customer.id = headcount.customer_id
    LEFT JOIN level_count ON level_count.customer_id = customer.id AND evidence = 'mfa'
"""


def counted(office: Office) -> dict[str, list[int]]:
    """By customer: people, then how many are on each rung, counted one by one."""
    found: dict[str, list[int]] = {}
    for customer, _, level in rows_of(office, LIVING):
        row = found.setdefault(customer, [0] * 6)
        row[0] += 1
        if level is not None:
            row[1 + level] += 1
    return found


def kept(office: Office) -> dict[str, list[int]]:
    return {name: [many or 0 for many in row] for name, *row in rows_of(office, KEPT)}


def take(office: Office, *rows: ContactRecord) -> None:
    with office.store.writing() as session:
        register.import_contacts(session, parsed(*rows), who=ADA, now=office.now)


def a_file(office: Office) -> None:
    """One is new, one is a guest by now, and Beta has a colleague."""
    take(
        office,
        ContactRecord("Alpha", "Ida", f"ida@{ALPHA}"),
        ContactRecord("Alpha", "Eve 1", f"eve1@{ALPHA}", kind="guest"),
        ContactRecord("Beta", "Ned", f"ned@{BETA}"),
    )


def by_hand(office: Office, do: Callable[..., object], *more: object) -> None:
    with office.store.writing() as session:
        do(session, contact_of(session, f"eve2@{ALPHA}"), *more, who=ADA, now=office.now)


def added_by_hand(office: Office) -> None:
    row = ContactRecord("", "Uma", f"uma@{ALPHA}")
    with office.store.writing() as session:
        home = contact_of(session, f"eve0@{ALPHA}").customer_id
        edit.add_contact(session, home, row, who=ADA, now=office.now)


def evidence(office: Office) -> None:
    import_words(office, word_of(f"eve0@{ALPHA}", 3), word_of(f"eve1@{ALPHA}", 0))


def older_evidence(office: Office) -> None:
    import_words(office, word_of(f"eve0@{ALPHA}", 1), taken_at=office.now - timedelta(days=9))


def evidence_that_knows_a_guest(office: Office) -> None:
    import_words(office, word_of(f"eve3@{ALPHA}", 2, kind="guest"), word_of(f"kim@{BETA}", None))


def all_leave(office: Office) -> None:
    for address in ("kim", "pat", "eve0", "ned"):
        with office.store.writing() as session:
            edit.mark_left(session, contact_of(session, f"{address}@{BETA}"), who=ADA,
                           now=office.now)  # fmt: skip


def writes() -> Iterator[Callable[[Office], None]]:
    """Every way in which the product writes people or what is known of them."""
    guest = ContactRecord("", "Eve 2", f"eve2@{ALPHA}", kind="shared")
    person = ContactRecord("", "Eve 2", f"eve2@{ALPHA}")
    yield evidence
    yield older_evidence
    yield a_file
    yield evidence_that_knows_a_guest
    yield added_by_hand
    yield lambda office: by_hand(office, edit.change_contact, guest)
    yield lambda office: by_hand(office, edit.change_contact, person)
    yield lambda office: by_hand(office, edit.mark_left)
    yield lambda office: by_hand(office, edit.mark_back)
    yield lambda office: by_hand(office, edit.mark_left)
    yield lambda office: take(office, ContactRecord("Alpha", "Eve 2", f"eve2@{ALPHA}"))
    yield all_leave


def test_after_every_kind_of_write_the_counters_equal_a_recount(office: Office) -> None:
    add_customer(office, "Alpha", domain=ALPHA, people=4)
    add_customer(office, "Beta", domain=BETA, people=1)
    before = kept(office)
    for write in writes():
        office.later(minutes=1)
        write(office)
        after = kept(office)
        assert after == counted(office), write
        assert (after != before) is (write is not older_evidence)
        with office.store.reading() as session:
            assert headcount.differing(session) == []
        before = after


class Undone(Exception):
    """Something that comes up in the middle of a page's work."""


def leave_and_fail(office: Office) -> None:
    with office.store.writing() as session:
        edit.mark_left(session, contact_of(session, f"eve0@{ALPHA}"), who=ADA, now=office.now)
        raise Undone


def test_a_write_that_is_undone_leaves_the_counters_alone(office: Office) -> None:
    add_customer(office, "Alpha", domain=ALPHA, people=4)
    before = kept(office)
    with pytest.raises(Undone):
        leave_and_fail(office)
    assert kept(office) == before == counted(office)


def test_the_excepted_of_a_campaign_are_taken_off_while_their_exception_lasts(
    office: Office,
) -> None:
    add_customer(office, "Alpha", domain=ALPHA, people=4)
    import_words(office, word_of(f"eve0@{ALPHA}", 3), word_of(f"eve1@{ALPHA}", 1))
    campaign = open_campaign(office)
    until = office.now.date() + timedelta(days=3)
    for person in ("eve0", "eve0", "eve2"):  # approved twice is excepted once
        except_until(office, f"{person}@{ALPHA}", campaign, until)
    assert _told(office, campaign) == (6, 0, 1, 3, 2)
    assert _told(office, campaign, later=4) == (6, 1, 1, 4, 0)
    with office.store.writing() as session:
        gone = contact_of(session, f"eve2@{ALPHA}")
        exemption = exemption_of(session, gone.customer_id, 3)
        return_to_scope(session, exemption, who=ADA, now=office.now)
        edit.mark_left(
            session, contact_of(session, f"eve0@{ALPHA}"), who=ADA, now=office.now
        )  # no longer a person who counts, so not an excepted one either
    assert _told(office, campaign) == (5, 0, 1, 4, 0)


def _told(office: Office, campaign: int, later: int = 0) -> tuple[int, int, int, int, int]:
    day = office.now.date() + timedelta(days=later)
    with office.store.reading() as session:
        rollouts = people.count(session, None, campaign, "mfa", day)
        [one] = rollouts.values()
        assert people.total(session, campaign, "mfa", day) == one
        none = people.count(session, None, campaign, "none", day)[next(iter(rollouts))]
    assert none.unknown + none.excepted == none.total == one.total
    return one.total, one.done, one.not_done, one.unknown, one.excepted


def test_a_campaign_of_nobody_adds_up_to_nobody(office: Office) -> None:
    add_customer(office, "Alpha", domain=ALPHA, people=1)
    campaign = open_campaign(office)
    with office.store.reading() as session:
        found = session.get_one(Campaign, campaign)
        assert people.total(session, found.id + 1, "mfa", office.now.date()) == people.NOBODY
        assert isinstance(people.NOBODY, People)


def test_two_who_write_people_of_one_customer_at_once_are_both_counted(office: Office) -> None:
    add_customer(office, "Alpha", domain=ALPHA, people=8)
    together = Barrier(4)

    def leave(number: int) -> None:
        together.wait()
        for person in (number, number + 4):
            with office.store.writing() as session:
                who = contact_of(session, f"eve{person}@{ALPHA}")
                edit.mark_left(session, who, who=ADA, now=office.now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(leave, range(4)))
    assert kept(office) == counted(office) == {"Alpha": [2, 0, 0, 0, 0, 0]}


def test_customers_and_people_that_are_written_at_once_do_not_wait_in_a_ring(
    office: Office,
) -> None:
    ids = [add_customer(office, f"Customer {n}", people=1) for n in range(12)]
    together = Barrier(2)

    def customers() -> None:
        together.wait()
        for size in range(1, 16):
            rows = [CustomerRecord(f"Customer {n}", headcount=size) for n in reversed(range(12))]
            with office.store.writing() as session:
                register.import_customers(session, parsed(*rows), who=ADA, now=office.now)

    def people() -> None:
        together.wait()
        for _ in range(30):
            with office.store.writing() as session:
                headcount.recount(session, ids)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(customers), pool.submit(people)]:
            done.result()
    assert rows_of(office, "SELECT DISTINCT headcount FROM customer") == [(15,)]


def test_counters_that_were_changed_past_the_product_are_found_and_set_right(
    office: Office,
) -> None:
    alpha = add_customer(office, "Alpha", domain=ALPHA, people=2)
    beta = add_customer(office, "Beta", domain=BETA, people=2)
    evidence(office)
    with office.store.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM headcount")
        for contact in session.query(Contact).filter_by(customer_id=beta):
            contact.kind = "room"
    with office.store.reading() as session:
        assert headcount.differing(session) == [alpha]
    with office.store.writing() as session:
        assert headcount.recount_all(session) == 2
    with office.store.reading() as session:
        assert headcount.differing(session) == []
    assert kept(office) == counted(office)
