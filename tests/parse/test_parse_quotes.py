"""One bad quote costs one row, not the file."""

from tests.parse.table_kit import lines, rejected, rows


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
