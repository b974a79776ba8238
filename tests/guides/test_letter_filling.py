"""A letter is compiled once and filled often; facts are facts, never instructions."""

import html
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guides import slots
from guides.errors import BadFact, BadGuide, MissingFact
from guides.frame import readable_on
from guides.letters import CompiledLetter, compile_letter, fill
from guides.library import load
from tests.guides.letter_kit import (
    FACTS,
    attributes,
    source,
    ssti_payloads,
    structure,
    xss_payloads,
)

COMPILED = [compile_letter(letter) for letter in load().letters()]
SMALL = compile_letter(source("Hello {{first_name}},\n\n{{customer}} by {{agreed_day}}."))
USUAL = {letter.name: structure(fill(letter, FACTS).html) for letter in [*COMPILED, SMALL]}

anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
markup = st.sampled_from(
    ["<b>", "</td>", "<!--", '"', "'", "&lt;", "{{vendor}}", "]]>", "<script>"]
)
hostile = st.lists(anything | markup, min_size=1, max_size=4).map("".join).filter(str.strip)
one_line = hostile.map(lambda text: " ".join(text.split())).filter(
    lambda text: text.isprintable() and "=?" not in text and bool(text)
)


def folded(text: str) -> str:
    """Without regard to where a long line was broken."""
    return " ".join(text.split())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_fact_can_change_the_structure_of_a_letter(data: st.DataObject) -> None:
    letter = data.draw(st.sampled_from(COMPILED))
    in_subject = slots.names(letter.subject)
    facts = {
        name: FACTS[name]
        if name.endswith("_link")
        else data.draw(one_line if name in in_subject else hostile)
        for name in letter.placeholders
    }
    filled = fill(letter, facts)
    assert structure(filled.html) == USUAL[letter.name]
    for name in slots.names(letter.text):
        assert folded(facts[name]) in folded(filled.text)
    for name in slots.names(letter.html):
        assert html.escape(facts[name]) in filled.html


def test_no_known_attack_in_a_name_becomes_live_html() -> None:
    for payload in filter(str.strip, xss_payloads()):
        filled = fill(SMALL, FACTS | {"first_name": payload, "agreed_day": payload})
        assert structure(filled.html) == USUAL["small"]
        assert folded(payload) in folded(filled.text)


def test_template_injection_in_a_fact_evaluates_to_nothing() -> None:
    for payload in ssti_payloads():
        filled = fill(SMALL, FACTS | {"first_name": payload})
        assert f"Hello {folded(payload)}, " in folded(filled.text)
        assert f"Hello {html.escape(payload)}," in filled.html


def test_a_fact_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    facts = FACTS | {"first_name": "{{customer}}", "customer": "{{first_name}}"}
    filled = fill(SMALL, facts)
    assert filled.subject == "For {{first_name}}"
    assert filled.text.startswith("Hello {{customer}},")


def test_every_missing_fact_is_named_at_once() -> None:
    facts = {name: value for name, value in FACTS.items() if name not in ("provider", "reference")}
    with pytest.raises(MissingFact) as refused:
        fill(SMALL, facts | {"first_name": " "})
    assert refused.value.names == ("first_name", "provider", "reference")
    assert (
        str(refused.value) == '"small" cannot be written without: first_name, provider, reference.'
    )


@pytest.mark.parametrize(
    "bad",
    ["a\rb", "a\nBcc: x@evil.example", "a\0b", "a\x85b", "a\u2028b", "=?utf-8?q?a=0D=0ABcc:_x?="],
)
def test_a_subject_stays_one_plain_line(bad: str) -> None:
    with pytest.raises(BadFact, match='Fact "customer": A subject'):
        fill(SMALL, FACTS | {"customer": bad})


def test_a_line_break_in_a_fact_outside_the_subject_is_allowed() -> None:
    assert "two\nlines" in fill(SMALL, FACTS | {"agreed_day": "two\nlines"}).text


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)",
        "//evil.example",
        "/c/token",
        "data:text/html,x",
        "ftp://a.example",
        "https://a.example/ b",
        'https://a.example/"x',
        "https://a.example/\n",
        " https://a.example",
    ],
)
def test_a_link_leads_to_the_web_or_the_letter_is_not_written(bad: str) -> None:
    with pytest.raises(BadFact, match='Fact "guide_link": A link must start with'):
        fill(SMALL, FACTS | {"guide_link": bad})


