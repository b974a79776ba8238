"""Markdown to HTML that is safe to show, and to plain text that is good to read.

Raw HTML is off, so a tag in the source is text; nh3 then lets only known tags, attributes and
addresses through. Sources are bounded before they are parsed, because the parser's time grows
with the square (brackets: the cube) of hostile input.
"""

import re

import markdown
import nh3

from guides.errors import BadGuide
from guides.plain import html_to_text

LONGEST_SOURCE = 30_000
"""Characters. The longest guide we ship has about 8,000."""
_MOST_LINES = 1_000
_BRACKET_WORK = 500_000
"""Brackets times length, summed over paragraphs: the parser looks ahead from each bracket."""
_DEEPEST_QUOTE = 20

_EXTENSIONS = ["tables", "sane_lists", "pymdownx.betterem", "pymdownx.saneheaders"]
_BLOCKS = {"p", "br", "hr", "h1", "h2", "h3", "h4", "pre", "blockquote", "ul", "ol", "li"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _BLOCKS | _TABLES | {"strong", "em", "code", "a", "img"}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_LINK = re.compile(r"(?:https://|mailto:|tel:)[^\s\x00-\x20]+\Z", re.IGNORECASE)
_OWN_PICTURE = re.compile(r"/static/guides/[a-z0-9][a-z0-9-]*\.(?:svg|png)\Z")
_PICTURE_OF_NOTHING = re.compile(r'<img(?!(?:[^>"]|"[^"]*")*\ssrc=")(?:[^>"]|"[^"]*")*>')
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def to_html(source: str) -> str:
    """Render Markdown as safe HTML, one block a line.

    Links lead only to https, mailto and tel; pictures only to `/static/guides/NAME.svg|png`.
    Raises BadGuide for sources that are too long or too nested.
    """
    _refuse_unbounded(source)
    # A Markdown object keeps state between conversions and is not safe to share among threads.
    parser = markdown.Markdown(extensions=_EXTENSIONS, output_format="html")
    parser.preprocessors.deregister("html_block")
    parser.inlinePatterns.deregister("html")
    try:
        rendered = parser.convert(source)
    except RecursionError:
        raise BadGuide("Lists and quotes are nested too deeply; use two levels at most.") from None
    safe = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_own_addresses_only,
        url_schemes={"https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return _PICTURE_OF_NOTHING.sub("", safe)


def to_text(source: str) -> str:
    """Render Markdown as plain text wrapped at 72, from the same safe HTML as the reader sees.

    Headings are underlined, lists numbered, and an address stands alone on its own line.
    """
    return html_to_text(to_html(source))


def _own_addresses_only(_tag: str, attribute: str, value: str) -> str | None:
    """Drop an address that leads anywhere but where letters and guides may lead."""
    if attribute == "href":
        return value if _LINK.match(value) else None
    if attribute == "src":
        return value if _OWN_PICTURE.match(value) else None
    return value


def _refuse_unbounded(source: str) -> None:
    if len(source) > LONGEST_SOURCE:
        raise BadGuide(
            f"The text has {len(source):,} characters; the longest allowed is {LONGEST_SOURCE:,}. "
            "Split it into two guides."
        )
    lines = source.splitlines()
    if len(lines) > _MOST_LINES:
        raise BadGuide(f"The text has {len(lines):,} lines; the most allowed is {_MOST_LINES:,}.")
    work = sum(len(part) * part.count("[") for part in _BLANK_LINE.split(source))
    if work > _BRACKET_WORK:
        raise BadGuide('There are too many "[" in one paragraph. Write \\[ for a plain bracket.')
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith(">" * _DEEPEST_QUOTE) or line.count("> ") > _DEEPEST_QUOTE:
            raise BadGuide(f"Line {number}: quotes are nested too deeply; use two levels at most.")
