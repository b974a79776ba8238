"""The figures as a table on the terminal, as a JSON file and as docs/bench.md.

A part that is measured again takes the place of what stood for it; the others stay, each with
its own date, commit and size.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure

_HEAD = """\
# Bench

Written by `make bench`. A figure counts as a ratio: ours against the reference in the same run,
taken in turns, medians. Absolute values move from machine to machine. Sizes other than full
show a direction, not a result.
"""
_COLUMNS = ("figure", "ours", "reference", "against", "ratio", "target", "met")
_WORDS = {True: "yes", False: "no", None: "-"}
_OF_A_RUN = ("date", "commit", "load")


@dataclass(frozen=True)
class Part:
    """What one part of the bench found, and when and on what."""

    machine: Mapping[str, str]
    size: str
    figures: Sequence[Figure]

    def as_json(self) -> dict[str, Any]:
        figures = [figure.as_json() for figure in self.figures]
        return {"machine": self.machine, "size": self.size, "figures": figures}


def merged(path: Path, parts: Mapping[str, Part], order: Iterable[str]) -> dict[str, Part]:
    """These parts and those of the JSON file at `path` that were not measured this time."""
    known = dict(parts)
    if path.exists():
        for name, told in json.loads(path.read_text()).get("parts", {}).items():
            known.setdefault(name, _part(told))
    return {name: known[name] for name in order if name in known}


def _part(told: Mapping[str, Any]) -> Part:
    figures = [
        Figure(**{name: value for name, value in figure.items() if name != "met"})
        for figure in told["figures"]
    ]
    return Part(told["machine"], told["size"], figures)


def write_json(path: Path, parts: Mapping[str, Part]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"parts": {name: part.as_json() for name, part in parts.items()}}
    path.write_text(json.dumps(told, indent=2) + "\n")


def as_table(figures: Sequence[Figure]) -> str:
    """Columns that line up."""
    rows = [_COLUMNS, *(_row(figure) for figure in figures)]
    groups = ["", *(figure.group for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = []
    for group, row in zip(groups, rows, strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append(f"{group:10} {'  '.join(cells)}".rstrip())
    return "\n".join(lines)


def as_markdown(parts: Iterable[Part]) -> str:
    """The page: for each group what it ran on, and a table."""
    words = [_HEAD]
    machine: Mapping[str, str] = {}
    for part in parts:
        here = {name: value for name, value in part.machine.items() if name not in _OF_A_RUN}
        if here != machine:
            told = "; ".join(f"{name} {value}" for name, value in here.items())
            words.append(f"\nMachine: {told}.\n")
            machine = here
        for group in dict.fromkeys(figure.group for figure in part.figures):
            chosen = [figure for figure in part.figures if figure.group == group]
            run = ", ".join(f"{name} {part.machine.get(name, '?')}" for name in _OF_A_RUN)
            words.append(f"\n## {group.capitalize()}\n\nSize {part.size}, {run}.\n\n")
            words.append(_table(chosen))
    return "".join(words)


def _table(figures: Sequence[Figure]) -> str:
    rows = [(*_COLUMNS, "note"), ("---",) * (len(_COLUMNS) + 1)]
    rows += [(*_row(figure), figure.note) for figure in figures]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    target = "" if figure.target is None else f"{figure.bound} {_number(figure.target)}"
    return (
        figure.name,
        f"{_number(figure.ours)} {figure.unit}" if figure.ours is not None else "not measured",
        "" if figure.reference is None else f"{_number(figure.reference)} {figure.unit}",
        figure.against,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        target,
        _WORDS[figure.met],
    )


def _number(value: float | None) -> str:
    """Three digits that mean something."""
    if value is None:
        return ""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"
