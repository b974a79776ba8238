"""Customers come in from a spreadsheet; each bad row says what to mend."""

import io
import time

import pytest

from campaigns.rules.records import CustomerRecord, Parsed
from rollout.parse.people import customers


def read_customers(text: str) -> Parsed[CustomerRecord]:
    return customers(io.BytesIO(text.encode()), "customers.csv")


def customer(header: str, row: str) -> CustomerRecord:
    parsed = read_customers(f"{header}\n{row}\n")
    assert parsed.rejected == []
    return parsed.accepted[0][1]


def customer_reason(column: str, cell: str) -> str:
    parsed = read_customers(f'name,{column}\nAcme,"{cell}"\n')
    assert (parsed.rows, len(parsed.accepted)) == (1, 0)
    return parsed.rejected[0].reason


def test_a_full_customer_row_is_read() -> None:
    header = (
        "name,domain,timezone,country,subdivision,locale,service_model,account_manager,"
        "headcount,tenant_id,Ring"
    )
    row = (
        ' Acme GmbH ,"acme.example; ACME.test",Europe/Berlin,de,BY,de-DE,Break Fix,'
        "kim@msp.example,40,c0ffee,early"
    )

    assert customer(header, row) == CustomerRecord(
        name="Acme GmbH",
        domains=("acme.example", "acme.test"),
        timezone="Europe/Berlin",
        country="DE",
        subdivision="BY",
        locale="de-DE",
        service_model="break-fix",
        account_manager="kim@msp.example",
        headcount=40,
        tenant_id="c0ffee",
        tags={"Ring": "early"},
    )


def test_a_customer_needs_a_name_and_nothing_else() -> None:
    assert customer("name", "Acme") == CustomerRecord(name="Acme", service_model="managed")


def test_headers_match_without_case_spaces_and_hyphens() -> None:
    found = customer(" NAME ,Account Manager,Service-Model", "Acme,Kim,other")

    assert (found.account_manager, found.service_model, found.tags) == ("Kim", "other", {})


def test_a_misspelt_time_zone_is_answered_with_the_right_one() -> None:
    assert customer_reason("timezone", "Europe/Berln") == (
        '"Europe/Berln" is not a time zone. Did you mean Europe/Berlin?'
    )


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("pacific standard time", "America/Los_Angeles"),
        ("UTC", "UTC"),
    ],
)
def test_windows_names_and_any_case_are_understood_as_zones(written: str, zone: str) -> None:
    assert customer("name,timezone", f"Acme,{written}").timezone == zone


@pytest.mark.parametrize(
    ("cell", "words"),
    [("Germany", "Did you mean DE"), ("UK", "Did you mean GB"), ("XX", "Use a code such as DE")],
)
def test_a_country_is_two_letters_and_a_name_is_answered_with_them(cell: str, words: str) -> None:
    assert words in customer_reason("country", cell)


@pytest.mark.parametrize(
    ("country", "cell", "code"),
    [
        ("DE", "by", "BY"),
        ("DE", "DE-BY", "BY"),
        ("DE", "Baden-württemberg", "BW"),
        ("US", "California", "CA"),
        ("GB", "Scotland", "SCT"),
        ("SG", "Central", "Central"),  # no part of it has holidays of its own
    ],
)
def test_a_part_of_a_country_is_known_by_code_and_by_name(
    country: str, cell: str, code: str
) -> None:
    row = customer("name,country,subdivision", f"A,{country},{cell}")
    assert row.subdivision == code


@pytest.mark.parametrize(
    ("country", "cell", "words"),
    [
        ("DE", "Bayren", "Did you mean BY?"),
        ("US", "Californa", "Did you mean CA?"),
        ("DE", "Atlantis", "Use a code such as BB, or leave it empty."),
        ("GB", "BY", "leave it empty"),
    ],
)
def test_an_unknown_part_of_a_country_is_refused_with_its_line(
    country: str, cell: str, words: str
) -> None:
    found = read_customers(f"name,country,subdivision\nA,{country},{cell}\n")
    (refused,) = found.rejected
    assert refused.line == 2
    assert refused.reason.startswith(f'"{cell}" is no part of {country}')
    assert words in refused.reason


@pytest.mark.parametrize("cell", ["-1", "12.5", "many", "1e3", "99999999", "٣"])
def test_a_headcount_is_a_whole_number(cell: str) -> None:
    assert "whole number" in customer_reason("headcount", cell)


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("service_model", "magic", "Use managed, break-fix or other"),
        ("domain", "not a domain", "is not a domain"),
        ("locale", "klingon", "is not a language"),
        ("subdivision", "x" * 101, "at most 100"),
        ("tag", "x" * 501, "at most 500"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(column: str, cell: str, words: str) -> None:
    assert words in customer_reason(column, cell)


@pytest.mark.parametrize("name", ["A\tB", "A\x07B", "A\u202eB", "A\x9fB"])
def test_a_name_with_control_characters_is_refused(name: str) -> None:
    parsed = read_customers(f'name\n"{name}"\n')

    assert "control character" in parsed.rejected[0].reason


def test_a_name_of_two_hundred_characters_is_the_longest() -> None:
    assert customer("name", "x" * 200).name == "x" * 200
    assert "at most 200" in read_customers(f"name\n{'x' * 201}\n").rejected[0].reason


def test_names_that_differ_only_in_composition_are_one() -> None:
    parsed = read_customers("name\nCafe\u0301\nCaf\u00e9\n")

    assert [record.name for _, record in parsed.accepted] == ["Caf\u00e9"]


def test_the_same_customer_twice_names_the_first_line() -> None:
    parsed = read_customers("name\nAcme\nBeta\nACME \n")

    assert [line for line, _ in parsed.accepted] == [2, 3]
    assert (parsed.rejected[0].line, parsed.rejected[0].reason) == (
        4,
        '"ACME" is already on line 2. Keep one of them.',
    )


def test_a_row_that_was_refused_does_not_block_its_mended_twin() -> None:
    parsed = read_customers("name,timezone\nAcme,Nowhere\nAcme,Europe/Paris\n")

    assert [line for line, _ in parsed.accepted] == [3]


def test_a_file_with_a_header_only_says_that_it_has_no_rows() -> None:
    parsed = read_customers("name,domain\n")

    assert (parsed.rows, parsed.warnings) == (0, ("The file has no rows.",))


def test_many_different_misspellings_do_not_take_long() -> None:
    rows = "".join(f"Customer {n},Europe/Berln{n}\n" for n in range(5_000))
    start = time.perf_counter()

    parsed = read_customers(f"name,timezone\n{rows}")

    assert len(parsed.rejected) == 5_000
    assert time.perf_counter() - start < 20
