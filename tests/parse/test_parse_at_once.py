"""Many lines are cut at once where that gives the same as reading them one by one."""

import tracemalloc
from typing import BinaryIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.rules.records import Rejected
from rollout.parse.evidence import evidence
from rollout.parse.lines import Lines
from rollout.parse.quoting import Cells, Rows

TEXTS = st.text(alphabet='ab ,;"\r\n\té\u2028\x0b\x00', max_size=120)
PLAIN = st.lists(
    st.lists(st.sampled_from(["a", "", " ", '"a"', '"a, b"', '"say ""hi"""', "é"]), max_size=4).map(
        ",".join
    ),
    max_size=12,
).map("\n".join)


class OneByOne(Lines):
    """Lines of which none is ever ready."""

    def ready(self) -> str:
        return ""


def read(kind: type[Lines], content: bytes, delimiter: str) -> tuple[list[Cells | Rejected], str]:
    lines = kind([content[start : start + 50] for start in range(0, len(content), 50)], content)
    return list(Rows(lines, delimiter)), lines.encoding


@settings(max_examples=300)
@given(
    TEXTS | PLAIN,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
@example('1,"2\r\n3",4\r\n5,"6"x,7\r\n8,"9"', ",", "utf-8")
@example("\t \t\na\tb\n", "\t", "utf-8")
def test_the_rows_are_the_same(text: str, delimiter: str, encoding: str) -> None:
    content = text.encode(encoding, "replace")
    assert read(Lines, content, delimiter) == read(OneByOne, content, delimiter)


class Report:
    """An export of so many people that is made while it is read."""

    def __init__(self, people: int) -> None:
        self._people = people
        self._done = -1

    def read(self, _size: int = -1) -> bytes:
        if self._done < 0:
            self._done = 0
            return b"userPrincipalName,displayName,mfaCapable,methodsRegistered\n"
        first, self._done = self._done, min(self._done + 500, self._people)
        return b"".join(
            b'p%d@customer.example,"Example, P\xc3\xa9 %d",Capable,"App, SMS"\n' % (n, n)
            for n in range(first, self._done)
        )


@pytest.mark.parametrize("people", [20_000])
def test_evidence_is_read_in_the_same_memory_however_long_the_file_is(people: int) -> None:
    stream: BinaryIO = Report(people)  # type: ignore[assignment]  # read() is all that is asked
    tracemalloc.start()
    file = evidence(stream, "export.csv")
    levels = {row.level for row in file.rows if not isinstance(row, Rejected)}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert levels == {2}
    assert peak < 2**20 * 3 // 2
