"""Vendors' markup becomes text that a person can read, and never anything else."""

import pytest

from rollout.parse.prose import on_hold_sentence, plain_text


@pytest.mark.parametrize(
    "sentence",
    [
        "This feature plays music when a caller is put on hold.",
        "The rollout is no longer on hold.",
        "Hold on.",
    ],
)
def test_other_kinds_of_hold_are_no_hold(sentence: str) -> None:
    assert on_hold_sentence(sentence) is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b<p>c", "a\nb\n\nc"),
        ("<ul><li><p>one</p></li><li>two</li></ul>", "- one\n- two"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("<a href='javascript:x()'>label</a>", "label"),
        ("<a href='https://x.example'>https://x.example</a>", "https://x.example"),
        ("<style>p{}</style><![CDATA[x]]><p>kept</p>", "kept"),
        ("a\u202eb\x07c", "abc"),
    ],
)
def test_markup_becomes_readable_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<a href='", "</", "<?", "<div>", "&"])
def test_broken_markup_takes_no_time(piece: str) -> None:
    assert len(plain_text(piece * 20_000)) < 200_000
