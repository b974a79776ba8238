"""Evidence files in memory, and a person of Microsoft's report."""

import io
import json
from typing import Any

from campaigns.rules.records import EvidenceFile, EvidenceRecord
from rollout.parse.evidence import evidence

GRAPH: dict[str, Any] = {
    "id": "86462606",
    "userPrincipalName": "AlexW@Contoso.example",
    "userDisplayName": "Alex Wilber",
    "userType": "member",
    "isAdmin": False,
    "isMfaRegistered": True,
    "isMfaCapable": True,
    "isPasswordlessCapable": True,
    "methodsRegistered": ["microsoftAuthenticatorPush", "somethingNew"],
    "userPreferredMethodForSecondaryAuthentication": "",
    "lastUpdatedDateTime": "2023-03-13T19:15:41.6195833Z",
}


def read(content: Any, name: str = "export.json", source: str = "auto") -> EvidenceFile:
    text = content if isinstance(content, str) else json.dumps(content)
    return evidence(io.BytesIO(text.encode()), name, source)


def person(content: Any, name: str = "export") -> EvidenceRecord:
    found = read(content, name).parsed
    assert found.rejected == []
    return found.accepted[0][1]
