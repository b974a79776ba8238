"""Files to import, and what is there afterwards."""

import json

from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.kit import Office
from tests.web.board_kit import words_on

CUSTOMERS = (
    b"name,domain,timezone\n"
    b"Northwind Dental,nd.example,Europe/Berlin\n"
    b"Harbour Legal,hl.example,Europe/London\n"
)
CONTACTS = (
    b"customer,name,email,role\nNorthwind Dental,Ana Ruiz,ana@northwind-dental.example,owner\n"
)
TICKETS = (
    b"reference,customer,opened,closed,work_minutes,waiting_minutes,summary\n"
    b"T1,Northwind Dental,2026-05-01T08:00Z,2026-05-01T09:00Z,30,5,locked out\n"
)
HOME = "northwind-dental.example"
EVIDENCE = json.dumps(
    {
        "value": [
            {
                "id": f"id-{n}",
                "userPrincipalName": f"{name}@{HOME}",
                "userDisplayName": name,
                "userType": "member",
                "isAdmin": False,
                "isMfaRegistered": n != 1,
                "isMfaCapable": n != 1,
                "methodsRegistered": ["microsoftAuthenticatorPush"] if n != 1 else [],
                "lastUpdatedDateTime": "2026-05-30T06:00:00Z",
            }
            for n, name in enumerate(("eve0", "eve1", "nobody"))
        ]
    }
).encode()


def address(answer: TestResponse) -> str:
    assert answer.status_code == 303, words_on(answer)
    return str(answer.headers["Location"])


def count(office: Office, table: type) -> int:
    with office.store.reading() as session:
        return len(session.scalars(select(table)).all())
