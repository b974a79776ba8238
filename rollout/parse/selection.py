"""A list of customers for a campaign: a CSV with a name column, or one name a line."""

import io
from typing import BinaryIO

from campaigns.errors import Invalid
from rollout.parse.table import open_table

NO = ("no", "false", "0", "exclude", "excluded", "out")
Row = tuple[int, str, bool, str]


def selection(stream: BinaryIO, name: str) -> list[Row]:
    """Rows of (line, customer, included, reason).

    Columns: `customer` or `name`; optional `include` (no, false, 0, exclude) and `reason`.
    A file without such a header is read as one customer a line. Raises Invalid.
    """
    text = stream.read()
    first = text.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip().casefold()
    columns = [cell.strip().strip('"') for cell in first.replace(";", ",").split(",")]
    if not {"name", "customer"} & set(columns):
        return _plain(text, name)
    return _table(text, name)


def _plain(content: bytes, name: str) -> list[Row]:
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Invalid(f"{name} is not a list of customers: save it as UTF-8 text or CSV.") from None
    rows = [
        (n, " ".join(line.split()), True, "") for n, line in enumerate(lines, 1) if line.strip()
    ]
    if not rows:
        raise Invalid(f"{name} names no customer.")
    return rows


def _table(content: bytes, name: str) -> list[Row]:
    table = open_table(io.BytesIO(content), name)
    rows: list[Row] = []
    for row in table.rows():
        values = {
            key.strip().casefold(): cell.strip() for key, cell in getattr(row, "values", {}).items()
        }
        customer = values.get("customer") or values.get("name") or ""
        if not customer:
            raise Invalid(f"{name}, line {row.line}: the customer's name is missing.")
        included = values.get("include", "yes").casefold() not in NO
        rows.append((row.line, customer, included, values.get("reason", "")))
    if not rows:
        raise Invalid(f"{name} names no customer.")
    return rows
