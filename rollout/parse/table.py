"""Reading a CSV file of unknown making: encoding, delimiter, line breaks, quotes.

`open_table` looks at the beginning; `Table.rows` streams the rest in constant
memory. Every row that holds anything comes out once, as a Row or as Rejected;
lines without any text are not rows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from campaigns.errors import Invalid
from campaigns.rules.records import Rejected
from rollout.parse.cells import shown, trimmed
from rollout.parse.lines import Line, Lines
from rollout.parse.looks import EXPORT, not_a_table
from rollout.parse.quoting import MAX_LINES, STRAY, UNCLOSED, Cells, Rows
from rollout.parse.upload import Upload

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 500
QUOTED = re.compile(r'"[^"]*"')
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, and its cells as written, by column."""

    line: int
    values: dict[str, str]


class Table:
    """A CSV file that is being read; `columns` are the header's words, trimmed.

    A column without a name is called after its place ("column 4"); the second
    column of one name gets its count ("email (2)") and is listed in `repeated`.
    """

    def __init__(self, name: str, header: list[str], rows: Rows, lines: Lines) -> None:
        self.name = name
        self.columns, self.repeated = _named(header)
        self._rows = rows
        self._lines = lines
        rows.width = len(header)

    @property
    def encoding(self) -> str:
        """The encoding as far as it is known: it may be decided by a later line."""
        return self._lines.encoding

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader had to assume; complete once all rows were read."""
        if self.encoding != "cp1252":
            return ()
        return (
            "The file is not UTF-8 and was read as Western European (Windows-1252). "
            "Check names with accents.",
        )

    def rows(self) -> Iterator[Row | Rejected]:
        """The rows after the header, once."""
        for row in self.cells():
            if isinstance(row, Rejected):
                yield row
            else:
                yield Row(row.line, dict(zip(self.columns, row.cells, strict=True)))

    def cells(self) -> Iterator[Cells | Rejected]:
        """The same without the names of the columns: a cell for each of them, in their order."""
        width = len(self.columns)
        for row in self._rows:
            if isinstance(row, Rejected):
                yield row
            elif len(row.cells) == width:
                if "".join(row.cells).strip():
                    yield row
            elif any(trimmed(cell) for cell in row.cells):
                yield Rejected(row.line, self._ragged(len(row.cells)))

    def _ragged(self, count: int) -> str:
        cells = "1 cell" if count == 1 else f"{count} cells"
        columns = "1 column" if len(self.columns) == 1 else f"{len(self.columns)} columns"
        if count > len(self.columns):
            mend = f'Put a value that holds {_word(self._rows.delimiter)} in quotes (").'
        else:
            mend = "Fill the missing cells, or leave them empty between the separators."
        return f"This row has {cells}, but the header has {columns}. {mend}"


def open_table(stream: BinaryIO, name: str) -> Table:
    """A table over the bytes of `stream`; `name` is what sentences call the file.

    Raises Invalid where the bytes are not a CSV file with a header.
    """
    return table_of(Upload(stream, name))


def table_of(upload: Upload) -> Table:
    """The same for an upload whose beginning was already looked at."""
    reason = not_a_table(upload)
    if reason:
        raise Invalid(reason, code="not_a_table")
    lines = Lines(upload.pieces(), upload.head)
    rows = Rows(lines, _delimiter(lines))
    return Table(upload.name, _header(upload, rows), rows, lines)


def _delimiter(lines: Lines) -> str:
    """The separator that the header line uses most; `sep=;` as Excel writes it is obeyed."""
    line = lines.next()
    while line is not None and not line.text.strip() and not line.flaw:
        line = lines.next()
    if line is None:
        return ","
    text = line.text.strip(" ")
    if len(text) == 5 and text.startswith("sep=") and text[4] in DELIMITERS:
        return text[4]
    header = _header_lines(lines, line)
    lines.put_back(header)
    text = "\n".join(part.text for part in header)
    bare = QUOTED.sub("", text if text.count('"') % 2 == 0 else line.text)
    return max(DELIMITERS, key=bare.count)


def _header_lines(lines: Lines, first: Line) -> list[Line]:
    """The first line, with those that a quoted column name goes on over."""
    header, quotes = [first], first.text.count('"')
    while quotes % 2 and len(header) < MAX_LINES and (line := lines.next()) is not None:
        header.append(line)
        quotes += line.text.count('"')
    return header


def _header(upload: Upload, rows: Rows) -> list[str]:
    first = next(iter(rows), None)
    if first is None:
        raise Invalid(f"{upload.name} is empty. {EXPORT}", code="not_a_table")
    if isinstance(first, Rejected) and first.reason not in (STRAY, UNCLOSED):
        raise _no_text(upload)
    if isinstance(first, Rejected):
        raise Invalid(
            f"{upload.name}, line {first.line}: {first.reason} This should be the header, "
            "the line that names the columns.",
            code="not_a_table",
        )
    _check_header(upload, first)
    return first.cells


def _no_text(upload: Upload) -> Invalid:
    return Invalid(
        f"{upload.name} looks like a binary file, not like a CSV file. {EXPORT}",
        code="not_a_table",
    )


def _check_header(upload: Upload, header: Cells) -> None:
    if any(NOT_TEXT.search(cell) for cell in header.cells):
        raise _no_text(upload)
    if len(header.cells) > MAX_COLUMNS or not any(trimmed(cell) for cell in header.cells):
        raise Invalid(
            f"{upload.name}, line {header.line}: this should be the header, the line that names "
            f"the columns, but it holds {len(header.cells)} cells. {EXPORT}",
            code="not_a_table",
        )


def _named(header: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names that differ from each other, and those that were written more than once."""
    names: list[str] = []
    repeated: list[str] = []
    seen: set[str] = set()
    for place, cell in enumerate(header, start=1):
        name = " ".join(trimmed(cell).split())
        if name and name.casefold() in seen:
            repeated.append(name)
        name = name or f"column {place}"
        count, unique = 1, name
        while unique.casefold() in seen:
            count += 1
            unique = f"{name} ({count})"
        seen.add(unique.casefold())
        names.append(unique)
    return tuple(names), tuple(repeated)


def listed(columns: tuple[str, ...], limit: int = 12) -> str:
    """Column names for a sentence, short enough to read."""
    names = [shown(name, 30)[1:-1] for name in columns[:limit]]
    more = len(columns) - limit
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _word(delimiter: str) -> str:
    words = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
    return words[delimiter]
