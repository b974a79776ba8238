"""What vendors say of a person lands on one ladder; what they do not say stays unknown.

The CIPP and Entra CSV samples are reconstructed: their columns are partly inferred.
"""

import json
from typing import Any

import pytest

from campaigns.errors import Invalid
from campaigns.rules.records import EvidenceRecord
from rollout.parse.evidence import SOURCES
from tests.parse.evidence_kit import GRAPH, person, read, read_all
from tests.shared import shared

CIPP: dict[str, Any] = {
    "Tenant": "Customer.onmicrosoft.com",
    "ID": "7",
    "UPN": "ada@customer.example",
    "DisplayName": "Ada Example",
    "AccountEnabled": True,
    "PerUser": "disabled",
    "MFARegistration": True,
    "MFACapable": True,
    "MFAMethods": ["fido2"],
    "CoveredByCA": "Not Enforced",
    "CoveredBySD": False,
    "IsAdmin": True,
    "UserType": "Member",
}

SDK: dict[str, Any] = {
    "id": "1000",
    "primaryEmail": "Ada@customer.example",
    "name": {"fullName": "Ada Example"},
    "isAdmin": False,
    "isDelegatedAdmin": True,
    "suspended": False,
    "archived": False,
    "isEnrolledIn2Sv": True,
    "isEnforcedIn2Sv": True,
    "recoveryEmail": "ada@home.example",
    "recoveryPhone": "+15555550101",
    "phones": [{"value": "+15555550101"}],
    "emails": [{"address": "ada@home.example"}],
    "addresses": [{"formatted": "1 Home Street"}],
}

GOOGLE_HEADER = (
    "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
    "Status [READ ONLY],Recovery Email,Recovery Phone [MUST BE IN THE E.164 FORMAT],"
    "Home Secondary Email,Home Address,Mobile Phone,Department,"
    "2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY]"
)


def google(status: str, enrolled: str, enforced: str) -> EvidenceRecord:
    row = (
        f"Ada,Example,Ada@customer.example,****,{status},ada@home.example,+15555550101,"
        f"ada@home.example,1 Home Street,+15555550102,Finance,{enrolled},{enforced}"
    )
    return person(f"{GOOGLE_HEADER}\n{row}\n")


@pytest.mark.parametrize(
    ("fields", "level", "required"),
    [
        ({}, 2, False),
        ({"MFACapable": None}, 1, False),
        ({"MFARegistration": False, "MFACapable": False}, 0, False),
        ({"CoveredByCA": "Enforced - All Apps"}, 3, True),
        ({"CoveredByCA": "Enforced - Specific Apps"}, 3, True),
        ({"CoveredBySD": True}, 3, True),
        ({"PerUser": "enforced"}, 3, True),
        ({"PerUser": "Enabled"}, 3, True),
        ({"MFARegistration": False, "CoveredBySD": True}, 0, True),
        ({"MFARegistration": None, "CoveredBySD": True}, None, True),
        ({"CoveredByCA": "", "CoveredBySD": None}, 2, None),
        ({"CoveredBySD": None}, 2, None),
    ],
)
def test_cipp_tells_registered_capable_and_required_apart(
    fields: dict[str, Any], level: int | None, required: bool | None
) -> None:
    record = person([CIPP | fields])

    assert (record.level, record.required) == (level, required)


def test_cipp_names_the_tenant_and_whether_the_account_is_on() -> None:
    found = read({"Results": [CIPP, CIPP | {"AccountEnabled": False, "UserType": "Guest"}]})
    first, second = (record for _, record in found.parsed.accepted)

    assert (found.source, found.taken_at) == ("cipp", None)
    assert (first.tenant, first.active, first.admin) == ("customer.onmicrosoft.com", True, True)
    assert (second.active, second.kind) == (False, "guest")
    assert first.methods == ("fido2",)


def test_a_tenant_without_licence_stays_unknown_with_the_reason_from_cipp() -> None:
    text = (
        '"Tenant","UPN","MFARegistration","CoveredByCA","CoveredBySD","MFAMethods"\n'
        '"x.example","a@x.example","","MFA registration not available - licensing required for '
        'Conditional Access reporting","Yes","[""fido2"", ""email""]"\n'
        '"x.example","b@x.example","","","No",""\n'
    )
    first, second = (record for _, record in read(text, "cipp.csv").parsed.accepted)

    assert (first.level, first.required) == (None, True)
    assert first.reason.startswith("MFA registration not available - licensing required")
    assert first.methods == ("fido2", "email")
    assert second.reason == "MFARegistration is empty in this report."


