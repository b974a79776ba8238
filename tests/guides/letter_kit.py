"""Facts that read like a real customer, and the eyes with which the tests look at HTML."""

import json
import re
from collections.abc import Iterator

import html5lib  # type: ignore[import-untyped]  # ships no types

from guides.sources import LetterSource
from tests.shared import shared

FACTS = {
    "first_name": "Kim",
    "person_name": "Kim Lee",
    "customer": "Northwind Dental",
    "people_total": "24",
    "people_ready": "18",
    "people_not_ready": "2",
    "people_summary": "18 of 24 ready, 3 unknown, 1 excepted",
    "headcount_minutes": "about 5 minutes each",
    "vendor": "Microsoft",
    "change_title": "A second step when signing in",
    "change_summary": "From February, Microsoft asks everyone for a second step when signing in "
    "to its services. It protects accounts whose password has been stolen.",
    "vendor_date": "Tuesday 9 February 2027",
    "effect": "Microsoft switches it on by itself, and people who are not ready are stopped at "
    "their next sign-in.",
    "agreed_date": "Tuesday 8 December 2026, 18:00 Berlin time",
    "agreed_day": "Tue 8 December",
    "agreed_in": "in 9 days",
    "change_until": "Friday 4 December 2026",
    "chosen_by": "Kim Lee, owner",
    "first_date": "Tuesday 8 December 2026",
    "last_date": "Thursday 21 January 2027",
    "dates_open": "14",
    "proposed_date": "Wednesday 9 December 2026, 12:30 Berlin time",
    "undo_until": "Saturday 28 November 2026, 09:14 Berlin time",
    "opt_out_until": "Friday 27 November 2026",
    "old_date": "Thursday 3 December 2026, 18:00 Berlin time",
    "customer_link": "https://rollout.example/c/3kq7v9x2m4n8p6r5t1w0y2z4",
    "guide_link": "https://rollout.example/g/8m2n4p6q8r1s3t5v7w9x0y2z",
    "provider": "Brightpath IT",
    "sender_name": "Dana Reyes",
    "sender_phone": "555-0134",
    "sender_email": "dana@brightpath.example",
    "reference": "RO-17",
}
LETTERS = {
    "invitation",
    "invitation-reminder",
    "invitation-second-reminder",
    "date-proposal",
    "proposal-reminder",
    "put-down",
    "chosen-for-you",
    "confirmation",
    "new-invitation",
    "vendor-moved-date-stands",
    "date-moved",
    "date-moved-people",
    "date-withdrawn-people",
    "date-withdrawn",
    "user-list",
    "announcement",
    "manager-brief",
    "get-ready",
    "deadline",
    "go-no-go",
    "tomorrow",
    "today",
    "report-to-owner",
    "thanks",
    "admin-announcement",
    "admin-get-ready",
    "swap-announcement",
    "swap-week",
    "swap-tomorrow",
    "swap-today",
    "swap-after",
    "retirement-inventory",
    "retirement-test",
    "retirement-report",
    "support-budget",
    "support-order",
    "support-dates",
    "support-week",
    "support-tomorrow",
    "support-today",
}
GUIDES = {
    "authenticator-android",
    "authenticator-iphone",
    "locked-out",
    "new-phone",
    "no-smartphone",
    "what-the-app-sees",
}

XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "<a href='javascript:alert(1)'>a</a>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[a](vbscript:x)",
    "[a](//evil.example/)",
    "![a](https://evil.example/pixel.png)",
    "![a](/static/guides/../../c/token)",
    '![a" onerror="alert(1)](/static/guides/x.svg)',
    '[a](https://x.example/ "t\\" onclick=\\"alert(1)")',
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    "<!--><script>alert(1)</script>-->",
    "<style>body{background:url(//evil.example)}</style>",
    "<iframe src=https://evil.example></iframe>",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "</title></textarea><script>alert(1)</script>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "| <script>alert(1)</script> |\n|---|\n| [a](javascript:alert(1)) |",
]
SSTI = [
    "{{7*7}}",
    "{{ 7*7 }}",
    "{{reference}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "[[7*7]]",
    "{% for x in range(10**9) %}x{% endfor %}",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{{config.items()}}",
    "{0.__class__}",
    "%(name)s",
    "\\1\\g<0>",
]


def xss_payloads() -> list[str]:
    """The essential cases, and the corpora where they are present."""
    return XSS + list(_owasp()) + list(_bleach()) + list(_markdown_it())


def ssti_payloads() -> list[str]:
    """The essential cases, and the corpus where it is present."""
    found = shared("corpora", "ssti", "payloads.json")
    groups = json.loads(found.read_text(encoding="utf-8")) if found else {}
    return SSTI + [text for group in groups.values() for text in group]


def _owasp() -> Iterator[str]:
    found = shared("corpora", "xss", "owasp_filter_evasion", "payloads.json")
    if found:
        yield from json.loads(found.read_text(encoding="utf-8"))


def _bleach() -> Iterator[str]:
    folder = shared("corpora", "xss", "bleach")
    for file in sorted(folder.glob("*.test")) if folder else []:
        yield file.read_text(encoding="utf-8").partition("\n--\n")[0]


def _markdown_it() -> Iterator[str]:
    folder = shared("corpora", "xss", "markdown-it-py")
    for file in sorted(folder.glob("*.md")) if folder else []:
        yield from re.split(r"^\.$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)


def structure(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element with the names of its attributes, in order, as a browser would see them."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    return [
        (str(element.tag), tuple(sorted(element.attrib)))
        for element in tree.iter()
        if isinstance(element.tag, str)
    ]


def attributes(html: str, tag: str, name: str) -> list[str]:
    """The values of one attribute over all elements of one kind."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    return [element.attrib[name] for element in tree.iter(tag) if name in element.attrib]


def source(body: str = "Hello {{first_name}},\n\nIt is on.", **changes: str) -> LetterSource:
    """A small letter; fields may be replaced."""
    fields = {"name": "small", "language": "en", "subject": "For {{customer}}", "version": "1"}
    fields |= {"purpose": "Test", "audience": "all_users"} | changes
    placeholders = re.findall(r"\{\{([a-z_]+)\}\}", body + fields["subject"])
    return LetterSource(
        **fields,
        button="Open your guide",
        button_link="guide_link",
        placeholders=tuple(sorted({*placeholders, "guide_link"})),
        body=body,
    )
