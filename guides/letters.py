"""Letters: compiled once from a source and the frame, then filled with facts for each person."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from guides import frame as frames
from guides import plain, slots
from guides.errors import BadGuide
from guides.markdown import to_html, to_text
from guides.sources import LetterSource


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person, ready to be handed to a mailer."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class CompiledLetter:
    """A letter with its frame around it and slots left open; plain data, safe to store as JSON.

    `version` is the sha256 over source, frame and colour, in hex; equal versions fill alike.
    """

    name: str
    language: str
    version: str
    subject: str
    text: str
    html: str
    placeholders: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return asdict(self) | {"placeholders": list(self.placeholders)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "CompiledLetter":
        """What `as_dict` gave, also after a journey through JSON.

        Raises BadGuide when a field is absent, unknown or not text.
        """
        try:
            letter = cls(**{**stored, "placeholders": tuple(stored["placeholders"])})
        except (KeyError, TypeError) as error:
            raise BadGuide(f"The stored letter is not complete: {error}.") from error
        texts = [
            letter.name,
            letter.language,
            letter.version,
            letter.subject,
            letter.text,
        ]
        if not all(isinstance(text, str) for text in [*texts, letter.html, *letter.placeholders]):
            raise BadGuide("The stored letter holds something that is not text.")
        return letter


def compile_letter(source: LetterSource, *, colour: str = frames.STANDARD_COLOUR) -> CompiledLetter:
    """Render Markdown, put the frame around it and inline the styles; slots stay open.

    `colour` is the provider's, "#rrggbb". Raises BadGuide, naming the file, for a letter that
    cannot be rendered, holds a picture or loses a placeholder on the way.
    """
    frame = frames.load_frame(source.language)
    try:
        inside = _inside(source)
        html = frames.html_around(frame, inside, source.language, colour)
    except BadGuide as error:
        raise BadGuide(error.problem, file=_file(source), field=error.field) from error
    text = frames.text_around(frame, inside)
    return CompiledLetter(
        name=source.name,
        language=source.language,
        version=_version(source.version, frame.text_of(), colour),
        subject=source.subject,
        text=text,
        html=html,
        placeholders=_placeholders(source, text, html),
    )


def fill(compiled: CompiledLetter, facts: Mapping[str, str]) -> Letter:
    """Put the facts into the slots; nothing is evaluated and nothing is read twice.

    HTML values are escaped, text values stand as given, links must be http or https. Raises
    MissingFact with every name that is absent or blank, BadFact for a link that is none or a
    subject that would not stay one line.
    """
    slots.require(compiled.name, compiled.placeholders, facts)
    return Letter(
        subject=slots.put(compiled.subject, lambda name: slots.one_line(name, facts[name])),
        text=plain.even(slots.put(compiled.text, lambda name: slots.plain(name, facts[name]))),
        html=slots.put(compiled.html, lambda name: slots.escaped(name, facts[name])),
    )


def foresee(compiled: CompiledLetter, facts: Mapping[str, str]) -> Letter:
    """The subject alone, for where nobody reads the rest; raises what `fill` raises."""
    slots.require(compiled.name, compiled.placeholders, facts)
    for name in compiled.placeholders:
        slots.plain(name, facts[name])
    subject = slots.put(compiled.subject, lambda name: slots.one_line(name, facts[name]))
    return Letter(subject=subject, text="", html="")


def _inside(source: LetterSource) -> frames.Inside:
    html = to_html(source.body)
    if "<img" in html:
        raise BadGuide("Letters hold no pictures; put them into a guide.")
    text = to_text(source.body)
    return frames.Inside(
        subject=source.subject,
        preheader=_preheader(text),
        html=html,
        text=text,
        button=source.button,
        link=f"{{{{{source.button_link}}}}}" if source.button_link else "",
    )


def _preheader(text: str) -> str:
    """What an inbox shows after the subject: the first paragraph that is not the greeting."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return next((part for part in paragraphs if not part.endswith(",")), "")


def _placeholders(source: LetterSource, text: str, html: str) -> tuple[str, ...]:
    """Every slot of the letter; each must have come through Markdown, frame and styles."""
    wanted = slots.names(source.subject, text, *(f"{{{{{name}}}}}" for name in source.placeholders))
    lost = wanted - slots.names(html)
    if lost:
        raise BadGuide(
            f"The placeholders {', '.join(sorted(lost))} are lost in HTML; "
            "use them in plain sentences.",
            file=_file(source),
        )
    return tuple(sorted(wanted))


def _file(source: LetterSource) -> str:
    return f"letters/{source.name}.{source.language}.md"


def _version(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
