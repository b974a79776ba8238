"""Staff: who works at the provider, how they get in, and what each role may do.

Times given as `now` come from the machine's clock, not from a driven one: a session
must not run out because a rehearsal lets a day pass in a second.
"""

from campaigns.staff.entry import (
    ABSOLUTE,
    SignedIn,
    current,
    open_session,
    sign_in,
    sign_out,
    touch,
)
from campaigns.staff.invite import add, end, link_owner, renew_link, use_link
from campaigns.staff.passwords import MIN_LENGTH
from campaigns.staff.roles import ACTIONS, can, role_name

__all__ = [
    "ABSOLUTE",
    "ACTIONS",
    "MIN_LENGTH",
    "SignedIn",
    "add",
    "can",
    "current",
    "end",
    "link_owner",
    "open_session",
    "renew_link",
    "role_name",
    "sign_in",
    "sign_out",
    "touch",
    "use_link",
]