def test_a_link_with_a_query_arrives_whole() -> None:
    link = "http://localhost:8000/g/abc?a=1&b=2"
    filled = fill(SMALL, FACTS | {"guide_link": link})
    assert attributes(filled.html, "a", "href") == [link]
    assert f"Open your guide:\n{link}\n" in filled.text


def test_the_same_facts_give_the_same_bytes_also_after_storage() -> None:
    for letter in COMPILED:
        restored = CompiledLetter.from_dict(json.loads(json.dumps(letter.as_dict())))
        assert restored == letter
        assert fill(restored, FACTS) == fill(letter, FACTS)


def test_compiling_again_gives_the_same_letter() -> None:
    assert [compile_letter(letter) for letter in load().letters()] == COMPILED


def test_the_version_follows_source_and_frame() -> None:
    first = compile_letter(source())
    assert first.version == compile_letter(source()).version
    assert first.version != compile_letter(source(version="2")).version
    assert first.version != compile_letter(source(), colour="#0b6e4f").version


@pytest.mark.parametrize("stored", [{}, {"placeholders": None}, {"placeholders": [], "extra": "x"}])
def test_a_stored_letter_that_is_not_complete_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(BadGuide, match="not complete"):
        CompiledLetter.from_dict(stored)


def test_a_stored_letter_that_holds_no_text_is_refused() -> None:
    with pytest.raises(BadGuide, match="not text"):
        CompiledLetter.from_dict(SMALL.as_dict() | {"html": 7})


def test_the_frame_adds_its_own_facts_to_those_of_the_letter() -> None:
    assert set(SMALL.placeholders) == {
        *("first_name", "customer", "agreed_day", "guide_link"),
        *("provider", "sender_name", "sender_phone", "reference"),
    }


def test_a_letter_with_a_picture_is_refused_with_its_file() -> None:
    with pytest.raises(BadGuide, match=r"letters/small.en.md: Letters hold no pictures"):
        compile_letter(source("![a](/static/guides/scan-code.svg) {{first_name}}"))


def test_a_placeholder_that_markdown_would_lose_is_refused() -> None:
    with pytest.raises(BadGuide, match="guide_code are lost in HTML"):
        compile_letter(source("[a](https://a.example/{{guide_code}}\\ x 'y') [b]: z", name="small"))


@pytest.mark.parametrize(
    ("colour", "words"), [("#1f5f8b", "#ffffff"), ("#ffdd00", "#000000"), ("#777777", "#000000")]
)
def test_the_words_on_the_button_can_be_read(colour: str, words: str) -> None:
    assert readable_on(colour) == words
    page = compile_letter(source(), colour=colour).html
    assert f'bgcolor="{colour}"' in page
    assert f"color: {words}" in page


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#123456;}body{display:none"])
def test_a_colour_that_is_none_is_refused(colour: str) -> None:
    with pytest.raises(BadGuide, match=r'field "colour".* is not a colour like #1f5f8b'):
        compile_letter(source(), colour=colour)


def test_a_paragraph_that_grew_is_broken_anew_and_nothing_else_is() -> None:
    body = (
        "Hello {{first_name}},\n\n{{agreed_date}} is the day for {{change_title}} at {{customer}}. "
        "This is how it stands: {{people_summary}}.\n\n- one {{effect}}\n- two\n\nBye"
    )
    text = fill(compile_letter(source(body)), FACTS).text
    told, listed = text.split("\n\n")[1:3]
    assert " ".join(told.split()).endswith("3 unknown, 1 excepted.")
    assert all(40 < len(line) <= 78 for line in told.split("\n")[:-1]), told
    assert listed.count("\n- ") == 1


def test_no_shipped_letter_has_ragged_lines_once_it_is_filled() -> None:
    for compiled in COMPILED:
        for paragraph in fill(compiled, FACTS).text.split("\n\n"):
            lines = paragraph.split("\n")
            flows = not any(line[:1] in "-= " or "://" in line for line in lines)
            assert not flows or all(len(line) <= 78 for line in lines), paragraph
