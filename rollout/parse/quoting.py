"""From lines to the cells of a row, so that one bad quote costs one row and not the file.

The rules are those of RFC 4180, with white space allowed around a quoted cell. A
quote that opens must close within 50 lines and 64 KB; where it does not, or where
it closes in the middle of a word, the row is refused and reading goes on with the
next physical line.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from campaigns.rules.records import Rejected
from rollout.parse.lines import Line, Lines

MAX_LINES = 50
MAX_QUOTED = 64 * 1024  # characters
MAX_CSV = 128 * 1024  # characters; a larger cell is beyond the csv module

UNCLOSED = 'The quote (") that opens on this line does not close properly.'
STRAY = (
    'A quote (") closes in the middle of a value on this line. '
    'Write a quote inside a quoted value twice ("").'
)


class Cells(NamedTuple):
    """The cells of one row and the line on which it begins."""

    line: int
    cells: list[str]


class StrayQuoteError(ValueError):
    """Text follows directly on a closing quote."""


def cells_of(text: str, delimiter: str) -> list[str] | None:
    """The cells of a row; None where a quote is still open. Raises StrayQuoteError."""
    cells: list[str] = []
    at, end = 0, len(text)
    while True:
        start = _skip(text, at)
        if start < end and text[start] == '"':
            cell, at = _quoted(text, start + 1)
            if at < 0:
                return None
            at = _skip(text, at)
            if at < end and text[at] != delimiter:
                raise StrayQuoteError
        else:
            stop = text.find(delimiter, at)
            stop = end if stop < 0 else stop
            cell, at = text[at:stop], stop
        cells.append(cell)
        if at >= end:
            return cells
        at += 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] == " ":
        at += 1
    return at


def _quoted(text: str, start: int) -> tuple[str, int]:
    """The content of a quoted cell and the place after its closing quote, or -1."""
    at = start
    while (quote := text.find('"', at)) >= 0:
        if text[quote + 1 : quote + 2] != '"':
            return text[start:quote].replace('""', '"'), quote + 1
        at = quote + 2
    return "", -1


@cache
def _plain(delimiter: str) -> re.Pattern[str]:
    """Lines that are a row each, whatever stands before and after them."""
    apart = re.escape(delimiter)
    cell = rf'(?:"[^"\n]*+(?:""[^"\n]*+)*+"|[^"{apart}\n]*+)'
    return re.compile(rf"(?:{cell}(?:{apart}{cell})*+\n)*+")


class Rows:
    """Rows of cells, or refusals, once; `width` is the number of columns when it is known."""

    def __init__(self, lines: Lines, delimiter: str) -> None:
        self._lines = lines
        self.delimiter = delimiter
        self.width = 0
        self._found = self._read()

    def __iter__(self) -> Iterator[Cells | Rejected]:
        return self._found

    def _read(self) -> Iterator[Cells | Rejected]:
        while True:
            text = self._lines.ready()
            if text and self._is_plain(text):
                yield from self._many(text)
            elif (line := self._lines.next()) is None:
                return
            elif line.flaw:
                yield Rejected(line.number, line.flaw)
            elif line.text.strip():
                yield self._row(line)

    def _is_plain(self, text: str) -> bool:
        if len(text) > MAX_CSV:
            return False
        return '"' not in text or _plain(self.delimiter).fullmatch(text) is not None

    def _many(self, text: str) -> Iterator[Cells]:
        number = self._lines.take_ready(text)
        lines = text.split("\n")[:-1]
        for line, cells in zip(lines, csv.reader(lines, delimiter=self.delimiter), strict=True):
            if line.strip():
                yield Cells(number, cells)
            number += 1

    def _row(self, first: Line) -> Cells | Rejected:
        if '"' not in first.text:
            return Cells(first.number, first.text.split(self.delimiter))
        taken = [first]
        while True:
            text = "".join(line.text + line.ending for line in taken[:-1]) + taken[-1].text
            try:
                cells = cells_of(text, self.delimiter)
            except StrayQuoteError:
                return self._refused(taken, STRAY if len(taken) == 1 else UNCLOSED)
            if cells is not None:
                if self._swallowed(taken, cells):
                    return self._refused(taken, UNCLOSED)
                return Cells(first.number, cells)
            if not self._until_quote(taken, len(text)):
                return self._refused(taken, UNCLOSED)

    def _until_quote(self, taken: list[Line], size: int) -> bool:
        """Takes lines up to the next that holds a quote; False where none is near enough."""
        while len(taken) < MAX_LINES and size <= MAX_QUOTED:
            line = self._lines.next()
            if line is None:
                return False
            taken.append(line)
            size += len(line.text)
            if line.flaw:
                return False
            if '"' in line.text:
                return True
        return False

    def _refused(self, taken: list[Line], reason: str) -> Rejected:
        self._lines.put_back(taken[1:])
        return Rejected(taken[0].number, reason)

    def _swallowed(self, taken: list[Line], cells: list[str]) -> bool:
        """Whether a row over several lines holds what are evidently rows of their own."""
        if len(taken) == 1 or self.width < 2:
            return False
        if len(cells) != self.width:
            return any(self._is_row(line.text) for line in taken[1:])
        inner = taken[1:-1]
        return self.width > 2 and bool(inner) and all(self._is_row(line.text) for line in inner)

    def _is_row(self, text: str) -> bool:
        try:
            cells = cells_of(text, self.delimiter)
        except StrayQuoteError:
            return False
        return cells is not None and len(cells) == self.width
