"""Whom a row of evidence is about where names are shared, changed or said twice."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaigns import headcount, observe
from campaigns.models import FormerAddress
from campaigns.rules.records import EvidenceEnding, EvidenceFile, EvidenceRecord, Rejected
from tests.campaigns.observe_kit import EVE, HOME, before, standing
from tests.kit import ADA, Office, add_customer, rows_of
from tests.people_kit import change_contact, contact_of, import_words, word_of

BOB = f"eve1@{HOME}"
OLD = f"eve.old@{HOME}"


def once_called(office: Office, address: str, former: str) -> None:
    with office.store.writing() as session:
        contact = contact_of(session, address)
        session.add(FormerAddress(contact_id=contact.id, email=former, until=office.now))


def test_an_address_that_two_had_before_is_that_of_the_first_who_had_it(office: Office) -> None:
    add_customer(office)
    once_called(office, BOB, OLD)
    once_called(office, EVE, OLD)
    import_words(office, word_of(OLD, 2))
    assert standing(office) == {BOB: 2}


def test_an_address_that_somebody_bears_today_is_not_read_as_a_former_one(office: Office) -> None:
    add_customer(office)
    once_called(office, EVE, BOB)
    import_words(office, word_of(BOB, 2))
    assert standing(office) == {BOB: 2}


def test_who_has_left_is_nobody(office: Office) -> None:
    add_customer(office)
    change_contact(office, EVE, left_at=office.now)
    assert import_words(office, word_of(EVE, 2)).matched == 0
    assert standing(office) == {}


def test_a_sign_in_name_that_is_another_persons_address_is_nobodys(office: Office) -> None:
    add_customer(office)
    change_contact(office, EVE, upn=BOB)
    result = import_words(office, word_of(BOB, 2))
    assert (result.matched, result.unmatched_identities) == (0, [BOB])


def test_where_the_id_is_shared_the_sign_in_name_decides(office: Office) -> None:
    add_customer(office)
    for address in (EVE, BOB):
        change_contact(office, address, external_id="one-id")
    import_words(office, word_of(BOB, 2, external_id="one-id"))
    assert standing(office) == {BOB: 2}


def test_of_two_rows_about_one_person_the_stronger_stands_and_the_last_teaches(
    office: Office,
) -> None:
    add_customer(office)
    change_contact(office, EVE, upn="eve@vendor.example", external_id="id-0")
    rows = [
        word_of(EVE, 1, admin=False),
        word_of(EVE, 3, reason="strong"),
        word_of("", None, external_id="id-0", admin=True, kind="guest"),
    ]
    result = import_words(office, *rows)
    assert (result.matched, standing(office)) == (3, {EVE: 3})
    [(upn, admin, kind)] = rows_of(
        office, f"SELECT upn, admin, kind FROM contact WHERE email = '{EVE}'"
    )
    assert (upn, bool(admin), kind) == ("eve@vendor.example", True, "guest")
    with office.store.reading() as session:
        assert headcount.differing(session) == []


def test_what_a_vendor_calls_a_person_is_learned_once(office: Office) -> None:
    add_customer(office)
    import_words(office, word_of(EVE, 2, external_id="first"), taken_at=before(office, days=2))
    import_words(office, word_of(EVE, 2, external_id="second"), taken_at=before(office, days=1))
    [learned] = rows_of(office, f"SELECT external_id, upn FROM contact WHERE email = '{EVE}'")
    assert learned == ("first", EVE)


def test_every_contact_that_is_observed_has_a_standing(office: Office) -> None:
    """Its foreign key is what keeps the contact of an observation."""
    add_customer(office)
    import_words(office, word_of(EVE, None), word_of(BOB, 2), word_of("sam@else.example", 2))
    alone = """
        SELECT count(*) FROM observation AS o WHERE contact_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM standing AS s WHERE s.contact_id = o.contact_id
        )
    """
    assert rows_of(office, alone) == [(0,)]
    assert rows_of(office, "SELECT count(contact_id), count(*) FROM observation") == [(2, 3)]


def test_a_file_that_breaks_off_leaves_nothing_and_the_next_one_is_taken(office: Office) -> None:
    add_customer(office)

    def broken() -> Iterator[EvidenceRecord | Rejected]:
        yield word_of(EVE, 2)
        raise OSError("the disk is gone")

    file = EvidenceFile("graph", broken(), lambda: EvidenceEnding(office.now - timedelta(days=1)))
    with pytest.raises(OSError, match="disk"), office.store.writing() as session:
        observe.import_evidence(
            session,
            file,
            file_name="broken.json",
            file_hash=lambda: "b" * 64,
            taken_at=None,
            customer=None,
            who=ADA,
            now=office.now,
        )
    for table in ("snapshot", "observation", "standing"):
        assert rows_of(office, f"SELECT count(*) FROM {table}") == [(0,)]
    assert import_words(office, word_of(EVE, 2)).matched == 1
