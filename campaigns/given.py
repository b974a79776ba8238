"""Rows of values, or keys, given to one plain statement, so that many cost one round trip.

Rows travel as JSON, which both engines read; the statement around them is the same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Keys that travel as one value, `keys(ids)`, so that the statement is the same for any number.
AMONG = {
    "sqlite": "IN (SELECT value FROM json_each('[' || :ids || ']'))",
    "postgresql": "= ANY(CAST('{' || :ids || '}' AS bigint[]))",
}
_ENDLESS = 2**63 - 1  # the largest bigint


def keys(ids: Iterable[int]) -> str:
    """The value of `:ids` in `AMONG`."""
    return ",".join(map(str, ids))


@dataclass(frozen=True)
class Given:
    """What a statement may read as `given.COLUMN`; `columns` are names and Postgres' types.

    Values are what JSON can hold: a day is its ISO text, and `jsonb` is a mapping. `name` is the
    parameter's, for a statement that is given two kinds of rows.
    """

    columns: Mapping[str, str]
    name: str = "given"

    def source(self, dialect: str) -> str:
        """What stands after FROM."""
        if dialect == "sqlite":
            picked = ", ".join(
                f"json_extract(value, '$[{place}]') AS {name}"
                for place, name in enumerate(self.columns)
            )
            return f"(SELECT {picked} FROM json_each(:{self.name})) AS given"  # noqa: S608
        # Postgres expects a hundred rows of any JSON, and would rather read a whole table than look
        # a hundred up. Two conditions that always hold bring that down; unlike an array's, the
        # guess does not depend on what is given, so that the plan is made once and kept.
        picked = ", ".join(self._picked(place, name) for place, name in enumerate(self.columns))
        return (
            f"(SELECT {picked} FROM jsonb_array_elements(CAST(:{self.name} AS jsonb)) "  # noqa: S608
            f"WITH ORDINALITY AS told (row, place) WHERE place > 0 AND place < {_ENDLESS}) AS given"
        )

    def values(self, rows: Sequence[Sequence[Any]]) -> dict[str, str]:
        """The parameter that `source` asks for; each row has its values in column order."""
        return {self.name: json.dumps(rows, ensure_ascii=False)}

    def _picked(self, place: int, name: str) -> str:
        kind = self.columns[name]
        arrow = "->" if kind == "jsonb" else "->>"
        return f"CAST(told.row {arrow} {place} AS {kind}) AS {name}"
