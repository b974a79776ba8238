"""Google Workspace: the admin console's user export and the Admin SDK's users.list (facts B3)."""

from rollout.parse.documents import Item
from rollout.parse.evidence.fields import Says, Source, Who, flag, word

OUTSIDE = (
    "Who signs in through another identity provider may do a second step there, "
    "although this file says that they are not enrolled."
)


def level(enrolled: bool | None, enforced: bool | None) -> int | None:
    """0 not enrolled, 1 enrolled, 3 enrolled and enforced, None unknown."""
    if enrolled is None:
        return None
    return 0 if not enrolled else 3 if enforced else 1


def console_says(item: Item) -> Says:
    """What is said in one row of the admin console's export."""
    enrolled = flag(item.fields.get("2svenrolled"))
    enforced = flag(item.fields.get("2svenforced"))
    status = word(item, "status").casefold()
    found = level(enrolled, enforced)
    return Says(
        level=found,
        required=enforced,
        admin=None,
        kind=None,
        active=status == "active" if status else None,
        reason="" if found is not None else '"2sv Enrolled" is empty in this row.',
    )


def sdk_says(item: Item) -> Says:
    """What is said of one user of users.list."""
    enrolled = flag(item.fields.get("isenrolledin2sv"))
    enforced = flag(item.fields.get("isenforcedin2sv"))
    found = level(enrolled, enforced)
    return Says(
        level=found,
        required=enforced,
        admin=_either(item, "isadmin", "isdelegatedadmin"),
        kind=None,
        active=_active(item),
        reason="" if found is not None else "isEnrolledIn2Sv is not in this row.",
    )


def _either(item: Item, first: str, second: str) -> bool | None:
    flags = (flag(item.fields.get(first)), flag(item.fields.get(second)))
    return True if True in flags else False if False in flags else None


def _active(item: Item) -> bool | None:
    stopped = _either(item, "suspended", "archived")
    return None if stopped is None else not stopped


CONSOLE = Source(
    name="google-admin",
    rows="table",
    recognises=lambda keys: {"emailaddress", "2svenrolled"} <= keys,
    who=Who(address=("emailaddress",)),
    said=("2svenrolled", "2svenforced", "status"),
    says=console_says,
    note=OUTSIDE,
)
SDK = Source(
    name="google-sdk",
    rows="both",
    recognises=lambda keys: {"primaryemail", "isenrolledin2sv"} <= keys,
    who=Who(external_id=("id",), address=("primaryemail",)),
    said=(
        *("isenrolledin2sv", "isenforcedin2sv", "isadmin", "isdelegatedadmin"),
        *("suspended", "archived"),
    ),
    says=sdk_says,
    note=OUTSIDE,
)
