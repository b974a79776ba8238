"""A CSV file of any making is read row by row; one bad row costs one row."""

import io
import json
import tracemalloc
from pathlib import Path

import pytest

from campaigns.errors import Invalid
from campaigns.rules.records import Rejected
from rollout.parse.table import Row, open_table
from tests.parse.table_kit import lines, rejected, rows, table
from tests.shared import shared

SIGNS = "name,city\nJosé,Łódź\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_names_survive_every_unicode_encoding(encoding: str) -> None:
    data = SIGNS.encode(encoding)

    assert rows(data) == [{"name": "José", "city": "Łódź"}]


def test_a_big_endian_file_with_its_mark_is_read() -> None:
    assert rows(b"\xfe\xff" + SIGNS.encode("utf-16-be")) == [{"name": "José", "city": "Łódź"}]


def test_a_file_that_is_not_utf8_is_read_as_windows_western_with_a_warning() -> None:
    read = table("name,city\nAda,Bonn\nJosé,Köln €\n".encode("cp1252"))

    values = [row.values for row in read.rows() if isinstance(row, Row)]

    assert values[1] == {"name": "José", "city": "Köln €"}
    assert read.encoding == "cp1252"
    assert "accents" in read.warnings[0]


def test_a_damaged_line_in_a_utf8_file_is_rejected_and_not_guessed() -> None:
    data = "name,city\nJosé,Bonn\n".encode() + b"Ad\xe9le,Paris\nEve,Rome\n"

    assert [row["name"] for row in rows(data)] == ["José", "Eve"]
    assert rejected(data) == [(3, "This line is not readable as UTF-8, unlike the rest.")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_header(delimiter: str) -> None:
    text = "name,note\nAda,x\n".replace(",", delimiter)

    assert rows(text) == [{"name": "Ada", "note": "x"}]


def test_a_comma_inside_a_quoted_column_name_is_not_the_separator() -> None:
    assert table('"a, b, c";d\n1;2\n').columns == ("a, b, c", "d")


def test_the_separator_line_that_excel_writes_is_obeyed() -> None:
    assert rows("sep=;\na,x;b\n1;2\n") == [{"a,x": "1", "b": "2"}]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break_counts_lines_alike(ending: str) -> None:
    text = ending.join(["a,b", "1,2", '"x', 'y",3', "4,5", ""])

    assert lines(text) == [2, 3, 5]
    assert rows(text)[1] == {"a": f"x{ending}y", "b": "3"}


def test_a_line_break_that_falls_on_the_edge_of_a_piece_is_one_line_break() -> None:
    first = "a,b\r\n" + "1," + "x" * (64 * 1024 - 8)
    assert len(first) == 64 * 1024 - 1

    assert lines(first + "\r\n3,4\r\n") == [2, 3]


def test_rows_with_too_many_or_too_few_cells_are_rejected_with_line_and_reason() -> None:
    found = rejected("a,b,c\n1,2\n1,2,3,4\n1,2,3\n")

    assert [line for line, _ in found] == [2, 3]
    assert "2 cells" in found[0][1]
    assert "4 cells" in found[1][1]
    assert "a comma" in found[1][1]


def test_a_nul_character_costs_its_line_only() -> None:
    text = "a,b\n1,2\n\0,3\n4,5\n"

    assert [line for line, _ in rejected(text)] == [3]
    assert lines(text) == [2, 4]


def test_lines_without_any_text_are_not_rows() -> None:
    assert lines("\n\na,b\n\n1,2\n,\n  \n3,4\n\n") == [5, 8]


def test_a_line_without_end_is_rejected_and_not_held_in_memory() -> None:
    class Endless(io.RawIOBase):
        left = 100 * 2**20

        def read(self, size: int = -1) -> bytes:
            if self.left == 100 * 2**20:
                self.left -= 4
                return b"a,b\n"
            piece = min(size, self.left)
            self.left -= piece
            return b"x" * piece

    tracemalloc.start()
    found = list(open_table(Endless(), "endless.csv").rows())  # type: ignore[arg-type]  # read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [row.line for row in found] == [2]
    assert peak < 20 * 2**20


def test_columns_without_a_name_are_called_after_their_place() -> None:
    assert table("a,,\n1,2,3\n").columns == ("a", "column 2", "column 3")


def test_a_repeated_column_keeps_both_values_and_is_listed() -> None:
    read = table("Mail,mail\n1,2\n")

    assert read.columns == ("Mail", "mail (2)")
    assert read.repeated == ("mail",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\n", "is empty"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF document"),
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "an Excel workbook"),
        (b"PK\x03\x04\x14\x00data.txt", "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file"),
        (b'\xef\xbb\xbf{"value": []}', "JSON"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\x7fELF\x02\x01\x01\0\0,\0\n", "a binary file"),
        (b"name,\x01\x02\nx,y\n", "a binary file"),
        (b",,,\n1,2,3,4\n", "is empty|names the columns"),
        (b'"name,domain\nAcme,x\n', "line 1"),
    ],
)
def test_what_is_no_table_is_named_in_one_line_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        table(content)

    message = refused.value.message
    assert any(word in message for word in words.split("|"))
    assert message.startswith("list.csv")
    assert "\n" not in message


def test_memory_stays_the_same_however_long_the_file_is() -> None:
    class Endless(io.RawIOBase):
        """A file that is made while it is read."""

        def __init__(self, count: int) -> None:
            self.lines = (
                b'Customer,"Person, %d",p%d@customer.example\n' % (n, n) for n in range(count)
            )
            self.rest = b"customer,name,email\n"

        def read(self, size: int = -1) -> bytes:
            parts = [self.rest]
            length = len(self.rest)
            for line in self.lines:
                parts.append(line)
                length += len(line)
                if length >= size:
                    break
            joined = b"".join(parts)
            self.rest = joined[size:]
            return joined[:size]

    tracemalloc.start()
    found = open_table(Endless(30_000), "big.csv").rows()  # type: ignore[arg-type]  # read()
    count = sum(1 for row in found if isinstance(row, Row))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 30_000
    assert peak < 2**20 * 3 // 2


def read_file(path: Path) -> list[Row | Rejected]:
    with path.open("rb") as file:
        return list(open_table(file, path.name).rows())


def test_the_csv_spectrum_is_read_as_its_truth_says() -> None:
    folder = shared("corpora", "csv_import", "csv-spectrum", "csvs")
    # the truth of one file is a single object with another number in it
    paths = [path for path in folder.glob("*.csv") if "location" not in path.name] if folder else []

    wrong = [
        path.name
        for path in paths
        if [row.values for row in read_file(path) if isinstance(row, Row)]
        != json.loads((path.parent.parent / "json" / f"{path.stem}.json").read_text("utf-8"))
    ]

    assert wrong == []


# what is no table there: nothing but line breaks, bytes of an unknown alphabet, workbooks
REFUSED = {"empty.csv", "sample-russian.txt", "sheets.xlsx", "dummy.xlsx"}


def test_the_csv_corpora_are_read_with_lines_in_order_and_only_no_tables_are_refused() -> None:
    folder = shared("corpora", "csv_import")
    refused = set()
    for path in sorted(folder.rglob("*")) if folder else ():
        if path.suffix not in {".csv", ".txt", ".xlsx"}:
            continue
        try:
            places = [row.line for row in read_file(path)]
        except Invalid:
            refused.add(path.name)
        else:
            assert places == sorted(set(places)), path.name

    assert refused <= REFUSED
