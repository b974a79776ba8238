"""Time zones, countries and languages as people write them in lists.

The zones are those of the pinned tzdata package, not of the machine. Windows
names come from windows_zones.json (CLDR windowsZones, as tzlocal carries them).
Countries and languages are those that Babel (CLDR) knows, parts of countries those of holidays.
"""

import json
import re
from functools import cache, lru_cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError

from campaigns.rules.subdivisions import subdivision_of, subdivisions
from rollout.parse.cells import CellError, Hints, did_you_mean, shown

# CLDR territories that are no countries: unions, pseudo-locales, parts of others
NO_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
NO_ZONES = frozenset({"factory"})


@cache
def zones() -> dict[str, str]:
    """Every zone name that is understood, in compared form, with its IANA name."""
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    windows = files("rollout.parse").joinpath("windows_zones.json").read_text("utf-8")
    known = {name.casefold(): str(zone) for name, zone in json.loads(windows).items()}
    known.update({name.casefold(): name for name in names if name.casefold() not in NO_ZONES})
    return known


def timezone(text: str, hints: Hints) -> str:
    """The IANA name of a zone given by its IANA or Windows name. Raises CellError."""
    zone = zones().get(text.casefold())
    if zone is None:
        near = hints.nearest(text, zones().values())
        raise CellError(
            f"{shown(text)} is not a time zone."
            + (did_you_mean(near) or " Use a name such as Europe/Berlin.")
        )
    return zone


@cache
def countries() -> dict[str, str]:
    """English country names by ISO 3166-1 alpha-2 code."""
    territories = Locale("en").territories
    return {
        code: str(name)
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    }


def country(text: str, hints: Hints) -> str:
    """The ISO alpha-2 code in capitals. Raises CellError, with the code for a country's name."""
    code = text.upper()
    if code in countries():
        return code
    raise CellError(
        f"{shown(text)} is not a two-letter country code."
        + (did_you_mean(_code_for(text, hints)) or " Use a code such as DE, GB or US.")
    )


def _code_for(text: str, hints: Hints) -> str | None:
    codes = {name.casefold(): code for code, name in countries().items()}
    if text.upper() in {"UK", "ENGLAND", "SCOTLAND", "WALES"}:
        return "GB"
    if text.upper() == "USA":
        return "US"
    exact = codes.get(text.casefold())
    near = None if exact or len(text) < 4 else hints.nearest(text, codes)
    return exact or (codes[near] if near else None)


def subdivision(text: str, code: str, hints: Hints) -> str:
    """The code of a part of the country `code`, given by its code or name. Raises CellError.

    Where no part of the country has holidays of its own, the text stays as it is.
    """
    known = subdivisions(code)
    found = subdivision_of(code, text)
    if found is None and known:
        near = hints.nearest(text.casefold(), known)
        example = did_you_mean(known[near] if near else None)
        raise CellError(
            f"{shown(text)} is no part of {code} with holidays of its own."
            + (example or f" Use a code such as {next(iter(known.values()))}, or leave it empty.")
        )
    return found or text


@lru_cache(maxsize=1024)
def locale(text: str) -> str:
    """A language tag such as `de` or `pt-BR`, as far as CLDR knows it. Raises CellError."""
    if LOCALE.fullmatch(text):
        try:
            return str(Locale.parse(text.replace("_", "-"), sep="-")).replace("_", "-")
        except (ValueError, UnknownLocaleError):
            pass
    raise CellError(f"{shown(text)} is not a language. Use a code such as en, de or pt-BR.")
