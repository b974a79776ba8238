"""Contacts come in from a spreadsheet; each bad row says what to mend."""

import io
import tracemalloc

import pytest

from campaigns.errors import Invalid
from campaigns.rules.records import ContactRecord, CustomerRecord, Parsed
from rollout.parse.people import contacts, customers


def read_customers(text: str) -> Parsed[CustomerRecord]:
    return customers(io.BytesIO(text.encode()), "customers.csv")


def read_contacts(text: str) -> Parsed[ContactRecord]:
    return contacts(io.BytesIO(text.encode()), "contacts.csv")


def customer(header: str, row: str) -> CustomerRecord:
    parsed = read_customers(f"{header}\n{row}\n")
    assert parsed.rejected == []
    return parsed.accepted[0][1]


def contact(header: str, row: str) -> ContactRecord:
    parsed = read_contacts(f"{header}\n{row}\n")
    assert parsed.rejected == []
    return parsed.accepted[0][1]


def contact_reason(column: str, cell: str) -> str:
    parsed = read_contacts(f'customer,email,{column}\nAcme,a@acme.example,"{cell}"\n')
    assert (parsed.rows, len(parsed.accepted)) == (1, 0)
    return parsed.rejected[0].reason


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(Invalid) as refused:
        read_contacts("Customer,Name,E-Mail Address\nAcme,Ada,a@acme.example\n")

    assert refused.value.code == "missing_column"
    assert 'no column "email"' in refused.value.message
    assert "Customer, Name, E-Mail Address" in refused.value.message


def test_a_known_column_may_not_be_there_twice() -> None:
    with pytest.raises(Invalid, match="more than once"):
        read_contacts("customer,email,Email\nAcme,a@acme.example,b@acme.example\n")


def test_empty_cells_of_unknown_columns_are_no_tags() -> None:
    assert customer("name,Ring,Floor", "Acme,,2").tags == {"Floor": "2"}


def test_a_full_contact_row_is_read() -> None:
    header = "customer,name,email,role,locale,external_id,class,Desk"
    row = "Acme,Ada Example,Ada@Acme.Example,Owner/VIP; pilot,en,42,Break-Glass,3"

    assert contact(header, row) == ContactRecord(
        customer="Acme",
        name="Ada Example",
        email="ada@acme.example",
        roles=("decision_maker", "vip", "pilot"),
        locale="en",
        external_id="42",
        kind="break_glass",
        tags={"Desk": "3"},
    )


@pytest.mark.parametrize(
    ("written", "roles"),
    [
        ("", ("user",)),
        ("Decision Maker", ("decision_maker",)),
        ("decision-maker|owner", ("decision_maker",)),
        ("decision_maker", ("decision_maker",)),
        ("Office Manager", ("site_contact",)),
        ("site contact;manager", ("site_contact", "manager")),
        ("End User", ("user",)),
        ("Employee / VIP", ("user", "vip")),
    ],
)
def test_roles_are_understood_in_the_words_of_an_office(
    written: str, roles: tuple[str, ...]
) -> None:
    assert contact("customer,email,role", f"Acme,a@acme.example,{written}").roles == roles


def test_an_unknown_role_is_answered_with_the_allowed_ones() -> None:
    reason = contact_reason("role", "desicion maker")

    assert "decision maker, site contact, manager, pilot, vip or user" in reason
    assert "Did you mean decision maker?" in reason


def test_an_unknown_class_is_answered_with_the_allowed_ones() -> None:
    assert "person, guest, shared, service, break-glass or room" in contact_reason("class", "robot")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Ada,a@acme.example", "The customer is missing."),
        ("Acme,Ada,", "The email is missing."),
        ("Acme,Ada,ada", '"ada" is not a mail address: the @ is missing.'),
    ],
)
def test_a_contact_needs_a_customer_and_an_address(row: str, reason: str) -> None:
    assert read_contacts(f"customer,name,email\n{row}\n").rejected[0].reason == reason


def test_the_same_person_twice_at_a_customer_names_the_first_line() -> None:
    rows = "Acme,a@x.example\nBeta,a@x.example\nacme,A@X.example\n"
    parsed = read_contacts(f"customer,email\n{rows}")

    assert [line for line, _ in parsed.accepted] == [2, 3]
    assert "already on line 2" in parsed.rejected[0].reason


def test_every_row_is_either_accepted_or_rejected() -> None:
    parsed = read_contacts(
        'customer,email\nAcme,a@x.example\nx\n\nBeta,"b@x.example\nC,c@x.example\n'
    )

    assert parsed.rows == 4
    assert len(parsed.accepted) + len(parsed.rejected) == 4


def test_twenty_thousand_contacts_need_less_than_twenty_megabytes() -> None:
    rows = (f"Customer {n // 50},Person {n},p{n}@c{n // 50}.example,user\n" for n in range(20_000))
    data = io.BytesIO("".join(["customer,name,email,role\n", *rows]).encode())

    tracemalloc.start()
    parsed = contacts(data, "contacts.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(parsed.accepted) == 20_000
    assert peak < 20 * 2**20
