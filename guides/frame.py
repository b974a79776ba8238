"""The frame around every letter: signature, how to check it, one button, light and dark."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import css_inline
import jinja2
import yaml

from guides import slots
from guides.errors import BadGuide
from guides.plain import wrap

STANDARD_COLOUR = "#1f5f8b"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_PARTS = ("letter.html.j2", "letter.txt.j2", "letter.css")
_WORDS = {"signature", "company", "genuine"}


@dataclass(frozen=True, slots=True)
class Frame:
    """Templates of the frame by file name, and its sentences in one language."""

    language: str
    templates: Mapping[str, str]
    words: Mapping[str, str]

    def text_of(self) -> str:
        """Everything that goes into the frame, for the version of a letter."""
        return repr((self.language, sorted(self.templates.items()), sorted(self.words.items())))


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands inside the frame; `html` is the output of `guides.markdown.to_html`."""

    subject: str
    preheader: str
    html: str
    text: str
    button: str | None
    link: str


def load_frame(language: str) -> Frame:
    """The frame we ship, with its sentences in the language or else in English."""
    folder = files("guides").joinpath("frames")
    templates = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in _PARTS}
    for tried in (language, language.partition("-")[0]):
        if folder.joinpath(f"words.{tried}.yaml").is_file():
            break
    else:
        tried = "en"
    name = f"words.{tried}.yaml"
    words = yaml.safe_load(folder.joinpath(name).read_text(encoding="utf-8"))
    if not isinstance(words, dict) or set(words) != _WORDS:
        raise BadGuide(f"Must hold exactly: {', '.join(sorted(_WORDS))}.", file=f"frames/{name}")
    for field, sentence in words.items():
        slots.refuse_strays(str(sentence), file=f"frames/{name}", field=field)
    return Frame(tried, templates, {field: str(sentence) for field, sentence in words.items()})


def html_around(frame: Frame, inside: Inside, language: str, colour: str) -> str:
    """The whole HTML mail, styles inlined; placeholders stay as they are."""
    page = _engine(frame).get_template("letter.html.j2")
    styled = page.render(
        language=language,
        subject=inside.subject,
        preheader=inside.preheader,
        colour=colour,
        on_colour=readable_on(colour),
        body=inside.html,
        button=inside.button,
        link=inside.link,
        words=frame.words,
    )
    inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
    return inliner.inline(styled)


def text_around(frame: Frame, inside: Inside) -> str:
    """The whole plain part; placeholders stay as they are."""
    page = _engine(frame).get_template("letter.txt.j2")
    return page.render(
        body=inside.text.strip(),
        button=inside.button,
        link=inside.link,
        words=frame.words,
        genuine=wrap(frame.words["genuine"]),
    )


def readable_on(colour: str) -> str:
    """White or near-black, whichever is easier to read on the colour ("#rrggbb").

    One of the two always reaches 4.5 : 1. Contrast as in WCAG 2.2, relative luminance.
    Raises BadGuide for anything that is not such a colour.
    """
    if not _COLOUR.match(colour):
        raise BadGuide(f'"{colour[:20]}" is not a colour like {STANDARD_COLOUR}.', field="colour")
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= 4.5 else "#000000"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _engine(frame: Frame) -> jinja2.Environment:
    """Jinja with square brackets, so that `{{placeholders}}` pass through untouched.

    It renders only the frame we ship; letters and facts are values to it, never templates.
    """
    return jinja2.Environment(
        loader=jinja2.DictLoader(frame.templates),
        variable_start_string="[[",
        variable_end_string="]]",
        autoescape=jinja2.select_autoescape(["html.j2"], default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
