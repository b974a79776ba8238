"""Vendors' HTML as plain text: paragraphs, lists and links, and nothing that can run."""

import re
from html.parser import HTMLParser

import nh3

MAX_HTML = 100_000  # characters; vendors' messages have a tenth of it
BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "div", "dl", "dt", "dd", "figure", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "ol", "p", "pre", "section", "table", "tbody",
    "thead", "tr", "ul"
})  # fmt: skip
TAGS = {*BLOCKS, "a", "li", "td", "th"}
BLANK = re.compile(r"[ \t\r\f\v\u00a0]+")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
ON_HOLD = re.compile(
    r"\b(?:put|placed|puts?|putting|are|is|remains?|stays?|currently)\s+on\s+hold\b", re.IGNORECASE
)
PLANS = re.compile(
    r"\b(?:removal|retirement|deprecation|rollout|roll-out|change|deployment|release|enforcement|"
    r"requirement|update|migration|timeline|plans?|this|it|we|we've)\b",
    re.IGNORECASE,
)
TELEPHONY = re.compile(r"\b(?:call|caller|callers|calls|queues?|phone|music)\b", re.IGNORECASE)
NEGATED = re.compile(r"\b(?:no longer|not|never)\b", re.IGNORECASE)


class _Extractor(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self.parts.append("\n- ")
        elif tag in BLOCKS:
            self.parts.append("\n" if tag in ("br", "tr") else "\n\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._close_link(*self._links.pop())
        elif tag in BLOCKS and tag != "tr":
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", " "))

    def _close_link(self, href: str, start: int) -> None:
        href = href.strip()
        label = "".join(self.parts[start:]).strip()
        if re.match(r"https?://[^\s()]+$", href, re.IGNORECASE) and label and href != label:
            self.parts.append(f" ({href})")


def plain_text(html: str) -> str:
    """The readable text of an HTML fragment, blank lines between paragraphs."""
    # html.parser takes minutes over some broken markup; nh3 mends any in linear time
    mended = nh3.clean(html[:MAX_HTML], tags=TAGS, attributes={"a": {"href"}}, link_rel=None)
    extractor = _Extractor()
    extractor.feed(mended)
    extractor.close()
    return tidied("".join(extractor.parts))


def tidied(text: str) -> str:
    """Text with single spaces, no control characters and at most one blank line in a row."""
    lines = [BLANK.sub(" ", line).strip() for line in text.split("\n")]
    clean = CONTROL.sub("", "\n".join(lines))
    joined = re.sub(r"(?m)^-\n+(?=[^-\n])", "- ", clean)
    kept = re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)^-$\n?", "", joined))
    return re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", kept).strip()


def on_hold_sentence(text: str) -> str | None:
    """The sentence by which a vendor puts a change on hold, or None.

    A caller who is put on hold, or a hold that is over, is not meant.
    """
    for line in text.split("\n"):
        for sentence in re.split(r"(?<=[.!?])\s+", line):
            if not ON_HOLD.search(sentence) or not PLANS.search(sentence):
                continue
            if not TELEPHONY.search(sentence) and not NEGATED.search(sentence):
                return sentence.strip().removeprefix("- ")
    return None
