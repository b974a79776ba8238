"""A report as PDF: Typst, with the facts as JSON and the template beside this module."""

import json
from importlib.resources import as_file, files
from typing import Any

import typst

from rollout.papers.table import columns, rows

TITLES = {
    "value": "Avoided disruption",
    "adoption": "Who is ready",
    "pack": "Evidence pack",
}


def as_pdf(what: str, facts: dict[str, Any], provider: str) -> bytes:
    """The PDF's bytes (PDF/UA-1: readable by screen readers, checked by the compiler)."""
    sheet = {
        "title": TITLES[what],
        "campaign": facts["campaign"],
        "as_of": facts["as_of"],
        "provider": provider,
        "note": f"Grade {facts['grade']}: {facts['grade_words']}." if "grade" in facts else "",
        "columns": [name.replace("_", " ") for name in columns(what)],
        "rows": [[_text(cell) for cell in row] for row in rows(what, facts)],
        "assumptions": [
            [_text(row[name]) for name in ("name", "value", "grade", "source")]
            for row in facts.get("assumptions", [])
        ],
    }
    with as_file(files("rollout.papers").joinpath("report.typ")) as template:
        return typst.compile(
            str(template), sys_inputs={"facts": json.dumps(sheet)}, pdf_standards="ua-1"
        )


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)
