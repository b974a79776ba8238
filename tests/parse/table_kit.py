"""CSV files in memory, and what is read of them."""

import io

from campaigns.rules.records import Rejected
from rollout.parse.table import Row, Table, open_table


def table(content: bytes | str) -> Table:
    data = content if isinstance(content, bytes) else content.encode()
    return open_table(io.BytesIO(data), "list.csv")


def rows(content: bytes | str) -> list[dict[str, str]]:
    return [row.values for row in table(content).rows() if isinstance(row, Row)]


def rejected(content: bytes | str) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in table(content).rows() if isinstance(row, Rejected)]


def lines(content: bytes | str) -> list[int]:
    return [row.line for row in table(content).rows() if isinstance(row, Row)]
