"""What a page lists, as CSV: any columns, safe for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from rollout.papers.table import safe


def list_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """RFC 4180; texts cannot become formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()
