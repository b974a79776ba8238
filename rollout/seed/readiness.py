"""Evidence files as Microsoft Graph, CIPP and Google would write them about the demo's people."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

BEFORE = 0.2  # the share of people who had a second step before anybody asked
GETTING_READY = 30  # days from the announcement to the agreed date
APP = ("microsoftAuthenticatorPush", "softwareOneTimePasscode")
# How far each customer gets by its date; everybody, where it is not named.
REACHES: Mapping[str, float] = {
    "Camden Studios": 0.72,
    "Hudson Realty": 0.96,
    "Mohawk Engineering": 0.93,
    "Wattle Childcare": 0.95,
    "Spree Logistics": 0.99,
}
NO_LICENCE = frozenset({"Grunewald Tax"})  # its tenant cannot say who is registered
NOT_AVAILABLE = (
    "MFA registration not available - licensing required for Conditional Access reporting"
)


@dataclass(frozen=True, slots=True)
class Firm:
    """A customer as its sign-in system sees it: addresses, and the day it switches over."""

    name: str
    tenant: str
    people: Sequence[tuple[str, str]]  # (name, address)
    agreed: date | None

    def ready(self, address: str, day: date) -> bool:
        """Whether this person has registered by that day."""
        return _patience(address) < self._share(day)

    def switched(self, day: date) -> bool:
        return self.agreed is not None and day > self.agreed

    def _share(self, day: date) -> float:
        if self.agreed is None:
            return BEFORE
        left = max(0, (self.agreed - day).days)
        done = max(0.0, 1 - left / GETTING_READY)
        return BEFORE + (REACHES.get(self.name, 1.0) - BEFORE) * done


def _patience(address: str) -> float:
    """Between 0 and 1, the same for one person every time."""
    return int(hashlib.sha256(address.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def graph_json(firm: Firm, taken: datetime) -> bytes:
    """Microsoft Graph, userRegistrationDetails: one tenant, one file."""
    rows = [_graph_row(firm, name, address, taken) for name, address in firm.people]
    return json.dumps({"value": rows}, ensure_ascii=False).encode()


def _graph_row(firm: Firm, name: str, address: str, taken: datetime) -> dict[str, object]:
    ready = firm.ready(address, taken.date())
    return {
        "id": _object_id(address),
        "userPrincipalName": address,
        "userDisplayName": name,
        "isAdmin": False,
        "isMfaRegistered": ready,
        "isMfaCapable": ready,
        "lastUpdatedDateTime": f"{taken:%Y-%m-%dT%H:%M:%SZ}",
        "methodsRegistered": list(APP) if ready else [],
        "userType": "member",
    }


def cipp_json(firms: Iterable[Firm], taken: datetime) -> bytes:
    """CIPP's MFA report (ListMFAUsers): all tenants in one file."""
    rows = [
        _cipp_row(firm, name, address, taken.date())
        for firm in firms
        for name, address in firm.people
    ]
    return json.dumps(rows, ensure_ascii=False).encode()


def _cipp_row(firm: Firm, name: str, address: str, day: date) -> dict[str, object]:
    ready: bool | None = firm.ready(address, day)
    access = "Enforced - All Apps" if firm.switched(day) else "Not Enforced"
    if firm.name in NO_LICENCE:
        ready, access = None, NOT_AVAILABLE
    return {
        "Tenant": firm.tenant,
        "ID": _object_id(address),
        "UPN": address,
        "DisplayName": name,
        "AccountEnabled": True,
        "isLicensed": True,
        "MFARegistration": ready,
        "MFACapable": ready,
        "MFAMethods": list(APP) if ready else [],
        "PerUser": "disabled",
        "CoveredBySD": False,
        "CoveredByCA": access,
        "IsAdmin": False,
        "UserType": "Member",
    }


def _object_id(address: str) -> str:
    return hashlib.sha256(f"id:{address}".encode()).hexdigest()[:32]


def google_csv(firm: Firm, taken: datetime) -> bytes:
    """The user export of Google's admin console, less the columns that stay empty."""
    columns = (
        "First Name [Required]",
        "Last Name [Required]",
        "Email Address [Required]",
        "Status [READ ONLY]",
        "Last Sign In [READ ONLY]",
        "2sv Enrolled [READ ONLY]",
        "2sv Enforced [READ ONLY]",
    )
    seen = f"{taken - timedelta(days=1):%Y/%m/%d %H:%M:%S}"
    day = taken.date()
    enforced = str(firm.switched(day))
    rows = [
        [*name.split(" ", 1), address, "Active", seen, str(firm.ready(address, day)), enforced]
        for name, address in firm.people
    ]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
