"""Files are read and checked; whatever is wrong is said with file and field."""

import hashlib
from pathlib import Path

import pytest

from guides.errors import BadGuide, NoSuchGuide
from guides.library import check, load
from tests.guides.letter_kit import FACTS, GUIDES, LETTERS

GOOD = """---
name: hello
language: en
subject: "Hello {{first_name}}"
purpose: Say hello
audience: all_users
button: Open
button_link: guide_link
placeholders: [first_name, guide_link]
---

Hello {{first_name}}.
"""


def library_with(folder: Path, text: str, name: str = "hello.en.md") -> Path:
    letters = folder / "letters"
    letters.mkdir(exist_ok=True)
    (letters / name).write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_library_holds_every_agreed_letter_and_guide() -> None:
    library = load()
    assert {letter.name for letter in library.letters()} == LETTERS
    assert {guide.name for guide in library.guides()} == GUIDES


def test_the_shipped_library_asks_only_for_facts_that_are_given() -> None:
    assert check(load(), FACTS, LETTERS) == []


def test_the_version_is_the_hash_of_the_file(tmp_path: Path) -> None:
    letter = load(library_with(tmp_path, GOOD)).letter("hello")
    assert letter.version == hashlib.sha256(GOOD.encode()).hexdigest()
    assert (letter.subject, letter.button) == ("Hello {{first_name}}", "Open")


def test_a_language_that_is_missing_falls_back_to_english(tmp_path: Path) -> None:
    german = GOOD.replace("language: en", "language: de").replace("Hello", "Hallo")
    library_with(tmp_path, GOOD)
    library = load(library_with(tmp_path, german, "hello.de.md"))
    assert library.letter("hello", "de-AT").language == "de"
    assert library.letter("hello", "fr").language == "en"
    assert [letter.language for letter in library.letters()] == ["de", "en"]


def test_an_unknown_letter_is_refused_with_those_there_are(tmp_path: Path) -> None:
    library = load(library_with(tmp_path, GOOD))
    with pytest.raises(NoSuchGuide, match=r'no letter "hullo". There are: hello'):
        library.letter("hullo")
    with pytest.raises(NoSuchGuide, match=r'no guide "hello". There are: none'):
        library.guide("hello")


def test_check_names_facts_nobody_gives_and_letters_nobody_wrote(tmp_path: Path) -> None:
    problems = check(load(library_with(tmp_path, GOOD)), {"guide_link"}, {"hello", "farewell"})
    assert problems == [
        'Letter "farewell" is asked for, but there is none in English.',
        'hello.en.md: nobody gives the fact "first_name".',
    ]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("name: hello", "name: hullo", 'field "name": Is "hullo", but the name of the file says'),
        ("language: en", "language: no", 'field "language": Needs one line of text'),
        ("purpose: Say hello\n", "", 'field "purpose": Needs one line of text, not nothing'),
        ("audience: all_users", "audience: [a]", 'field "audience": .* not a list'),
        ("button: Open\n", "", 'field "button": Is needed'),
        ("button_link: guide_link\n", "", 'field "button_link": Is needed'),
        ("button_link: guide_link", "button_link: customer", 'field "button_link": Must be'),
        ("[first_name, guide_link]", "[guide_link]", 'field "placeholders": Does not list first_'),
        ("[first_name, ", "[first_name, vendor, ", 'field "placeholders": Lists vendor, which'),
        ("[first_name, ", "[first_name, first_name, ", "Holds a name twice"),
        ("placeholders: [first_name, guide_link]", "placeholders: x", "Needs a list"),
        ("audience:", "colour: red\naudience:", 'field "colour": Is not known. Known fields'),
        ("Hello {{first_name}}.", "Hello {{ first_name }}.", 'Line 12: "{{" is not part of'),
        ("Hello {{first_name}}.", "{{first_name}} {{7*7}}", "is not part of a placeholder"),
        ("Hello {{first_name}}.", "{{first_name}} {% raw %}", "is not part of a placeholder"),
        ("\nHello {{first_name}}.\n", "", "is empty"),
        ("purpose: Say hello", "purpose: a: b", "Line 5: this is not YAML"),
        ("purpose: Say hello", "purpose: !!python/object:os.system x", "this is not YAML"),
        ("---\nname", "name", "Line 1: the file must begin with front matter"),
    ],
)
def test_a_bad_file_is_refused_with_file_and_field(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert before in GOOD
    with pytest.raises(BadGuide, match=message) as refused:
        load(library_with(tmp_path, GOOD.replace(before, after, 1)))
    assert str(refused.value).startswith("letters/hello.en.md")
    assert str(refused.value).endswith(".")


def test_a_file_with_a_strange_name_or_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadGuide, match=r"letters/Hello.md: Name the file like"):
        load(library_with(tmp_path, GOOD, "Hello.md"))
    (tmp_path / "letters" / "Hello.md").unlink()
    (tmp_path / "letters" / "hello.en.md").write_bytes(b"---\n\xff\n---\n")
    with pytest.raises(BadGuide, match=r"hello.en.md: Is not UTF-8"):
        load(tmp_path)


def test_a_guide_needs_its_minutes(tmp_path: Path) -> None:
    (tmp_path / "guides").mkdir()
    head = "---\nname: a\nlanguage: en\ntitle: A\npurpose: B\naudience: c\n"
    text = head + "minutes: soon\nplaceholders: []\n---\nWords.\n"
    (tmp_path / "guides" / "a.en.md").write_text(text, encoding="utf-8")
    with pytest.raises(BadGuide, match=r'guides/a.en.md, field "minutes": Needs a whole number'):
        load(tmp_path)


def test_a_folder_without_letters_is_an_empty_library(tmp_path: Path) -> None:
    assert load(tmp_path).letters() == []
