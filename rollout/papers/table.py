"""Facts of a report as rows. Used by CSV, by the PDF and by the command's plain output."""

import csv
import io
from typing import Any

# What a spreadsheet would run as a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns(what: str) -> list[str]:
    """The header of a report's table."""
    if what == "adoption":
        plain = ["customer", "people", "done", "not_done", "unknown", "excepted"]
        return [*plain, *(f"level_{level}" for level in range(5))]
    if what == "value":
        spans = ("tickets", "technician_hours", "user_hours")
        ranges = [f"{name}_{end}" for name in spans for end in ("low", "likely", "high")]
        net = [
            "net_technician_hours_low",
            "net_technician_hours_likely",
            "net_technician_hours_high",
        ]
        return [
            "customer",
            "people_counted",
            *ranges,
            "campaign_labour_hours",
            *net,
            "grade",
            "why_not",
        ]
    return ["customer", "state", "first_message", "agreed", "chosen", "days_of_notice", "ready"]


def rows(what: str, facts: dict[str, Any]) -> list[list[Any]]:
    """One row a customer, then the total where there is one."""
    if what == "adoption":
        lines = [*facts["customers"], {"customer": "total", **facts["total"]}]
        return [_adoption(line) for line in lines]
    if what == "value":
        total = {"customer": "total", "grade": facts["grade"], "why_not": None, **facts["total"]}
        return [_value(line) for line in [*facts["customers"], total]]
    return [[line[name] for name in columns("pack")] for line in facts["customers"]]


def as_csv(what: str, facts: dict[str, Any]) -> str:
    """RFC 4180, with a quote before every text that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns(what))
    for row in rows(what, facts):
        writer.writerow([safe(cell) for cell in row])
    return out.getvalue()


def safe(cell: Any) -> Any:
    """Texts cannot become formulas; numbers stay numbers; None is an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return "'" + cell
    return cell


def _adoption(line: dict[str, Any]) -> list[Any]:
    plain = [
        line[name] for name in ("customer", "people", "done", "not_done", "unknown", "excepted")
    ]
    return [*plain, *(line["levels"].get(str(level), 0) for level in range(5))]


def _value(line: dict[str, Any]) -> list[Any]:
    avoided = line["avoided"]
    spans = [avoided[name] for name in ("tickets", "technician_hours", "user_hours")]
    ranges = [span[end] for span in spans for end in ("low", "likely", "high")]
    net = line["net_technician_hours"]
    return [
        line["customer"],
        line["people_counted"],
        *ranges,
        line["campaign_labour_hours"],
        net["low"],
        net["likely"],
        net["high"],
        line["grade"],
        line["why_not"],
    ]
