"""Every guide we ship, read as somebody who does it for the first time."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from guides.errors import MissingFact
from guides.library import load
from guides.pages import GuidePage, show_guide
from guides.sources import Guide
from tests.guides.letter_kit import FACTS, XSS, attributes, structure

ALLOWED = {"provider", "sender_name", "sender_phone", "sender_email", "vendor", "agreed_day"}
ALLOWED |= {"customer"}
PICTURES = Path(__file__).resolve().parents[2] / "rollout" / "static" / "guides"
GUIDES = load().guides()
PAGES = {guide.name: show_guide(guide, FACTS) for guide in GUIDES}
EACH = pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
EACH_PICTURE = pytest.mark.parametrize(
    "picture", sorted(PICTURES.glob("*.svg")), ids=lambda picture: picture.stem
)


def page(guide: Guide) -> GuidePage:
    return PAGES[guide.name]


@EACH
def test_it_starts_from_what_the_reader_knows(guide: Guide) -> None:
    assert page(guide).text.startswith("You know ")


@EACH
def test_it_says_who_to_call(guide: Guide) -> None:
    assert page(guide).text.count("Dana Reyes at Brightpath IT, 555-0134") == 1


@EACH
def test_it_uses_only_the_facts_a_guide_may_use(guide: Guide) -> None:
    assert set(guide.placeholders) <= ALLOWED


@EACH
def test_addresses_are_typed_and_never_links(guide: Guide) -> None:
    assert attributes(page(guide).html, "a", "href") == []


@EACH
def test_each_picture_is_there_and_described(guide: Guide) -> None:
    written = re.findall(r"!\[", guide.body)
    shown = attributes(page(guide).html, "img", "src")
    assert len(shown) == len(written) > 0
    assert all((PICTURES / address.rpartition("/")[2]).is_file() for address in shown)
    assert all(len(alt) > 10 for alt in attributes(page(guide).html, "img", "alt"))


@EACH
def test_its_steps_are_numbered_through_in_both_parts(guide: Guide) -> None:
    written = [int(number) for number in re.findall(r"^(\d+)\. ", guide.body, re.MULTILINE)]
    shown = [int(number) for number in re.findall(r"^(\d+)\. ", page(guide).text, re.MULTILINE)]
    assert shown == written
    assert "start" not in str(structure(page(guide).html))


@EACH
def test_its_words_are_plain_and_calm(guide: Guide) -> None:
    assert "!" not in page(guide).text
    jargon = r"\b(please note|MFA|2FA|OTP|TOTP|FIDO2?|tenant|multi-factor|simply|just)\b"
    assert not re.search(jargon, page(guide).text, re.IGNORECASE)


def test_a_guide_without_a_number_to_call_is_not_shown() -> None:
    facts = {name: value for name, value in FACTS.items() if name != "sender_phone"}
    with pytest.raises(MissingFact, match='"locked-out" cannot be written without: sender_phone'):
        show_guide(load().guide("locked-out"), facts)


def test_no_fact_can_change_the_structure_of_a_guide() -> None:
    guide = load().guide("locked-out")
    for payload in XSS:
        attacked = show_guide(guide, FACTS | {"provider": payload})
        assert structure(attacked.html) == structure(page(guide).html)


@EACH_PICTURE
def test_a_picture_is_well_formed_still_and_stands_for_itself(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.get("viewBox", "").startswith("0 0 320 ")
    assert root.findtext("{http://www.w3.org/2000/svg}title")
    assert not re.search(
        r"<script|<style|href|on[a-z]+=|url\(|<animate|<image|<foreignObject", text
    )
    assert 'fill="#ffffff"' in text


@EACH_PICTURE
def test_a_picture_can_be_read_on_a_small_phone(picture: Path) -> None:
    sizes = re.findall(r'font-size="(\d+)"', picture.read_text(encoding="utf-8"))
    assert all(int(size) >= 13 for size in sizes)


@EACH_PICTURE
def test_every_picture_is_used_by_a_guide(picture: Path) -> None:
    assert any(f"/static/guides/{picture.name}" in guide.body for guide in GUIDES)
