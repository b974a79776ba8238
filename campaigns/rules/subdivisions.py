"""Parts of countries that have public holidays of their own, by code and by name."""

from collections.abc import Mapping
from functools import lru_cache


@lru_cache(maxsize=512)
def subdivisions(country: str) -> Mapping[str, str]:
    """The code of each part by its code and its names, in compared form; the country's own
    spelling counts. Empty where the country has none, or its holidays are not known.

    `country` is ISO 3166-1 alpha-2. The source is the package `holidays`.
    """
    # 0.3 s to import, and most runs never ask.
    import holidays

    if country not in holidays.list_supported_countries():
        return {}
    found = holidays.country_holidays(country)
    codes = {code.casefold(): code for code in found.subdivisions}
    names = {name.casefold(): code for name, code in found.subdivisions_aliases.items()}
    return names | codes


def subdivision_of(country: str, text: str) -> str | None:
    """The code of a part that is named by code (`BY`, `DE-BY`) or name (`Bayern`); else None."""
    known = subdivisions(country)
    return known.get(text.casefold().removeprefix(f"{country.casefold()}-"))
