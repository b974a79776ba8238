"""Many rows in one statement, and a transaction of one statement."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from campaigns import contact
from campaigns.contact import Settlement, Written
from campaigns.given import Given
from tests.campaigns.claim_kit import LEASE, invited, mark, rescue, states, take
from tests.kit import Office, rows_of

KINDS = Given({"id": "bigint", "name": "text", "facts": "jsonb", "day": "date"}, name="people")


def test_given_rows_come_as_they_are_whatever_stands_in_them(office: Office) -> None:
    rows = [
        [1, 'Zoë O\'Neil "Z"', {"a": "{{x}} \\ 'q'"}, date(2027, 3, 1).isoformat()],
        [2, None, {}, None],
        [3, "%s :name $1", {"b": "日本"}, None],
    ]
    with office.store.reading() as session:
        dialect = session.connection().dialect.name
        statement = text(f"SELECT id, name, facts, day FROM {KINDS.source(dialect)} ORDER BY id")
        found = session.execute(statement, KINDS.values(rows)).all()
    assert [row[0] for row in found] == [1, 2, 3]
    assert [row[1] for row in found] == [row[1] for row in rows]
    assert [row[3] and str(row[3]) for row in found] == ["2027-03-01", None, None]
    assert "{{x}}" in str(found[0][2])
    assert "日本" in str(found[2][2])


def test_no_rows_are_no_rows(office: Office) -> None:
    with office.store.reading() as session:
        dialect = session.connection().dialect.name
        statement = text(f"SELECT count(*) FROM {KINDS.source(dialect)}")
        assert session.execute(statement, KINDS.values([])).scalar() == 0


def test_no_number_of_rows_is_too_many(office: Office) -> None:
    many = 1_000_010
    with office.store.reading() as session:
        dialect = session.connection().dialect.name
        statement = text(f"SELECT count(*), max(id) FROM {KINDS.source(dialect)}")
        rows = [(number,) for number in range(1, many + 1)]
        assert tuple(session.execute(statement, KINDS.values(rows)).one()) == (many, many)


def test_a_transaction_of_one_statement_is_kept(office: Office) -> None:
    invited(office)
    with office.store.at_once() as session:
        session.execute(text("UPDATE delivery SET reason = 'once'"))
    assert rows_of(office, "SELECT reason FROM delivery") == [("once",)]


def test_a_transaction_of_one_statement_that_fails_changes_nothing(office: Office) -> None:
    invited(office, customers=2)
    with pytest.raises(IntegrityError), office.store.at_once() as session:
        session.execute(text("UPDATE delivery SET state = 'lost'"))
    assert states(office) == {"due": 2}
    with office.store.writing() as session:  # the connection is as it was
        session.execute(text("UPDATE delivery SET reason = 'two'"))
        session.rollback()
    assert {row[0] for row in rows_of(office, "SELECT reason FROM delivery")} == {None}


def test_one_letter_is_settled_and_the_next_marked_together(office: Office) -> None:
    invited(office, customers=3)
    first, second, third = take(office)
    assert mark(office, first)
    written = Written("<2@x.example>", second.contact.email, "v1", {"a": "b"}, "hash", None)
    wrong = Written("<3@x.example>", "old@address.example", "v1", {}, "hash", None)
    with office.store.at_once() as session:
        ours, may = contact.settle_and_mark(
            session,
            "mine",
            [Settlement(first, "sent", "250 ok")],
            [(second, written), (third, wrong)],
            now=office.now,
            machine=office.now,
            lease=LEASE,
        )
    assert (ours, may) == ({first.delivery.id}, {second.delivery.id})
    assert states(office) == {"sent": 1, "sending": 2}
    kept = rows_of(office, f"SELECT message_id FROM delivery WHERE id = {second.delivery.id}")
    assert kept == [("<2@x.example>",)]


def test_what_was_given_up_meanwhile_is_missing_among_the_settled(office: Office) -> None:
    invited(office)
    [claim] = take(office)
    assert mark(office, claim)
    rescue(office, office.now + 2 * LEASE)
    outcome = Settlement(claim, "sent", "250 ok")
    with office.store.at_once() as session:
        ours, _ = contact.settle_and_mark(
            session, "mine", [outcome], [], now=office.now, machine=office.now, lease=LEASE
        )
    assert ours == set()
    with office.store.writing() as session:
        assert contact.settle(session, "mine", [outcome], office.now) == {claim.delivery.id}
    assert states(office) == {"sent": 1}
