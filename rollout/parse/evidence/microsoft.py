"""Microsoft Entra: the registration report, as Graph, the portal and PowerShell give it.

Facts B2. The report does not list disabled accounts, and `lastUpdatedDateTime` is
when the report was made, not when the person registered.
"""

import re
from datetime import datetime

from rollout.parse.documents import Item
from rollout.parse.evidence.fields import Says, Source, Who, flag, methods, word
from rollout.parse.timestamps import american, real_instant

UPN = ("userprincipalname", "upn", "username")
REGISTERED = ("ismfaregistered", "mfaregistered", "multifactorauthenticationregistered")
CAPABLE = ("ismfacapable", "mfacapable", "multifactorauthenticationcapable")
METHODS = ("methodsregistered", "registeredmethods")
WHO = Who(external_id=("id",), upn=UPN)
SAID = (*REGISTERED, *CAPABLE, *METHODS, "isadmin", "usertype")


def level(registered: bool | None, capable: bool | None) -> int | None:
    """The ladder (facts B1): 0 not registered, 1 registered, 2 usable, None unknown."""
    if registered is False:
        return 0
    if capable:
        return 2
    return 1 if registered else None


def _says(item: Item, level_: int | None, reason: str) -> Says:
    return Says(
        level=level_,
        required=None,
        admin=flag(item.fields.get("isadmin")),
        kind="guest" if word(item, "usertype").casefold() == "guest" else None,
        active=None,
        methods=methods(item.fields.get(next((n for n in METHODS if n in item.fields), ""))),
        reason=reason,
    )


def graph_says(item: Item) -> Says:
    """What one entry of userRegistrationDetails says."""
    found = level(_flag(item, REGISTERED), _flag(item, CAPABLE))
    return _says(item, found, "" if found is not None else "isMfaRegistered is not in this row.")


def portal_says(item: Item) -> Says:
    """What one row of the portal's export says, which may have only the capable column."""
    registered, capable = _flag(item, REGISTERED), _flag(item, CAPABLE)
    found = level(registered, capable)
    if found is None and capable is False:
        found = 0
    return _says(item, found, "" if found is not None else "mfaCapable is empty in this row.")


def _flag(item: Item, names: tuple[str, ...]) -> bool | None:
    return flag(next((item.fields[name] for name in names if name in item.fields), None))


def any_moment(text: str) -> datetime | None:
    """As PowerShell writes it: month/day/year, or ISO 8601."""
    return real_instant(text) or american(text)


def _has(keys: frozenset[str], names: tuple[str, ...]) -> bool:
    return any(name in keys for name in names)


GRAPH = Source(
    name="graph",
    rows="document",
    recognises=lambda keys: _has(keys, ("ismfaregistered", "ismfacapable")),
    who=WHO,
    said=SAID,
    says=graph_says,
    moment=real_instant,
)
GET_MG = Source(
    name="get-mg",
    rows="table",
    recognises=lambda keys: (
        "userprincipalname" in keys and _has(keys, ("ismfaregistered", "ismfacapable"))
    ),
    who=WHO,
    said=SAID,
    says=graph_says,
    moment=any_moment,
    note="Dates such as 3/5/2026 were read as month/day/year, in UTC.",
)
PORTAL = Source(
    name="entra-portal",
    rows="table",
    recognises=lambda keys: (
        _has(keys, UPN)
        and _has(keys, (*REGISTERED[1:], *CAPABLE[1:]))
        and "coveredbyca" not in keys
    ),
    who=WHO,
    said=SAID,
    says=portal_says,
    moment=real_instant,
    dated_name=re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", re.ASCII),
)
