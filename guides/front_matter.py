"""The head of a guide file: YAML between two lines of three dashes, checked field by field."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import yaml

from guides.errors import BadGuide
from guides.markdown import LONGEST_SOURCE

_HEAD = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fields:
    """The front matter of one file; every question names the file and the field on refusal."""

    file: str
    values: Mapping[str, object]

    def text(self, name: str) -> str:
        """A required field that is one line of text."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip() or "\n" in value.strip():
            raise self._bad(name, f"Needs one line of text, not {_shown(value)}.")
        return value.strip()

    def optional_text(self, name: str) -> str | None:
        """A field that may be left out; if present, one line of text."""
        return self.text(name) if name in self.values else None

    def number(self, name: str) -> int:
        """A required whole number of at least one."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._bad(name, f"Needs a whole number of at least 1, not {_shown(value)}.")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A required list of placeholder names, sorted; may be empty."""
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._bad(name, f"Needs a list of placeholder names, not {_shown(value)}.")
        if len(set(value)) < len(value):
            raise self._bad(name, "Holds a name twice.")
        return tuple(sorted(value))

    def only(self, known: Collection[str]) -> None:
        """Raise BadGuide for a field that nobody reads."""
        for name in self.values:
            if name not in known:
                raise self._bad(name, f"Is not known. Known fields: {', '.join(sorted(known))}.")

    def must_be(self, name: str, wanted: str) -> str:
        """The field's text, which the name of the file must agree with."""
        value = self.text(name)
        if value != wanted:
            raise self._bad(name, f'Is "{value}", but the name of the file says "{wanted}".')
        return value

    def _bad(self, name: str, problem: str) -> BadGuide:
        return BadGuide(problem, file=self.file, field=name)


def split(file: str, source: str) -> tuple[Fields, str]:
    """Cut a file into its front matter and its Markdown body.

    Raises BadGuide when the head is absent, is not YAML or is not a list of fields.
    """
    if len(source) > LONGEST_SOURCE:
        raise BadGuide(f"Is longer than {LONGEST_SOURCE:,} characters.", file=file)
    found = _HEAD.match(source)
    if not found:
        raise BadGuide('Line 1: the file must begin with front matter between "---".', file=file)
    try:
        values = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"Line {mark.line + 2}" if mark else "Front matter"
        problem = f"{where}: this is not YAML. Put a text with a colon in quotes."
        raise BadGuide(problem, file=file) from error
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise BadGuide("Line 2: the front matter must be lines of `name: value`.", file=file)
    return Fields(file, values), found[2].strip() + "\n"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    return f'"{value}"' if isinstance(value, str | int | float) else f"a {type(value).__name__}"