@pytest.mark.parametrize(
    ("enrolled", "enforced", "level", "required"),
    [
        ("True", "False", 1, False),
        ("True", "True", 3, True),
        ("False", "True", 0, True),
        ("False", "False", 0, False),
        ("", "", None, None),
    ],
)
def test_google_tells_enrolled_and_enforced_apart(
    enrolled: str, enforced: str, level: int | None, required: bool | None
) -> None:
    record = google("Active", enrolled, enforced)

    assert (record.level, record.required, record.active) == (level, required, True)
    assert record.address == "ada@customer.example"


def test_a_suspended_account_is_not_active() -> None:
    assert google("Suspended", "False", "False").active is False
    assert person([SDK | {"archived": True}]).active is False


def test_the_admin_sdk_is_read_as_the_console_is() -> None:
    found = read({"users": [SDK], "nextPageToken": "page2"})
    record = found.parsed.accepted[0][1]

    assert (found.source, found.taken_at) == ("google-sdk", None)
    assert (record.external_id, record.address) == ("1000", "ada@customer.example")
    assert (record.level, record.required, record.admin, record.active) == (3, True, True, True)
    assert "more pages" in found.parsed.warnings[0]


@pytest.mark.parametrize(
    "record", [google("Active", "True", "True"), person([SDK])], ids=["console", "sdk"]
)
def test_passwords_phones_and_private_addresses_are_not_kept(record: EvidenceRecord) -> None:
    kept = record.raw

    assert not any(word in kept for word in ("****", "+1555", "home.example", "Home Street"))
    assert "customer.example" in kept


def test_what_is_kept_of_a_row_can_be_stored_anywhere() -> None:
    record = person('[{"id": "1", "isMfaRegistered": true, "a\\ud800": "b\\u0000", "n": 1e999}]')

    kept = json.dumps(json.loads(record.raw), ensure_ascii=False, allow_nan=False)
    kept.encode()
    assert "\\u0000" not in kept


def test_a_row_without_any_identity_is_rejected() -> None:
    found = read([GRAPH, {"isMfaRegistered": True, "userDisplayName": "Nobody"}]).parsed

    assert (found.rows, len(found.accepted)) == (2, 1)
    assert "who is meant" in found.rejected[0].reason


def test_an_unknown_export_is_refused_with_what_is_understood() -> None:
    with pytest.raises(Invalid) as refused:
        read("DisplayName,UserPrincipalName,MFAStatus\nEve,e@x.example,Disabled\n", "msol.csv")

    assert "DisplayName, UserPrincipalName, MFAStatus" in refused.value.message
    assert "CIPP" in refused.value.message


def test_a_source_that_is_named_must_fit_the_file() -> None:
    assert read([GRAPH], source="graph").source == "graph"
    with pytest.raises(Invalid, match="is not a cipp export"):
        read([GRAPH], source="cipp")
    with pytest.raises(Invalid, match="Use auto, graph"):
        read([GRAPH], source="magic")


SAMPLES = {
    ("microsoft-graph", "userRegistrationDetails.list.v1.json"): ("graph", [2, 0, 2]),
    ("entra", "exportUserRegistrationDetails_2026-11-1.RECONSTRUCTED.csv"): (
        "entra-portal",
        [2, 0],
    ),
    (
        "entra",
        "Get-MgReportAuthenticationMethodUserRegistrationDetail.Export-Csv.RECONSTRUCTED.csv",
    ): ("get-mg", [2, 0]),
    ("cipp", "mfa-report.RECONSTRUCTED.csv"): ("cipp", [3, None]),
    ("google", "google-admin-users-export.csv"): ("google-admin", [1, 0, 0]),
    ("google", "admin-sdk.users.list.json"): ("google-sdk", [1, 0]),
}


@pytest.mark.parametrize("parts", SAMPLES, ids=lambda parts: parts[-1])
def test_the_sample_is_recognised_and_read(parts: tuple[str, str]) -> None:
    path = shared("samples", *parts)
    if path is None:
        return
    with path.open("rb") as file:
        found = read_all(file, path.name)

    levels = [record.level for _, record in found.parsed.accepted]
    assert (found.source, levels) == SAMPLES[parts]
    assert found.source in SOURCES
    assert found.parsed.rejected == []
