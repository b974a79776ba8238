"""Guides as pages: title, safe HTML and plain text, with the provider's facts in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from guides import slots
from guides.errors import BadGuide
from guides.markdown import to_html, to_text
from guides.sources import Guide


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One guide, ready to be shown; `html` holds only what `to_html` and escaping let through."""

    title: str
    html: str
    text: str
    minutes: int


def show_guide(guide: Guide, facts: Mapping[str, str]) -> GuidePage:
    """Fill a guide. Raises MissingFact with every name that is absent or blank."""
    slots.require(guide.name, guide.placeholders, facts)
    html, text = _rendered(guide)
    return GuidePage(
        title=slots.put(guide.title, lambda name: slots.plain(name, facts[name])),
        html=slots.put(html, lambda name: slots.escaped(name, facts[name])),
        text=slots.put(text, lambda name: slots.plain(name, facts[name])),
        minutes=guide.minutes,
    )


@lru_cache(maxsize=256)
def _rendered(guide: Guide) -> tuple[str, str]:
    """HTML and text of a guide with its slots open; a guide is frozen, so once is enough."""
    try:
        return to_html(guide.body), to_text(guide.body)
    except BadGuide as error:
        raise BadGuide(error.problem, file=f"guides/{guide.name}.{guide.language}.md") from error
