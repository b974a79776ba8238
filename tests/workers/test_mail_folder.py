"""Letters into a folder and into memory."""

from pathlib import Path

import pytest

from workers.mail import Envelope, FolderMailer, MemoryMailer, Outcome

LETTER = Envelope("a@msp.example", "kim@customer.example", b"Subject: x\r\n\r\ny\r\n", "d-17")


def yes() -> bool:
    return True


def no() -> bool:
    return False


def send(folder: Path, envelope: Envelope = LETTER) -> Outcome:
    with FolderMailer(folder).session() as session:
        return session.send(envelope, yes)


def test_a_letter_becomes_one_file_named_by_its_delivery(tmp_path: Path) -> None:
    assert send(tmp_path / "post").kind == "accepted"
    assert [path.name for path in (tmp_path / "post").iterdir()] == ["d-17.eml"]
    assert (tmp_path / "post" / "d-17.eml").read_bytes() == LETTER.message


def test_only_the_owner_can_read_a_letter(tmp_path: Path) -> None:
    send(tmp_path)
    assert (tmp_path / "d-17.eml").stat().st_mode & 0o077 == 0


def test_a_second_hand_over_changes_nothing_and_asks_for_no_mark(tmp_path: Path) -> None:
    def never() -> bool:
        raise AssertionError

    send(tmp_path)
    again = Envelope(LETTER.sender, LETTER.recipient, b"Subject: other\r\n\r\n", LETTER.delivery)
    with FolderMailer(tmp_path).session() as session:
        assert session.send(again, never).kind == "accepted"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [LETTER.message]


def test_a_letter_stopped_at_the_mark_leaves_nothing(tmp_path: Path) -> None:
    with FolderMailer(tmp_path).session() as session:
        assert session.send(LETTER, no).kind == "aborted"
    assert list(tmp_path.iterdir()) == []


def test_a_mark_that_fails_leaves_nothing_and_is_heard(tmp_path: Path) -> None:
    def broken() -> bool:
        raise ConnectionError

    with FolderMailer(tmp_path).session() as session, pytest.raises(ConnectionError):
        session.send(LETTER, broken)
    assert list(tmp_path.iterdir()) == []


def test_at_the_mark_the_letter_is_not_there_yet(tmp_path: Path) -> None:
    seen: list[bool] = []

    def look() -> bool:
        seen.append((tmp_path / "d-17.eml").exists())
        return True

    with FolderMailer(tmp_path).session() as session:
        session.send(LETTER, look)
    assert seen == [False]


def test_a_folder_that_cannot_be_written_is_the_hosts_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    outcome = send(tmp_path / "file" / "post")
    assert (outcome.kind, outcome.code) == ("host_down", None)


def test_a_folder_that_vanishes_at_the_mark_is_the_hosts_trouble(tmp_path: Path) -> None:
    def vanish() -> bool:
        (tmp_path / "post").rename(tmp_path / "gone")
        return True

    with FolderMailer(tmp_path / "post").session() as session:
        assert session.send(LETTER, vanish).kind == "host_down"
    assert not list(tmp_path.rglob("*.eml"))


@pytest.mark.parametrize("delivery", ["../escape", "a/b", ".hidden", "", "a\0b", "a\n"])
def test_a_delivery_cannot_lead_out_of_the_folder(tmp_path: Path, delivery: str) -> None:
    with pytest.raises(ValueError, match="name of a file"):
        send(tmp_path, Envelope("", "kim@customer.example", b"x", delivery))
    assert list(tmp_path.iterdir()) == []


def test_memory_keeps_what_was_accepted() -> None:
    mailer = MemoryMailer()
    with mailer.session() as session:
        assert session.send(LETTER, yes).kind == "accepted"
        assert session.send(LETTER, no).kind == "aborted"
    assert mailer.letters == [LETTER]


def test_memory_plays_its_script_and_asks_for_the_mark_as_a_server_would() -> None:
    marks: list[str] = []

    def mark() -> bool:
        marks.append("asked")
        return True

    script = [
        Outcome("later", 450, "busy"),
        Outcome("refused", 550, "unknown"),
        Outcome("host_down", None, "away"),
        Outcome("uncertain", None, "lost"),
    ]
    mailer = MemoryMailer(script)
    with mailer.session() as session:
        assert [session.send(LETTER, mark) for _ in script] == script
        assert (len(marks), mailer.letters) == (1, [])
        assert session.send(LETTER, mark).kind == "accepted"
