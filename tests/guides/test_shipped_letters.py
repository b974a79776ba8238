"""Every letter we ship, read as the person who gets it."""

import re

import pytest

from guides.letters import Letter, compile_letter, fill
from guides.library import load
from guides.sources import LetterSource
from tests.guides.letter_kit import FACTS, attributes, structure

LETTERS = load().letters()
COMPILED = {letter.name: compile_letter(letter) for letter in LETTERS}
FILLED = {name: fill(compiled, FACTS) for name, compiled in COMPILED.items()}
EACH = pytest.mark.parametrize("source", LETTERS, ids=lambda letter: letter.name)

BEFORE_A_DATE = {"invitation", "invitation-reminder", "invitation-second-reminder", "date-proposal"}
BEFORE_A_DATE |= {"proposal-reminder", "put-down", "support-budget", "support-order"}
NEEDS_A_DATE = {"agreed_date", "agreed_day", "agreed_in", "change_until", "chosen_by", "old_date"}
SIGN_IN = re.compile(
    r"aka\.ms|microsoftonline|login\.|accounts\.google|myaccount|mysignins", re.IGNORECASE
)


def letter(source: LetterSource) -> Letter:
    return FILLED[source.name]


@EACH
def test_it_is_short(source: LetterSource) -> None:
    limit = 320 if source.name == "invitation" else 180
    assert len(letter(source).text.split()) < limit


@EACH
def test_it_comes_from_a_person_with_a_phone_number(source: LetterSource) -> None:
    assert letter(source).text.startswith("Hello Kim,\n\n")
    assert "Dana Reyes\nBrightpath IT, phone 555-0134" in letter(source).text


@EACH
def test_it_says_how_to_check_that_it_is_genuine(source: LetterSource) -> None:
    sentence = (
        "How to check that this letter is genuine: call the number you already have for "
        "Brightpath IT and quote RO-17."
    )
    assert sentence in " ".join(letter(source).text.split())
    assert sentence in letter(source).html


@EACH
def test_its_subject_is_one_filled_line_with_the_day(source: LetterSource) -> None:
    subject = letter(source).subject
    assert "{" not in subject
    assert len(subject) <= 110
    assert re.search(r"\d|day", subject)


@EACH
def test_it_holds_no_sign_in_link_and_at_most_one_button(source: LetterSource) -> None:
    assert not SIGN_IN.search(letter(source).text + letter(source).html)
    links = attributes(letter(source).html, "a", "href")
    assert links == ([FACTS[source.button_link]] if source.button_link else [])


@EACH
def test_only_those_who_decide_get_the_link_to_decide(source: LetterSource) -> None:
    readers = set(source.audience.split(", "))
    if "customer_link" in source.placeholders:
        assert readers <= {"decision_maker", "site_contact"}
    if "guide_link" in source.placeholders:
        assert not readers & {"decision_maker", "site_contact"}


@EACH
def test_before_a_date_is_agreed_it_speaks_of_none(source: LetterSource) -> None:
    if source.name in BEFORE_A_DATE:
        assert not NEEDS_A_DATE & set(source.placeholders)


@EACH
def test_its_words_are_plain_and_calm(source: LetterSource) -> None:
    words = letter(source).subject + letter(source).text
    assert "!" not in words
    jargon = r"\b(please note|MFA|2FA|OTP|authentication|multi-factor|tenant|deploy|policy|asap)\b"
    assert not re.search(jargon, words, re.IGNORECASE)


@EACH
def test_its_plain_part_reads_like_the_html(source: LetterSource) -> None:
    text = letter(source).text
    assert not re.search(r"\*\*|\]\(|<[a-z]|&[a-z]+;|\{\{|\n\n\n", text)
    spoken = re.sub(
        r"<(style|title)>.*?</\1>|<!--.*?-->|<[^>]+>", " ", letter(source).html, flags=re.DOTALL
    )
    for word in re.findall(r"[A-Za-z]{4,}", text.replace(FACTS["customer_link"], "")):
        assert word in spoken or word in str(source.button_link) or word in FACTS["guide_link"]


@EACH
def test_every_slot_can_be_filled_from_the_vocabulary(source: LetterSource) -> None:
    assert set(COMPILED[source.name].placeholders) <= set(FACTS)
    assert set(source.placeholders) <= set(COMPILED[source.name].placeholders)


@EACH
def test_its_html_is_small_dark_too_and_asks_for_nothing_from_outside(source: LetterSource) -> None:
    page = letter(source).html
    assert len(page.encode()) < 20_000
    assert "prefers-color-scheme: dark" in page
    tags = {tag for tag, _ in structure(page)}
    assert not tags & {"img", "link", "script", "iframe", "form", "svg"}
    assert not re.search(r"url\(|@import|@font-face", page)
    assert max(len(line.encode()) for line in letter(source).text.splitlines()) < 998


@EACH
def test_its_preheader_goes_on_where_the_subject_ends(source: LetterSource) -> None:
    found = re.search(r'<div class="preheader"[^>]*>([^<]+)</div>', letter(source).html)
    assert found
    assert not found[1].startswith("Hello")
