"""What can be wrong with a guide, a letter or the facts it is filled with."""

from collections.abc import Iterable


class GuideError(Exception):
    """Base of everything this library refuses."""


class BadGuide(GuideError):
    """A source that cannot be used.

    The sentence names the file (when known) and the line or the field.
    """

    def __init__(self, problem: str, *, file: str | None = None, field: str | None = None) -> None:
        self.problem = problem
        self.file = file
        self.field = field
        where = [part for part in (file, f'field "{field}"' if field else None) if part]
        super().__init__(f"{', '.join(where)}: {problem}" if where else problem)


class NoSuchGuide(GuideError):
    """A letter or guide that the library does not hold."""


class MissingFact(GuideError):
    """Facts that a letter needs and was not given; `names` is sorted."""

    def __init__(self, letter: str, names: Iterable[str]) -> None:
        self.letter = letter
        self.names = tuple(sorted(names))
        super().__init__(f'"{letter}" cannot be written without: {", ".join(self.names)}.')


class BadFact(GuideError):
    """A fact whose value must not stand where the letter puts it."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f'Fact "{name}": {problem}')
