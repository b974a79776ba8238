"""The letters and guides by name and language; one Markdown file each, `NAME.LANGUAGE.md`."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from guides.errors import BadGuide, NoSuchGuide
from guides.sources import Guide, LetterSource, read_guide, read_letter

ENGLISH = "en"
_FILE_NAME = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z]{2,3}(?:-[A-Z]{2})?)\.md\Z")
Key = tuple[str, str]
Source = TypeVar("Source", LetterSource, Guide)


@dataclass(frozen=True, slots=True)
class Library:
    """Every letter and guide; keys are (name, language)."""

    letters_by_key: Mapping[Key, LetterSource]
    guides_by_key: Mapping[Key, Guide]

    def letter(self, name: str, language: str = ENGLISH) -> LetterSource:
        """The letter in the language ("de-AT" may be "de"), else in English; or NoSuchGuide."""
        return _find(self.letters_by_key, "letter", name, language)

    def guide(self, name: str, language: str = ENGLISH) -> Guide:
        """The guide in the language ("de-AT" may be "de"), else in English; or NoSuchGuide."""
        return _find(self.guides_by_key, "guide", name, language)

    def letters(self) -> list[LetterSource]:
        """All letters, by name, then language."""
        return [self.letters_by_key[key] for key in sorted(self.letters_by_key)]

    def guides(self) -> list[Guide]:
        """All guides, by name, then language."""
        return [self.guides_by_key[key] for key in sorted(self.guides_by_key)]


def load(directory: Traversable | Path | None = None) -> Library:
    """Read `letters/` and `guides/` below the directory; by default, the content we ship.

    Raises BadGuide, naming file and field, for anything that could not be sent or shown.
    """
    root = files("guides").joinpath("content") if directory is None else directory
    return Library(
        letters_by_key=_read_all(root.joinpath("letters"), read_letter),
        guides_by_key=_read_all(root.joinpath("guides"), read_guide),
    )


def check(library: Library, vocabulary: Collection[str], letters: Collection[str]) -> list[str]:
    """What does not fit between the library and the programme around it; empty when all is well.

    `vocabulary` holds every fact that can be given, `letters` every letter that will be asked for.
    """
    problems = [
        f'Letter "{wanted}" is asked for, but there is none in English.'
        for wanted in sorted(set(letters))
        if (wanted, ENGLISH) not in library.letters_by_key
    ]
    sources: list[LetterSource | Guide] = [*library.letters(), *library.guides()]
    for source in sources:
        problems += [
            f'{source.name}.{source.language}.md: nobody gives the fact "{name}".'
            for name in source.placeholders
            if name not in vocabulary
        ]
    return problems


def _find(held: Mapping[Key, Source], kind: str, name: str, language: str) -> Source:
    for tried in (language, language.partition("-")[0], ENGLISH):
        if (name, tried) in held:
            return held[name, tried]
    known = sorted({held_name for held_name, _ in held})
    raise NoSuchGuide(f'There is no {kind} "{name}". There are: {", ".join(known) or "none"}.')


def _read_all(
    folder: Traversable, read: Callable[[str, str, str, str], Source]
) -> dict[Key, Source]:
    found = (read(*parts) for parts in _sources(folder))
    return {(source.name, source.language): source for source in found}


def _sources(folder: Traversable) -> Iterator[tuple[str, str, str, str]]:
    """File name, the name and the language in it, and the text of each Markdown file."""
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".md"):
            continue
        file = f"{folder.name}/{entry.name}"
        parts = _FILE_NAME.match(entry.name)
        if not parts:
            raise BadGuide("Name the file like tomorrow.en.md: name, language, md.", file=file)
        try:
            yield file, parts[1], parts[2], entry.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise BadGuide("Is not UTF-8 text. Save it as UTF-8.", file=file) from None
