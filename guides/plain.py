"""Safe HTML to plain text, for the part of a letter that is read without HTML."""

import re
import textwrap
from functools import lru_cache
from html.parser import HTMLParser

from guides.slots import SLOT

WIDTH = 72
_NARROWEST = 24
_LONGEST = 78  # a line that grew beyond this when it was filled is broken anew
_USUAL_VALUE = 20
_FILLER = "\0"
_NOT_FLOWING = re.compile(r"\s|[-*=>|]|\d+[.)] |.*://")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_UNDERLINE = {"h1": "=", "h2": "-", "h3": "", "h4": ""}
_BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "pre",
    "li",
    "tr",
    "blockquote",
    "ul",
    "ol",
    "table",
}


def html_to_text(source: str) -> str:
    """Turn HTML made by `to_html` into text wrapped at 72, ending in one line break."""
    writer = _Writer()
    writer.feed(source)
    writer.close()
    return writer.finish()


def wrap(paragraph: str, *, first: str = "", later: str = "") -> str:
    """Wrap each line of the paragraph at 72; long words such as addresses stay whole.

    An open slot counts as wide as a usual value, so that lines stay even once it is filled.
    """
    width = max(WIDTH, len(later) + _NARROWEST)
    lines: list[str] = []
    for line in paragraph.split("\n"):
        start = later if lines else first
        lines += textwrap.wrap(
            SLOT.sub(lambda slot: slot.group().ljust(_USUAL_VALUE, _FILLER), line.strip()),
            width,
            initial_indent=start,
            subsequent_indent=later,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines).replace(_FILLER, "")


def even(text: str) -> str:
    """Break anew what grew too long when slots were filled; lists and addresses stay as they are.

    From the first line that is too long the paragraph flows on; the lines before it stay.
    """
    if all(len(line) <= _LONGEST for line in text.split("\n")):
        return text
    return "\n\n".join(_evened(paragraph) for paragraph in text.split("\n\n"))


# Most paragraphs say the same to everybody at a customer.
@lru_cache(maxsize=2048)
def _evened(paragraph: str) -> str:
    lines = paragraph.split("\n")
    long = next((n for n, line in enumerate(lines) if len(line) > _LONGEST), None)
    if long is None or any(_NOT_FLOWING.match(line) for line in lines[long:]):
        return paragraph
    # Not `wrap`: what stands in the slots now is facts, in which nothing is a slot.
    flowing = textwrap.wrap(
        " ".join(lines[long:]), WIDTH, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join([*lines[:long], *flowing])


class _Writer(HTMLParser):
    """Writes one paragraph at each end of a block; `_indents` holds the open lists and quotes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[str] = []
        self._text = ""
        self._last = ""
        self._indents: list[str] = []
        self._marker = ""
        self._counters: list[int | None] = []
        self._links: list[tuple[str, int]] = []
        self._verbatim = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self._flush()
        if tag in ("ul", "ol"):
            self._counters.append(_first_number(values) if tag == "ol" else None)
        elif tag == "li":
            self._open_item()
        elif tag == "blockquote":
            self._indents.append("> ")
        elif tag == "a":
            self._links.append((values.get("href", ""), len(self._text)))
        else:
            self._start_inline(tag, values)

    def _start_inline(self, tag: str, values: dict[str, str]) -> None:
        if tag == "br":
            self._text += "\n"
        elif tag == "img" and values.get("alt"):
            self._text += f"[Picture: {values['alt']}]"
        elif tag == "hr":
            self._flush()
            self._done.append("-" * 24)
        elif tag == "pre":
            self._verbatim = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._close_link()
        elif tag in ("td", "th"):
            self._text += " | "
        elif tag in _UNDERLINE:
            self._flush(underline=_UNDERLINE[tag])
        elif tag in _BLOCKS:
            self._flush(kind="row" if tag == "tr" else "")
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        if tag in ("li", "blockquote") and self._indents:
            self._indents.pop()
            self._marker = ""
        elif tag in ("ul", "ol") and self._counters:
            self._counters.pop()
        if tag == "table" or (tag in ("ul", "ol") and not self._counters):
            self._last = ""

    def _open_item(self) -> None:
        number = self._counters[-1] if self._counters else None
        if number is not None:
            self._counters[-1] = number + 1
        self._marker = "- " if number is None else f"{number}. "
        self._indents.append(" " * len(self._marker))

    def _close_link(self) -> None:
        """Put an address on its own line, unless the words say it already."""
        address, start = self._links.pop()
        words = self._text[start:].strip()
        bare = address.removeprefix("mailto:").removeprefix("tel:")
        if not address or bare == words:
            return
        self._text += f":\n{address}\n" if address.startswith("https:") else f" ({bare})"

    def handle_data(self, data: str) -> None:
        if self._verbatim:
            self._text += data
            return
        words = _BLANKS.sub(" ", data)
        self._text += words.lstrip() if self._text.endswith(("\n", " ")) else words

    def _flush(self, *, kind: str = "", underline: str = "") -> None:
        text, self._text = self._text.strip("\n" if self._verbatim else " |\n"), ""
        if not text.strip():
            return
        later = "".join(self._indents)
        first = later[: len(later) - len(self._marker)] + self._marker if self._marker else later
        written = (
            textwrap.indent(text, later + "    ")
            if self._verbatim
            else wrap(text, first=first, later=later)
        )
        if underline:
            written += "\n" + underline * min(len(text), WIDTH)
        self._add(written, "item" if self._marker else kind)
        self._marker, self._verbatim = "", False

    def _add(self, written: str, kind: str) -> None:
        """Items of a list and rows of a table stand close, everything else a blank line apart."""
        if kind and kind == self._last:
            self._done[-1] += "\n" + written
        else:
            self._done.append(written)
        self._last = kind

    def finish(self) -> str:
        """Everything written so far."""
        self._flush()
        return "\n\n".join(self._done) + "\n"


def _first_number(values: dict[str, str]) -> int:
    start = values.get("start", "1")
    return int(start) if start.isdecimal() and len(start) < 5 else 1
