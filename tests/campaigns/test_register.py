"""Customers, contacts and vendor changes come in: twice is once, bad rows keep the file out."""

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from campaigns import register
from campaigns.register.changes import find_change
from campaigns.rules.milestones import vendor_date
from campaigns.rules.records import ContactRecord, CustomerRecord, Rejected
from campaigns.terms import milestones
from rollout.parse.changes import changes
from tests.kit import ADA, Office, add_customer, open_campaign, parsed, rows_of
from tests.shared import shared

FIRM = CustomerRecord("Alpha", ("alpha.example",), "Europe/Berlin", "DE", tags={"tier": "gold"})
EVE = ContactRecord("Alpha", "Eve", "eve@alpha.example", external_id="id-1")


def customers(office: Office, *rows: CustomerRecord, bad: int = 0, **more: Any) -> Any:
    with office.store.writing() as session:
        found = parsed(*rows)
        rejected = [Rejected(90 + n, "no name") for n in range(bad)]
        found = type(found)(len(rows) + bad, found.accepted, rejected)
        return register.import_customers(session, found, who=ADA, now=office.now, **more)


def contacts(office: Office, *rows: ContactRecord, **more: Any) -> Any:
    with office.store.writing() as session:
        return register.import_contacts(session, parsed(*rows), who=ADA, now=office.now, **more)


def everything(office: Office) -> list[Any]:
    return [
        rows_of(office, f"SELECT * FROM {table} ORDER BY id")
        for table in ("customer", "customer_domain", "contact", "former_address", "journal_entry")
    ]


def test_importing_twice_changes_nothing(office: Office) -> None:
    customers(office, FIRM)
    contacts(office, EVE)
    before = everything(office)
    again, people = customers(office, FIRM), contacts(office, EVE)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert (people.created, people.updated, people.unchanged) == (0, 0, 1)
    assert everything(office) == before


def test_a_preview_writes_nothing_and_says_what_would_be(office: Office) -> None:
    before = everything(office)
    result = customers(office, FIRM, preview=True)
    assert (result.created, result.stored) == (1, False)
    assert everything(office) == before


def test_one_bad_row_keeps_the_whole_file_out(office: Office) -> None:
    result = customers(office, FIRM, bad=1)
    assert (result.rows, result.accepted, result.stored) == (2, 1, False)
    assert rows_of(office, "SELECT count(*) FROM customer") == [(0,)]


def test_the_good_rows_come_in_when_they_are_asked_for(office: Office) -> None:
    result = customers(office, FIRM, bad=1, accept_good_rows=True)
    assert (result.created, result.stored) == (1, True)
    assert rows_of(office, "SELECT name FROM customer") == [("Alpha",)]


def test_an_empty_cell_never_erases_what_is_known(office: Office) -> None:
    customers(office, FIRM)
    customers(office, CustomerRecord("ALPHA", headcount=9))
    assert rows_of(office, "SELECT name, timezone, country, headcount FROM customer") == [
        ("Alpha", "Europe/Berlin", "DE", 9)
    ]


def test_a_customer_without_a_zone_or_with_anothers_domain_is_refused_with_its_line(
    office: Office,
) -> None:
    customers(office, FIRM)
    result = customers(
        office, CustomerRecord("Beta"), CustomerRecord("Gamma", ("alpha.example",), "UTC")
    )
    assert [row.line for row in result.rejected] == [2, 3]
    assert "time zone" in result.rejected[0].reason
    assert "alpha.example" in result.rejected[1].reason
    assert rows_of(office, "SELECT count(*) FROM customer") == [(1,)]


def test_a_contact_of_an_unknown_customer_is_refused_with_its_line(office: Office) -> None:
    result = contacts(office, EVE)
    assert [row.line for row in result.rejected] == [2]
    assert "Alpha" in result.rejected[0].reason


def test_a_rename_by_id_keeps_the_person_and_the_former_address(office: Office) -> None:
    customers(office, FIRM)
    contacts(office, EVE)
    contacts(office, ContactRecord("Alpha", "Eve X", "x@alpha.example", external_id="id-1"))
    assert rows_of(office, "SELECT name, email FROM contact") == [("Eve X", "x@alpha.example")]
    assert rows_of(office, "SELECT email FROM former_address") == [("eve@alpha.example",)]


def test_renaming_back_and_forth_is_no_trouble(office: Office) -> None:
    customers(office, FIRM)
    other = ContactRecord("Alpha", "Eve", "x@alpha.example", external_id="id-1")
    for row in (EVE, other, EVE, other, EVE):
        contacts(office, row)
    assert rows_of(office, "SELECT email FROM contact") == [("eve@alpha.example",)]


def test_a_rename_to_an_address_that_somebody_else_bears_is_refused_with_its_line(
    office: Office,
) -> None:
    customers(office, FIRM)
    contacts(office, EVE, ContactRecord("Alpha", "Bob", "bob@alpha.example"))
    result = contacts(
        office, ContactRecord("Alpha", "Eve", "bob@alpha.example", external_id="id-1")
    )
    assert [row.line for row in result.rejected] == [2]
    assert "bob@alpha.example" in result.rejected[0].reason
    assert result.stored is False


