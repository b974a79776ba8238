"""The library: every letter and guide, and each as a customer would read it."""

from flask import Blueprint, Response, render_template

from campaigns import playbooks
from campaigns.errors import NotFound
from campaigns.rules.step_words import AUDIENCES
from guides.letters import Letter, fill
from guides.library import ENGLISH
from guides.pages import show_guide
from guides.sources import LetterSource
from rollout.auth import needs
from rollout.current import runtime
from rollout.pages import typed
from rollout.pages.samples import sample_facts
from rollout.security import letter_page
from workers.wording import compiled_letter

pages = Blueprint("guides", __name__)


@pages.get("/guides")
@needs("read")
def table() -> str:
    library = runtime().library
    return render_template(
        "guides/table.html",
        letters=library.letters(),
        guides=library.guides(),
        used=_used(),
        audiences=AUDIENCES,
    )


@pages.get("/guides/letter/<name>")
@needs("read")
def letter(name: str) -> str:
    source, filled = _letter(name)
    return render_template(
        "guides/letter.html",
        source=source,
        letter=filled,
        used=_used().get(name, []),
        audiences=AUDIENCES,
    )


@pages.get("/guides/letter/<name>/html")
@needs("read")
def letter_html(name: str) -> Response:
    _, filled = _letter(name)
    return letter_page(filled.html)


@pages.get("/guides/guide/<name>")
@needs("read")
def guide(name: str) -> str:
    here = runtime()
    source = here.library.guides_by_key.get((name, _language()))
    if source is None:
        raise NotFound(f'There is no guide "{name[:100]}" in this language.', "no_guide")
    shown = show_guide(source, sample_facts(here.provider))
    return render_template("guides/guide.html", source=source, guide=shown, audiences=AUDIENCES)


def _letter(name: str) -> tuple[LetterSource, Letter]:
    here = runtime()
    # Looked up exactly: a word from an address must not reach the cache of compiled letters.
    source = here.library.letters_by_key.get((name, _language()))
    if source is None:
        raise NotFound(f'There is no letter "{name[:100]}" in this language.', "no_letter")
    compiled = compiled_letter(here, source.name, source.language)
    return source, fill(compiled, sample_facts(here.provider))


def _language() -> str:
    return typed.asked("language", 10) or ENGLISH


def _used() -> dict[str, list[str]]:
    """Which playbooks send a letter, by its name."""
    found: dict[str, list[str]] = {}
    for name in playbooks.names():
        for step in playbooks.shipped(name).steps:
            if step.letter and name not in found.setdefault(step.letter, []):
                found[step.letter].append(name)
    everywhere = len(playbooks.names())
    return {
        letter: ["every playbook"] if len(names) == everywhere else names
        for letter, names in found.items()
    }
