"""What an import did, or would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.rules.records import Rejected


@dataclass(frozen=True, slots=True)
class ImportResult:
    """`rows == accepted + len(rejected)`; `stored` is False for a preview or a refused file."""

    rows: int
    rejected: Sequence[Rejected]
    created: int
    updated: int
    unchanged: int
    stored: bool
    warnings: Sequence[str] = ()

    @property
    def accepted(self) -> int:
        return self.rows - len(self.rejected)

    def as_json(self) -> dict[str, Any]:
        """The shape that the command prints with --json."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": [{"line": r.line, "reason": r.reason} for r in self.rejected],
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "stored": self.stored,
            "warnings": list(self.warnings),
        }
