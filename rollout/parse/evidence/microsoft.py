"""Microsoft Entra: the registration report, as Graph, the portal and PowerShell give it.

Facts B2. The report does not list disabled accounts, and `lastUpdatedDateTime` is
when the report was made, not when the person registered.
"""

import re
from datetime import datetime

from campaigns.rules.records import EvidenceRecord
from rollout.parse.documents import Item, text_of
from rollout.parse.evidence.fields import (
    Source,
    flag,
    identified,
    identity,
    kept,
    lower,
    methods,
    word,
)
from rollout.parse.timestamps import american, real_instant

UPN = ("userprincipalname", "upn", "username")
REGISTERED = ("ismfaregistered", "mfaregistered", "multifactorauthenticationregistered")
CAPABLE = ("ismfacapable", "mfacapable", "multifactorauthenticationcapable")
METHODS = ("methodsregistered", "registeredmethods")


def level(registered: bool | None, capable: bool | None) -> int | None:
    """The ladder (facts B1): 0 not registered, 1 registered, 2 usable, None unknown."""
    if registered is False:
        return 0
    if capable:
        return 2
    return 1 if registered else None


def _record(item: Item, level_: int | None, reason: str) -> EvidenceRecord:
    return identified(
        EvidenceRecord(
            external_id=identity(item, "id"),
            upn=lower(identity(item, *UPN)),
            address=None,
            name=word(item, "userdisplayname", "displayname", "name")[:200] or None,
            tenant=None,
            level=level_,
            required=None,
            admin=flag(item.fields.get("isadmin")),
            kind="guest" if word(item, "usertype").casefold() == "guest" else None,
            active=None,
            methods=methods(item.fields.get(next((n for n in METHODS if n in item.fields), ""))),
            reason=reason,
            raw=kept(item),
        )
    )


def graph_record(item: Item) -> EvidenceRecord:
    """One entry of userRegistrationDetails. Raises CellError."""
    found = level(_flag(item, REGISTERED), _flag(item, CAPABLE))
    return _record(item, found, "" if found is not None else "isMfaRegistered is not in this row.")


def portal_record(item: Item) -> EvidenceRecord:
    """One row of the portal's export, which may have only the capable column. Raises CellError."""
    registered, capable = _flag(item, REGISTERED), _flag(item, CAPABLE)
    found = level(registered, capable)
    if found is None and capable is False:
        found = 0
    return _record(item, found, "" if found is not None else "mfaCapable is empty in this row.")


def _flag(item: Item, names: tuple[str, ...]) -> bool | None:
    return flag(next((item.fields[name] for name in names if name in item.fields), None))


def iso_moment(item: Item) -> datetime | None:
    """lastUpdatedDateTime in ISO 8601."""
    return real_instant(text_of(item.fields.get("lastupdateddatetime")))


def any_moment(item: Item) -> datetime | None:
    """lastUpdatedDateTime as PowerShell writes it: month/day/year, or ISO 8601."""
    text = text_of(item.fields.get("lastupdateddatetime"))
    return real_instant(text) or american(text)


def _has(keys: frozenset[str], names: tuple[str, ...]) -> bool:
    return any(name in keys for name in names)


GRAPH = Source(
    name="graph",
    rows="document",
    recognises=lambda keys: _has(keys, ("ismfaregistered", "ismfacapable")),
    record=graph_record,
    moment=iso_moment,
)
GET_MG = Source(
    name="get-mg",
    rows="table",
    recognises=lambda keys: (
        "userprincipalname" in keys and _has(keys, ("ismfaregistered", "ismfacapable"))
    ),
    record=graph_record,
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
    record=portal_record,
    moment=iso_moment,
    dated_name=re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", re.ASCII),
)
