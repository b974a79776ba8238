"""CIPP's MFA report (ListMFAUsers), as JSON and as CSV (facts B2).

One file can hold all tenants. An empty MFARegistration means that the tenant has no
licence for the report: unknown, and `CoveredByCA` says why.
"""

from rollout.parse.documents import Item
from rollout.parse.evidence.fields import Says, Source, Who, flag, methods, word

NOT_AVAILABLE = "mfa registration not available"
ACCESS = {"enforced": True, "not enforced": False}
PER_USER = {"enforced": True, "enabled": True, "disabled": False}


def required(item: Item) -> bool | None:
    """Whether a policy demands MFA: conditional access, security defaults or per user.

    None where the report leaves one of the first two open and the others say no.
    """
    access = word(item, "coveredbyca").casefold()
    by_access = ACCESS.get(access.partition(" - ")[0])
    by_default = flag(item.fields.get("coveredbysd"))
    by_user = PER_USER.get(word(item, "peruser").casefold())
    if by_access or by_default or by_user:
        return True
    return False if by_access is False and by_default is False else None


def level(item: Item, demanded: bool | None) -> int | None:
    """0 not registered, 1 registered, 2 capable, 3 registered and demanded, None unknown."""
    registered = flag(item.fields.get("mfaregistration"))
    if registered is None:
        return None
    if not registered:
        return 0
    if demanded:
        return 3
    return 2 if flag(item.fields.get("mfacapable")) else 1


def says(item: Item) -> Says:
    """What is said of one user of one tenant."""
    demanded = required(item)
    found = level(item, demanded)
    return Says(
        level=found,
        required=demanded,
        admin=flag(item.fields.get("isadmin")),
        kind="guest" if word(item, "usertype").casefold() == "guest" else None,
        active=flag(item.fields.get("accountenabled")),
        methods=methods(item.fields.get("mfamethods")),
        reason="" if found is not None else _reason(item),
    )


def _reason(item: Item) -> str:
    access = word(item, "coveredbyca")
    if access.casefold().startswith(NOT_AVAILABLE):
        return access[:300]
    return "MFARegistration is empty in this report."


CIPP = Source(
    name="cipp",
    rows="both",
    recognises=lambda keys: "upn" in keys and bool(keys & {"mfaregistration", "coveredbyca"}),
    who=Who(external_id=("id",), upn=("upn", "userprincipalname"), tenant=("tenant",)),
    said=(
        *("mfaregistration", "mfacapable", "mfamethods", "coveredbyca", "coveredbysd", "peruser"),
        *("isadmin", "usertype", "accountenabled"),
    ),
    says=says,
)