def message(version: int, day: str | None, casing: str = "lower") -> bytes:
    row = {
        "id": "MC786329",
        "title": "Retirement (Updated)" if version > 1 else "Retirement",
        "lastModifiedDateTime": f"2026-0{version}-01T00:00:00Z",
        "actionRequiredByDateTime": day,
        "body": {"contentType": "html", "content": f"<p>Version {version}</p>"},
    }
    if casing == "upper":
        row = {name[0].upper() + name[1:]: value for name, value in row.items()}
    return json.dumps([row]).encode()


def take(office: Office, content: bytes) -> list[str]:
    found = changes(io.BytesIO(content), "messages.json")
    records = [row for _, row in found.accepted]
    with office.store.writing() as session:
        done = register.import_changes(session, records, who=ADA, now=office.now)
        return [one.news for one in done]


def test_three_versions_are_three_revisions_and_the_same_file_twice_none(office: Office) -> None:
    files = [message(1, "2026-09-01T07:00:00Z"), message(2, "2026-12-01T07:00:00Z")]
    files += [message(3, None)]
    path = shared("samples", "message-center")
    if path is not None:
        files = [one.read_bytes() for one in sorted(path.glob("MC786329.v*.json"))]
    assert [take(office, one) for one in files] == [["created"], ["revised"], ["revised"]]
    assert [take(office, one) for one in files] == [["unchanged"]] * 3
    assert rows_of(office, "SELECT revision FROM vendor_change") == [(3,)]
    kept = rows_of(office, "SELECT number FROM change_revision ORDER BY number")
    assert kept == [(1,), (2,), (3,)]


def test_both_casings_are_one_message(office: Office) -> None:
    assert take(office, message(1, "2026-09-01T07:00:00Z")) == ["created"]
    assert take(office, message(1, "2026-09-01T07:00:00Z", "upper")) == ["unchanged"]


def test_an_empty_deadline_is_date_needed_and_never_a_guess(office: Office) -> None:
    take(office, message(1, None))
    with office.store.reading() as session:
        dated = milestones(session, find_change(session, "MC786329"))
        assert vendor_date(dated, office.now.date()) is None


def test_the_mfa_deadline_is_the_fifteenth_of_october_wherever_the_customer_is(
    office: Office,
) -> None:
    path = shared("samples", "message-center", "MC862873.merill-mc.json")
    content = message(1, "2024-10-15T07:00:00Z").replace(b"MC786329", b"MC862873")
    take(office, path.read_bytes() if path else content)
    with office.store.reading() as session:
        dated = milestones(session, find_change(session, "MC862873"))
        found = vendor_date(dated, date(2024, 8, 1))
        assert found is not None
        assert found.day == date(2024, 10, 15)
        assert {m.zone for m in dated if m.day == date(2024, 10, 15)} == {None}


def test_an_older_version_that_comes_in_later_is_kept_but_does_not_speak(office: Office) -> None:
    take(office, message(2, "2026-12-01T07:00:00Z"))
    take(office, message(1, "2026-09-01T07:00:00Z"))
    with office.store.reading() as session:
        dated = milestones(session, find_change(session, "MC786329"))
        found = vendor_date(dated, office.now.date())
        assert found is not None
        assert found.day == date(2026, 12, 1)


def test_a_contact_that_had_left_is_back_when_a_file_names_it(office: Office) -> None:
    add_customer(office, "Alpha", domain="alpha.example", people=1)
    with office.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE contact SET left_at = created_at")
    office.clock.move_to(office.now + timedelta(days=1))
    contacts(office, ContactRecord("Alpha", "Eve 0", "eve0@alpha.example"))
    left = rows_of(office, "SELECT count(*) FROM contact WHERE left_at IS NULL")
    assert left == [(1,)]


def test_a_part_of_another_country_than_the_customers_is_refused(office: Office) -> None:
    customers(office, replace(FIRM, subdivision="BY"))
    stray = customers(office, replace(FIRM, country=None, subdivision="SCT"))
    moved = customers(office, replace(FIRM, country="GB"))
    for result in (stray, moved):
        assert not result.stored
        assert "no part of" in result.rejected[0].reason
    fits = customers(office, replace(FIRM, country="GB", subdivision="SCT"))
    assert (fits.stored, fits.updated) == (True, 1)
    assert customers(office, replace(FIRM, country=None)).stored


def test_an_imported_new_address_ends_the_links_in_letters_to_the_old_one(office: Office) -> None:
    customers(office, FIRM)
    kim = ContactRecord(
        "Alpha", "Kim", "kim@alpha.example", ("decision_maker",), external_id="id-9"
    )
    contacts(office, kim)
    open_campaign(office)
    office.later(hours=1)
    live = "SELECT count(*) FROM customer_link WHERE purpose = 'choose' AND revoked_at IS NULL"
    gone = "SELECT count(*) FROM customer_link WHERE revoked_at IS NOT NULL"
    assert rows_of(office, live) == [(1,)]
    contacts(office, replace(kim, email="kim.new@alpha.example"), links=office.rt.links)
    assert rows_of(office, live) == [(1,)]
    assert rows_of(office, gone) == [(1,)]
    contacts(office, replace(kim, email="kim.new@alpha.example"), links=office.rt.links)
    assert rows_of(office, gone) == [(1,)]
