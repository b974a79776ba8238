"""A mail address is accepted as people have them, and refused with the reason."""

import json

import pytest

from rollout.parse.address import address, domain
from rollout.parse.cells import CellError
from tests.shared import shared


def is_accepted(text: str) -> bool:
    try:
        address(text)
    except CellError:
        return False
    return True


VALID = [
    "email@domain.com",
    "firstname.o'lastname@domain.com",
    "firstname+lastname@domain.com",
    "_______@domain.com",
    "email@domain.co.jp",
    "info@german-financial-services.vermögensberatung",
    "japanese-info@例え.テスト",
    "email@double--hyphen.com",
]
INVALID = {
    "": "@ is missing",
    "plainaddress": "@ is missing",
    "two@at@signs.example": "more than one @",
    "a@x.example, b@x.example": "several addresses",
    "a@x.example;b@x.example": "several addresses",
    "spaces in@x.example": "space or a line break",
    "a@x.example\r\nBcc: b@x.example": "space or a line break",
    "a@x.example\nBcc:": "space or a line break",
    "@x.example": "nothing stands before",
    "a@": "nothing stands after",
    ".a@x.example": "dot before",
    "a.@x.example": "dot before",
    "a..b@x.example": "dot before",
    "a@.x.example": "is not a domain",
    "a@x.example.": "is not a domain",
    "a@x..example": "is not a domain",
    "a@localhost": "is not a domain",
    "a@127.0.0.1": "is not a domain",
    "a@[127.0.0.1]": "is not a domain",
    "a@x_y.example": "is not a domain",
    '"a"@x.example': "a quote cannot stand",
    "jörg@x.example": "cannot stand before",
    "Ada <ada@x.example>": "space or a line break",
    "a\0@x.example": "cannot stand before",
    "a" * 65 + "@x.example": "more than 64",
    "a@" + "x." * 200 + "example": "longer than 254",
}


@pytest.mark.parametrize("text", VALID)
def test_a_usual_address_is_accepted(text: str) -> None:
    assert address(text) == text


@pytest.mark.parametrize(("text", "reason"), INVALID.items())
def test_a_bad_address_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        address(text)


def test_an_address_is_stored_in_the_form_in_which_it_is_compared() -> None:
    assert address("Ada.Example@CUSTOMER.Example") == "ada.example@customer.example"


def test_a_domain_may_come_with_an_at_sign() -> None:
    assert domain("@Customer.Example") == "customer.example"


def test_the_notify_corpus_is_judged_as_its_labels_say() -> None:
    path = shared("corpora", "email_address", "notify", "cases.json")
    cases = json.loads(path.read_text("utf-8")) if path else {}

    wrong = [text for text in cases.get("valid_email_addresses", []) if not is_accepted(text)]
    wrong += [text for text in cases.get("invalid_email_addresses", []) if is_accepted(text)]

    assert wrong == []


def test_the_isemail_corpus_has_no_error_accepted_and_only_four_oddities_refused() -> None:
    path = shared("corpora", "email_address", "isemail", "cases.json")
    cases = json.loads(path.read_text("utf-8")) if path else []
    good = {"ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN"}

    accepted = [c["address"] for c in cases if c["category"] not in good]
    refused = [c["address"] for c in cases if c["category"] in good]

    assert [text for text in accepted if is_accepted(text)] == []
    odd = [text for text in refused if not is_accepted(text)]
    # no dot, a last label of one letter (twice) or with a hyphen
    assert all(text in {"test@io", "test@iana.a", "test@iana.co-uk"} or text.endswith(".v")
               for text in odd)  # fmt: skip
