"""One bad quote costs one row, not the file."""

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


def test_doubled_quotes_and_separators_in_quotes_are_kept() -> None:
    assert rows('a,b\n"say ""hi"", Ada",2\n') == [{"a": 'say "hi", Ada', "b": "2"}]


def test_an_inch_mark_inside_a_value_is_only_a_character() -> None:
    assert rows('a,b\n5" pipe,2\n') == [{"a": '5" pipe', "b": "2"}]


def test_a_space_before_a_quoted_value_does_not_break_it() -> None:
    assert rows('a,b\n1, "x, y" \n') == [{"a": "1", "b": "x, y"}]


def test_a_quote_that_never_closes_costs_only_its_own_line() -> None:
    text = 'a,b,c\n1,"2,3\n' + "4,5,6\n" * 200

    assert [line for line, _ in rejected(text)] == [2]
    assert lines(text) == list(range(3, 203))


def test_a_quote_that_the_next_quoted_value_would_close_costs_only_its_own_line() -> None:
    text = 'a,b,c\n1,"2,3\n4,5,6\n7,"8, 8",9\n'

    assert [line for line, _ in rejected(text)] == [2]
    assert lines(text) == [3, 4]


def test_rows_that_an_unclosed_quote_swallowed_come_back() -> None:
    text = 'a,b,c\n1,"2,3\n4,5,6\n7,8,9\nx",y,z\n'

    assert 3 in lines(text)
    assert 4 in lines(text)
    assert rejected(text)[0][0] == 2


def test_an_unclosed_quote_on_the_last_line_is_rejected() -> None:
    assert [line for line, _ in rejected('a,b\n1,2\n3,"4')] == [3]


def test_a_quote_that_closes_within_a_word_is_named() -> None:
    assert "closes in the middle" in rejected('a,b\n"O"Neil,2\n3,4\n')[0][1]


def test_a_value_may_span_lines_but_not_more_than_fifty() -> None:
    short = 'a,b\n"' + "x\n" * 40 + '",2\n'
    long = 'a,b\n"' + "x\n" * 60 + '",2\n'

    assert lines(short) == [2]
    assert rejected(long)[0][0] == 2
