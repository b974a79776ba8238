"""What each role may do. What is not in the table is denied."""

from collections.abc import Mapping

from campaigns.models.people import STAFF_ROLES

_EVERYBODY = frozenset(STAFF_ROLES)
_HANDS = frozenset({"technician", "account_manager", "admin"})

ACTIONS: Mapping[str, frozenset[str]] = {
    "read": _EVERYBODY,
    "plan": _HANDS,
    "import": _HANDS,
    "agree": _HANDS,
    "grant": frozenset({"account_manager", "approver", "admin"}),
    "approve": frozenset({"approver", "admin"}),
    "administer": frozenset({"admin"}),
}


def can(role: str, action: str) -> bool:
    """Whether a role may do an action; unknown roles and actions may nothing."""
    return role in ACTIONS.get(action, frozenset())


def role_name(role: str) -> str:
    """The role as people say it: `account manager`."""
    return role.replace("_", " ")
