"""Which text a letter gets: the one that its touch began with, whatever the library says now."""

from collections.abc import Collection, Iterable
from datetime import datetime

import structlog

from campaigns import contact
from campaigns.contact import Claim
from guides.letters import CompiledLetter, compile_letter
from workers.runtime import Runtime

log = structlog.get_logger("courier")

# Touches whose wording a process remembers, at most.
REMEMBERED = 5_000


def wording(rt: Runtime, claim: Claim) -> CompiledLetter:
    """The letter with its frame and open slots, as `keep_wordings` settled it.

    Raises GuideError where there is none, LookupError where nothing could be settled.
    """
    kept = rt.worded.get((claim.touch.id, claim.language))
    if kept is None:
        _ours(rt, claim)
        raise LookupError(f"The wording of touch {claim.touch.id} is not settled.")
    return kept


def stated(rt: Runtime, claim: Claim) -> Collection[str]:
    """The facts that the letter names; none where its wording could not be settled."""
    kept = rt.worded.get((claim.touch.id, claim.language))
    return kept.placeholders if kept is not None else ()


def keep_wordings(rt: Runtime, claims: Iterable[Claim], now: datetime) -> None:
    """Settle the wording of touches that this process has not met, before a letter leaves."""
    if len(rt.worded) > REMEMBERED:
        rt.worded.clear()
    wanted: dict[tuple[int, str], CompiledLetter] = {}
    for claim in claims:
        pair = (claim.touch.id, claim.language)
        if pair in rt.worded or pair in wanted:
            continue
        try:
            wanted[pair] = _ours(rt, claim)
        except Exception:  # this letter will say why; the others go on
            log.warning("no_wording", touch=claim.touch.id, letter=claim.step.letter)
    if wanted:
        rt.worded.update(_settled(rt, wanted, now))


def compiled_letter(rt: Runtime, name: str, language: str) -> CompiledLetter:
    """As the library has it, compiled once a process for each name and language."""
    if (name, language) not in rt.compiled:
        rt.compiled[name, language] = compile_letter(rt.library.letter(name, language))
    return rt.compiled[name, language]


def _ours(rt: Runtime, claim: Claim) -> CompiledLetter:
    return compiled_letter(rt, claim.step.letter or "", claim.language)


def _settled(
    rt: Runtime, wanted: dict[tuple[int, str], CompiledLetter], now: datetime
) -> dict[tuple[int, str], CompiledLetter]:
    ours = {letter.version: letter for letter in wanted.values()}
    with rt.store.writing() as session:
        for version, letter in ours.items():
            if version not in rt.pinned:
                contact.keep_letter(
                    session, version, letter.name, letter.language, letter.as_dict(), now
                )
        kept = contact.keep_wording(
            session, {pair: letter.version for pair, letter in wanted.items()}
        )
        others = contact.letters_kept(session, set(kept.values()) - set(ours))
    rt.pinned.update(ours)
    letters = ours | {
        version: CompiledLetter.from_dict(stored) for version, stored in others.items()
    }
    return {pair: letters[version] for pair, version in kept.items()}
