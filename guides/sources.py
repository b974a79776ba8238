"""A letter and a guide as written, and how one is read from its file."""

import hashlib
from dataclasses import dataclass

from guides import front_matter, slots
from guides.errors import BadGuide
from guides.front_matter import Fields

_FIELDS = {"name", "language", "purpose", "audience", "placeholders"}
_LETTER_FIELDS = _FIELDS | {"subject", "button", "button_link"}
_GUIDE_FIELDS = _FIELDS | {"title", "minutes"}


@dataclass(frozen=True, slots=True)
class LetterSource:
    """A letter: Markdown with placeholders. `version` is the sha256 of its file, in hex."""

    name: str
    language: str
    subject: str
    purpose: str
    audience: str
    button: str | None
    button_link: str | None
    placeholders: tuple[str, ...]
    body: str
    version: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide: Markdown with placeholders. `version` is the sha256 of its file, in hex."""

    name: str
    language: str
    title: str
    purpose: str
    audience: str
    minutes: int
    placeholders: tuple[str, ...]
    body: str
    version: str


def read_letter(file: str, name: str, language: str, source: str) -> LetterSource:
    """Read and check one letter; `name` and `language` are what the file's name says.

    Raises BadGuide, naming file and field.
    """
    slots.refuse_strays(source, file=file)
    fields, body = front_matter.split(file, source)
    fields.only(_LETTER_FIELDS)
    letter = LetterSource(
        name=fields.must_be("name", name),
        language=fields.must_be("language", language),
        subject=fields.text("subject"),
        purpose=fields.text("purpose"),
        audience=fields.text("audience"),
        button=fields.optional_text("button"),
        button_link=fields.optional_text("button_link"),
        placeholders=fields.names("placeholders"),
        body=body,
        version=hashlib.sha256(source.encode()).hexdigest(),
    )
    _check_button(file, letter)
    slot = f"{{{{{letter.button_link}}}}}" if letter.button_link else ""
    _check_text(fields, body, [letter.subject, letter.button or "", slot])
    return letter


def read_guide(file: str, name: str, language: str, source: str) -> Guide:
    """Read and check one guide; `name` and `language` are what the file's name says.

    Raises BadGuide, naming file and field.
    """
    slots.refuse_strays(source, file=file)
    fields, body = front_matter.split(file, source)
    fields.only(_GUIDE_FIELDS)
    guide = Guide(
        name=fields.must_be("name", name),
        language=fields.must_be("language", language),
        title=fields.text("title"),
        purpose=fields.text("purpose"),
        audience=fields.text("audience"),
        minutes=fields.number("minutes"),
        placeholders=fields.names("placeholders"),
        body=body,
        version=hashlib.sha256(source.encode()).hexdigest(),
    )
    _check_text(fields, body, [guide.title])
    return guide


def _check_button(file: str, letter: LetterSource) -> None:
    if (letter.button is None) != (letter.button_link is None):
        lacking = "button" if letter.button is None else "button_link"
        raise BadGuide("Is needed: a button has a text and a link.", file=file, field=lacking)
    if letter.button_link is not None and not letter.button_link.endswith("_link"):
        raise BadGuide(
            'Must be the name of a placeholder that ends in "_link".',
            file=file,
            field="button_link",
        )


def _check_text(fields: Fields, body: str, others: list[str]) -> None:
    """There must be a text, and the placeholders declared must be those used."""
    if not body.strip():
        raise BadGuide("The text after the front matter is empty.", file=fields.file)
    used, declared = slots.names(body, *others), set(fields.names("placeholders"))
    if used - declared:
        problem = f"Does not list {', '.join(sorted(used - declared))}, which the text uses."
    elif declared - used:
        problem = f"Lists {', '.join(sorted(declared - used))}, which the text does not use."
    else:
        return
    raise BadGuide(problem, file=fields.file, field="placeholders")
