"""Evidence files in memory, and a person of Microsoft's report."""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from campaigns.rules.records import EvidenceFile, EvidenceRecord, Parsed, Rejected
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


@dataclass(frozen=True)
class Read:
    """An evidence file to its end, with its rows sorted into taken and rejected."""

    source: str
    taken_at: datetime | None
    parsed: Parsed[EvidenceRecord]


def read_all(stream: BinaryIO, name: str, source: str = "auto") -> Read:
    return to_the_end(evidence(stream, name, source))


def to_the_end(file: EvidenceFile) -> Read:
    rows = list(file.rows)
    taken = [row for row in rows if not isinstance(row, Rejected)]
    rejected = [row for row in rows if isinstance(row, Rejected)]
    ending = file.ending()
    parsed = Parsed(len(rows), list(enumerate(taken, 1)), rejected, ending.warnings)
    return Read(file.source, ending.taken_at, parsed)


def read(content: Any, name: str = "export.json", source: str = "auto") -> Read:
    text = content if isinstance(content, str) else json.dumps(content)
    return read_all(io.BytesIO(text.encode()), name, source)


def person(content: Any, name: str = "export") -> EvidenceRecord:
    found = read(content, name).parsed
    assert found.rejected == []
    return found.accepted[0][1]
