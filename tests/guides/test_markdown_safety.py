"""What Markdown may become: known tags, safe addresses, in bounded time."""

import contextlib
import re
import time

import pytest

from guides.errors import BadGuide
from guides.markdown import to_html, to_text
from tests.guides.letter_kit import attributes, structure, xss_payloads

TAGS = {
    "html",
    "head",
    "body",
    "p",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "strong",
    "em",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "img",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
ATTRIBUTES = {"href", "title", "rel", "src", "alt", "start"}


def refuse_live(payload: str) -> None:
    html = to_html(payload)
    for tag, names in structure(html):
        assert tag in TAGS, payload
        assert set(names) <= ATTRIBUTES, payload
    for address in attributes(html, "a", "href"):
        assert re.match(r"(?i)(https://|mailto:|tel:)", address), payload
    for address in attributes(html, "img", "src"):
        assert re.fullmatch(r"/static/guides/[a-z0-9-]+\.(svg|png)", address), payload


def test_no_known_attack_survives_as_live_html() -> None:
    for payload in xss_payloads():
        refuse_live(payload)


def test_raw_html_is_shown_as_the_text_it_is() -> None:
    assert to_html("a <b>bold</b> claim") == "<p>a &lt;b&gt;bold&lt;/b&gt; claim</p>"


def test_links_to_https_mail_and_telephone_stay() -> None:
    source = "[a](https://a.example/) [b](mailto:b@b.example) [c](tel:5550134)"
    assert len(attributes(to_html(source), "a", "href")) == 3


def test_pictures_of_our_own_stay_and_others_vanish() -> None:
    html = to_html("![own](/static/guides/scan-code.svg) ![theirs](https://evil.example/a.png)")
    assert attributes(html, "img", "alt") == ["own"]


def test_a_picture_may_have_any_sign_in_its_description() -> None:
    html = to_html("![a > b](/static/guides/scan-code.svg)")
    assert attributes(html, "img", "src") == ["/static/guides/scan-code.svg"]


def test_placeholders_pass_through_untouched() -> None:
    text = "{{people_not_ready}} and *{{first_name}}* and {{a_b}}_{{c_d}}"
    for name in ("people_not_ready", "first_name", "a_b", "c_d"):
        assert "{{" + name + "}}" in to_html(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 1_000_000,
        "[" * 15_000 + "]" * 15_000,
        "![" * 15_000,
        "[a](" * 7_500,
        ">" * 30_000,
        "> " * 15_000,
        "a\n==\n" * 6_000,
        "*a **b _c " * 3_000,
        "`" * 30_000,
        "\n".join(" " * (4 * depth) + "- a" for depth in range(110)),
        "|a" * 15_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_hostile_text_is_rendered_or_refused_within_a_second(hostile: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(BadGuide):
        to_html(hostile)
    assert time.perf_counter() - start < 1


def test_a_text_that_is_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(BadGuide, match=r"30,001 characters; the longest allowed is 30,000"):
        to_html("a" * 30_001)


def test_the_plain_part_keeps_headings_numbers_and_addresses() -> None:
    source = """# Title

Some words that are long enough to need more than one line of seventy-two letters, surely.

1. First

    ![A phone](/static/guides/scan-code.svg)

2. Second, see [the page](https://a.example/b) for more
    - inside

- apart
- from the numbers

| It asks for | Why |
|---|---|
| Camera | to see |

> said **somebody**
"""
    assert (
        to_text(source)
        == """Title
=====

Some words that are long enough to need more than one line of
seventy-two letters, surely.

1. First

   [Picture: A phone]

2. Second, see the page:
   https://a.example/b
   for more
   - inside

- apart
- from the numbers

It asks for | Why
Camera | to see

> said somebody
"""
    )


def test_an_address_alone_on_its_line_is_never_broken() -> None:
    address = "https://a.example/" + "x" * 90
    assert f"\n{address}\n" in to_text(f"Open [the page]({address})")


def test_a_mail_address_is_not_written_twice() -> None:
    assert to_text("[kim@a.example](mailto:kim@a.example)") == "kim@a.example\n"
    assert to_text("[write](mailto:kim@a.example)") == "write (kim@a.example)\n"
