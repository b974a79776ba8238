"""YAML that people edit, read so that every mistake is named and none can hurt.

Plain YAML only (PyYAML's SafeLoader, YAML 1.1): no aliases, since they can
multiply without end; no tags; no key twice in one mapping; bounded in size and
depth.
"""

import re
from datetime import time
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

import yaml
from yaml.nodes import MappingNode, Node

from campaigns.errors import Invalid

LARGEST = 64 * 1024  # bytes
DEEPEST = 12  # nested lists and mappings; a playbook needs 3
LONGEST_SHOWN = 40
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

Word = TypeVar("Word", bound=StrEnum)


class _PlainLoader(yaml.SafeLoader):
    """SafeLoader without aliases, tags, repeated keys and bottomless nesting."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # untyped in types-PyYAML
        if isinstance(event, yaml.AliasEvent):
            _stop("aliases (*name) are not read", event)
        if getattr(event, "tag", None) is not None:
            _stop("tags (!name) are not read", event)
        self.depth += 1
        if self.depth > DEEPEST:
            _stop("it is nested too deeply", event)
        node: Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def compose_mapping_node(self, anchor: Any) -> MappingNode:
        node: MappingNode = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key.value, str):
                continue
            if key.value in seen:
                _stop(f'"{shown(key.value)}" stands twice', key)
            seen.add(key.value)
        return node


def _stop(said: str, place: Any) -> NoReturn:
    """`place` is an event or a node: both know where they start."""
    raise yaml.MarkedYAMLError(None, None, said, place.start_mark)


def load(text: str, file: str) -> object:
    """The values in `text`; `file` is only named in errors.

    Raises Invalid with the line, counted from 1, where YAML knows it.
    """
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise Invalid(f"{file}: it is larger than {LARGEST // 1024} kB.", "file_too_large")
    try:
        loader = _PlainLoader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        said = shown(error.problem or "it cannot be read", 120)
        raise Invalid(f"{file}{line}: this is not YAML that can be read: {said}.", "yaml") from None
    except yaml.YAMLError:
        raise Invalid(f"{file}: it holds characters that YAML does not allow.", "yaml") from None
    except (ValueError, OverflowError):  # PyYAML lets "2026-13-45" and endless numbers through
        raise Invalid(f"{file}: it holds a date or number that cannot exist.", "yaml") from None


def shown(value: object, longest: int = LONGEST_SHOWN) -> str:
    """`value` on one short line, for a sentence; never longer than `longest` characters."""
    if isinstance(value, (list, dict, set, tuple)):
        return "a list" if isinstance(value, list) else "a group of fields"
    if value is None:
        return "nothing"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 128:
        return "a very large number"  # str() refuses numbers of more than 4,300 digits
    line = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


class Fields:
    """One mapping of a YAML file, read field by field; `where` names it in errors."""

    def __init__(self, file: str, where: str, values: object) -> None:
        self.file = file
        self.where = where
        self._values: dict[object, object] = {}
        if not isinstance(values, dict):
            self.refuse("", f'a group of fields ("name: value") is needed, not {quoted(values)}.')
        self._values = values

    def refuse(self, field: str, sentence: str) -> NoReturn:
        """Raise Invalid: file, place and field, then the sentence."""
        place = ", ".join(part for part in (self.file, self.where, field) if part)
        raise Invalid(f"{place}: {sentence}", "playbook", field or None)

    def only(self, allowed: tuple[str, ...]) -> None:
        """Refuse fields that nobody reads: they are slips of the pen."""
        for key in self._values:
            if key not in allowed:
                self.refuse(shown(key), f"no such field. Use only: {', '.join(allowed)}.")

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def raw(self, name: str) -> object:
        return self._values.get(name)

    def text(self, name: str, default: str | None = None, longest: int = 400) -> str:
        """One or more words; line breaks become spaces."""
        value = self._value(name, default)
        if not isinstance(value, str) or not value.strip():
            self.refuse(name, f"{quoted(value)} is not a text. Write one or more words.")
        if len(value) > longest:
            self.refuse(name, f"the text is {len(value)} characters long; {longest} is the limit.")
        line = " ".join(value.split())
        if not line.isprintable():
            self.refuse(name, "it holds characters that cannot be printed. Leave them out.")
        return line

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number, `low` and `high` included."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            allowed = f"a whole number from {low:,} to {high:,}"
            self.refuse(name, f"{quoted(value)} cannot be used. Write {allowed}.")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self._value(name, default)
        if not isinstance(value, bool):
            self.refuse(name, f"{quoted(value)} is not true or false. Write true or false.")
        return value

    def choice(
        self, name: str, words: type[Word], called: str, default: Word | None = None
    ) -> Word:
        """One of `words`; `called` is how a sentence calls one of them ("an audience")."""
        value = self._value(name, default)
        if not isinstance(value, str) or value not in list(words):
            allowed = ", ".join(words)
            self.refuse(name, f"{quoted(value)} is not {called}. Use one of: {allowed}.")
        return words(value)

    def items(self, name: str, default: tuple[str, ...] | None = None) -> list[object]:
        """A list with at least one entry."""
        value = self._value(name, list(default) if default is not None else None)
        if not isinstance(value, list) or not value:
            self.refuse(name, f"{quoted(value)} is not a list with entries. Write [one, another].")
        return value

    def clock(self, name: str, value: object) -> time:
        """A local time of day, written "HH:MM"."""
        if isinstance(value, str) and CLOCK.fullmatch(value):
            return time.fromisoformat(value)
        said = f'{quoted(value)} is not a time of day. Write "HH:MM" in quotes, such as "07:30".'
        return self.refuse(name, said)

    def _value(self, name: str, default: object) -> object:
        value = self._values.get(name)
        if value is None:
            value = default
        if value is None:
            self.refuse(name, "it is missing.")
        return value


def quoted(value: object) -> str:
    """`value` in quotes where it is a text or number, else what it is."""
    plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return f'"{shown(value)}"' if plain else shown(value)
