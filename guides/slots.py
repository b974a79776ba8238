"""The placeholder engine: `{{name}}` and nothing else.

There is no expression language: a slot is two braces, lower-case letters and underscores, two
braces. A template is cut once at its slots; values are put between the pieces and never read again,
so a value that looks like a slot stays what it is.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from guides.errors import BadFact, BadGuide, MissingFact

SLOT = re.compile(r"\{\{([a-z_]+)\}\}")
_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}")
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\"'<>\\]+\Z")
_BREAKS_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ENCODED_WORD = "=?"


def names(*templates: str) -> frozenset[str]:
    """The placeholders used in the templates."""
    return frozenset(name for template in templates for name in SLOT.findall(template))


def refuse_strays(template: str, *, file: str | None = None, field: str | None = None) -> None:
    """Raise BadGuide when braces are left over once the slots are taken away.

    >>> refuse_strays("Hello {{first_name}},")
    """
    for number, line in enumerate(template.splitlines(), start=1):
        found = _LEFTOVER.search(SLOT.sub("", line))
        if found:
            raise BadGuide(
                f'Line {number}: "{found.group()}" is not part of a placeholder. '
                "Write placeholders as {{name}}, with small letters and underscores only.",
                file=file,
                field=field,
            )


@lru_cache(maxsize=1024)
def pieces(template: str) -> tuple[str, ...]:
    """The template cut at its slots: text, name, text, name, ..., text."""
    return tuple(SLOT.split(template))


def require(letter: str, wanted: Iterable[str], facts: Mapping[str, str]) -> None:
    """Raise MissingFact with every wanted name that has no value; a blank value is none."""
    missing = [name for name in wanted if not (facts.get(name) or "").strip()]
    if missing:
        raise MissingFact(letter, missing)


def put(template: str, value_of: Callable[[str], str]) -> str:
    """The template with every slot replaced, in one pass."""
    parts = list(pieces(template))
    parts[1::2] = [value_of(name) for name in parts[1::2]]
    return "".join(parts)


def plain(name: str, value: str) -> str:
    """The value as it stands in plain text: as given; links are checked."""
    if name.endswith("_link") and not _WEB_ADDRESS.match(value):
        raise BadFact(name, "A link must start with https:// or http:// and hold no blanks.")
    return value


def escaped(name: str, value: str) -> str:
    """The value as it stands in HTML, in text and in quoted attributes alike."""
    return _escape(plain(name, value))


# Most values of a letter are those of the letter before it.
_escape = lru_cache(maxsize=4096)(html.escape)


def one_line(name: str, value: str) -> str:
    """The value as it may stand in a mail header.

    Refuses line breaks, control characters and the beginning of an encoded word (RFC 2047), which
    some versions of Python's mail library decode into further headers.
    """
    if _BREAKS_A_LINE.search(value):
        raise BadFact(name, "A subject is one line, without control characters.")
    if _ENCODED_WORD in value:
        raise BadFact(name, 'A subject must not hold "=?".')
    return value
