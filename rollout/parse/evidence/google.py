"""Google Workspace: the admin console's user export and the Admin SDK's users.list (facts B3)."""

from campaigns.rules.records import EvidenceRecord
from rollout.parse.documents import Item, folded
from rollout.parse.evidence.fields import (
    Source,
    flag,
    identified,
    identity,
    kept,
    lower,
    word,
)

OUTSIDE = (
    "Who signs in through another identity provider may do a second step there, "
    "although this file says that they are not enrolled."
)


def level(enrolled: bool | None, enforced: bool | None) -> int | None:
    """0 not enrolled, 1 enrolled, 3 enrolled and enforced, None unknown."""
    if enrolled is None:
        return None
    return 0 if not enrolled else 3 if enforced else 1


def console_record(item: Item) -> EvidenceRecord:
    """One row of the admin console's export. Raises CellError."""
    enrolled = flag(item.fields.get("2svenrolled"))
    enforced = flag(item.fields.get("2svenforced"))
    names = (word(item, "firstname"), word(item, "lastname"))
    status = word(item, "status").casefold()
    found = level(enrolled, enforced)
    return identified(
        EvidenceRecord(
            external_id=None,
            upn=None,
            address=lower(identity(item, "emailaddress")),
            name=" ".join(name for name in names if name)[:200] or None,
            tenant=None,
            level=found,
            required=enforced,
            admin=None,
            kind=None,
            active=status == "active" if status else None,
            reason="" if found is not None else '"2sv Enrolled" is empty in this row.',
            raw=kept(item),
        )
    )


def sdk_record(item: Item) -> EvidenceRecord:
    """One user of users.list. Raises CellError."""
    enrolled = flag(item.fields.get("isenrolledin2sv"))
    enforced = flag(item.fields.get("isenforcedin2sv"))
    found = level(enrolled, enforced)
    return identified(
        EvidenceRecord(
            external_id=identity(item, "id"),
            upn=None,
            address=lower(identity(item, "primaryemail")),
            name=_full_name(item),
            tenant=None,
            level=found,
            required=enforced,
            admin=_either(item, "isadmin", "isdelegatedadmin"),
            kind=None,
            active=_active(item),
            reason="" if found is not None else "isEnrolledIn2Sv is not in this row.",
            raw=kept(item),
        )
    )


def _either(item: Item, first: str, second: str) -> bool | None:
    flags = (flag(item.fields.get(first)), flag(item.fields.get(second)))
    return True if True in flags else False if False in flags else None


def _active(item: Item) -> bool | None:
    stopped = _either(item, "suspended", "archived")
    return None if stopped is None else not stopped


def _full_name(item: Item) -> str | None:
    name = item.fields.get("name")
    if isinstance(name, dict):
        inner = Item(item.line, folded(name), name)
        return word(inner, "fullname", "displayname", "givenname")[:200] or None
    return word(item, "namefullname", "name")[:200] or None


CONSOLE = Source(
    name="google-admin",
    rows="table",
    recognises=lambda keys: {"emailaddress", "2svenrolled"} <= keys,
    record=console_record,
    note=OUTSIDE,
)
SDK = Source(
    name="google-sdk",
    rows="both",
    recognises=lambda keys: {"primaryemail", "isenrolledin2sv"} <= keys,
    record=sdk_record,
    note=OUTSIDE,
)
