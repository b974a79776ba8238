"""Microsoft Entra's registration report, in the three forms in which people export it.

The portal's and PowerShell's samples are reconstructed: their columns are partly inferred."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.parse.evidence_kit import GRAPH, person, read


@pytest.mark.parametrize("envelope", [{"value": [GRAPH]}, [GRAPH], GRAPH])
def test_the_graph_report_is_read_in_every_envelope(envelope: Any) -> None:
    found = read(envelope)
    record = found.parsed.accepted[0][1]

    assert found.source == "graph"
    assert found.taken_at == datetime(2023, 3, 13, 19, 15, 41, 619583, UTC)
    assert (record.external_id, record.upn) == ("86462606", "alexw@contoso.example")
    assert (record.level, record.required, record.admin, record.kind) == (2, None, False, None)
    assert record.methods == ("microsoftAuthenticatorPush", "somethingNew")
    assert json.loads(record.raw)["isPasswordlessCapable"] is True


@pytest.mark.parametrize(
    ("registered", "capable", "level"),
    [
        (False, False, 0),
        (False, None, 0),
        (True, False, 1),
        (True, None, 1),
        (True, True, 2),
        (None, None, None),
    ],
)
def test_registered_and_capable_give_the_level(
    registered: bool | None, capable: bool | None, level: int | None
) -> None:
    record = person(GRAPH | {"isMfaRegistered": registered, "isMfaCapable": capable})

    assert record.level == level
    assert bool(record.reason) == (level is None)


def test_a_guest_is_a_guest() -> None:
    assert person(GRAPH | {"userType": "guest"}).kind == "guest"


def test_the_newest_row_says_when_the_file_was_taken() -> None:
    rows = [GRAPH, GRAPH | {"lastUpdatedDateTime": "2023-03-14T00:00:00Z"}, GRAPH]

    assert read(rows).taken_at == datetime(2023, 3, 14, tzinfo=UTC)


PORTAL = "userPrincipalName,mfaCapable,methodsRegistered,defaultMfaMethod\n"


def test_the_portal_export_is_read_and_dated_by_its_name() -> None:
    text = (
        PORTAL + 'ada@x.example,Capable,"Authenticator app, SMS",App\neve@x.example,Not Capable,,\n'
    )
    found = read(text, "exportUserRegistrationDetails_2026-11-1.csv")

    assert found.source == "entra-portal"
    assert found.taken_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert [record.level for _, record in found.parsed.accepted] == [2, 0]
    assert found.parsed.accepted[0][1].methods == ("Authenticator app", "SMS")


def test_the_portal_export_is_dated_by_its_rows_where_they_say() -> None:
    header = "userPrincipalName,mfaCapable,lastUpdatedDateTime"
    text = f"{header}\na@x.example,Capable,2026-10-31T06:10:11Z\n"

    found = read(
        "\ufeff" + text.replace("\n", "\r\n"), "exportUserRegistrationDetails_2026-11-1.csv"
    )

    assert found.taken_at == datetime(2026, 10, 31, 6, 10, 11, tzinfo=UTC)


def test_the_labels_on_the_screen_are_understood_in_any_order() -> None:
    text = (
        "Multifactor authentication registered;Multifactor authentication capable;"
        "User principal name\nRegistered;Not Capable;a@x.example\n"
    )

    assert person(text).level == 1


def test_powershell_loses_the_methods_and_says_so() -> None:
    text = (
        '"Id","IsAdmin","IsMfaCapable","IsMfaRegistered","LastUpdatedDateTime",'
        '"MethodsRegistered","UserPrincipalName","UserType"\n'
        '"1","True","False","True","3/13/2023 7:15:41 PM","System.String[]","A@x.example","guest"\n'
    )
    found = read(text, "report.csv")
    record = found.parsed.accepted[0][1]

    assert found.source == "get-mg"
    assert found.taken_at == datetime(2023, 3, 13, 19, 15, 41, tzinfo=UTC)
    assert (record.level, record.admin, record.kind, record.methods) == (1, True, "guest", ())
    assert "Methods are not in this file" in found.parsed.warnings[0]


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("13/03/2023 19:15:41", datetime(2023, 3, 13, 19, 15, 41, tzinfo=UTC)),
        ("05/03/2023 19:15:41", None),
        ("12/31/2023 12:00:00 AM", datetime(2023, 12, 31, tzinfo=UTC)),
        ("99/99/2023 1:00:00 PM", None),
    ],
)
def test_a_date_that_could_be_two_days_is_no_date(written: str, taken: datetime | None) -> None:
    text = f"UserPrincipalName,IsMfaRegistered,LastUpdatedDateTime\na@x.example,True,{written}\n"

    assert read(text, "report.csv").taken_at == taken
