"""The mailbox in the browser: what was written instead of sent."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from campaigns.store import Store
from tests.kit import Office, add_customer, agree_on, open_campaign, open_days, rollout_id, sent
from tests.web.board_kit import NASTY, Person, at_work, face, in_path, stranger, words_on


@pytest.fixture
def store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """Letters lie in a folder, so one engine is enough."""
    path = tmp_path / "rollout.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Store(f"sqlite:///{path}", durable=False)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mailbox"


@pytest.fixture
def otto(office: Office, app: Flask) -> Person:
    return at_work(office, app, "Otto")


def post(office: Office, folder: Path) -> list[str]:
    """Put every letter that left into the folder, the oldest first; their names."""
    folder.mkdir()
    names = []
    for place, envelope in enumerate(office.mail.letters):
        path = folder / f"{envelope.delivery}.eml"
        path.write_bytes(envelope.message)
        os.utime(path, (place, place))
        names.append(envelope.delivery)
    return names


def confirmed(office: Office, folder: Path) -> list[str]:
    """An invitation and a confirmation lie in the mailbox."""
    add_customer(office)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    agree_on(office, rollout, open_days(office, rollout)[0].day)
    office.later(hours=2)
    return post(office, folder)


def test_an_empty_mailbox_says_what_fills_it(otto: Person) -> None:
    assert "No letter has been written yet. Start a campaign" in words_on(otto.get("/mailbox"))


def test_once_mail_is_sent_there_is_no_mailbox(office: Office, tmp_path: Path) -> None:
    app = face(office, tmp_path, mail=f"folder:{tmp_path}")
    otto = at_work(office, app, "Otto")
    for path in ("/mailbox", "/mailbox/x", "/mailbox/x/html", "/mailbox/x/files/0"):
        assert otto.get(path).status_code == 404
    assert 'href="/mailbox"' not in otto.get("/").text


def test_the_newest_letter_stands_first(office: Office, folder: Path, otto: Person) -> None:
    invitation, confirmation = confirmed(office, folder)
    page = otto.get("/mailbox").text
    assert page.index(confirmation) < page.index(invitation)
    words = words_on(otto.get("/mailbox"))
    for letter in sent(office):
        assert letter.subject in words
        assert letter.step in words
    assert "2 letters" in words


def test_a_letter_opens_with_its_text_and_its_own_links(
    office: Office, folder: Path, otto: Person
) -> None:
    invitation, _ = confirmed(office, folder)
    page = otto.get(f"/mailbox/{invitation}")
    assert "Hello Kim," in words_on(page)
    assert "kim@northwind-dental.example" in words_on(page)
    assert '<a href="https://rollout.example/c/' in page.text
    assert f'href="/mailbox/{invitation}/html"' in page.text


def test_only_addresses_of_this_house_can_be_pressed(
    office: Office, folder: Path, otto: Person
) -> None:
    folder.mkdir()
    (folder / "odd.eml").write_bytes(
        b"To: a@b.example\r\nSubject: <script>x</script>\r\n\r\n"
        b"https://rollout.example.evil.example/ and javascript:alert(1)\r\n"
        b"Go to https://rollout.example/c/abc. <b>bold</b>\r\n"
    )
    page = otto.get("/mailbox/odd").text
    main = page.split("<main")[1]
    assert '<a href="https://rollout.example/c/abc">' in main
    assert 'href="https://rollout.example.evil' not in main
    assert "<script>x" not in main
    assert "&lt;b&gt;bold" in main


def test_the_html_part_is_shut_in_a_sandbox(office: Office, folder: Path, otto: Person) -> None:
    invitation, _ = confirmed(office, folder)
    answer = otto.get(f"/mailbox/{invitation}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert "Hello Kim" in answer.text


def test_the_appointment_can_be_taken_along(office: Office, folder: Path, otto: Person) -> None:
    invitation, confirmation = confirmed(office, folder)
    assert "appointment.ics" in words_on(otto.get(f"/mailbox/{confirmation}"))
    file = otto.get(f"/mailbox/{confirmation}/files/0")
    assert file.mimetype == "text/calendar"
    assert file.headers["Content-Disposition"] == "attachment; filename=appointment.ics"
    assert file.data.startswith(b"BEGIN:VCALENDAR")
    assert otto.get(f"/mailbox/{confirmation}/files/1").status_code == 404
    assert otto.get(f"/mailbox/{invitation}/files/0").status_code == 404


def test_many_letters_come_in_pages(folder: Path, otto: Person) -> None:
    folder.mkdir()
    for number in range(120):
        path = folder / f"n{number:03}.eml"
        path.write_bytes(f"Subject: Letter {number:03}\r\n\r\nHello\r\n".encode())
        os.utime(path, (number, number))
    seen = []
    for start in ("", "?from=50", "?from=100"):
        words = words_on(otto.get(f"/mailbox{start}"))
        seen += [n for n in range(119, -1, -1) if f"Letter {n:03}" in words]
    assert seen == list(range(119, -1, -1))
    assert "There is nothing on this page." in words_on(otto.get("/mailbox?from=9999999999999"))


def test_no_name_leads_out_of_the_folder(
    office: Office, tmp_path: Path, folder: Path, otto: Person
) -> None:
    folder.mkdir()
    (tmp_path / "secret.eml").write_text("Subject: secret\n\nsecret")
    for name in ("..%2Fsecret", "..\\secret", ".secret", "%2Fetc%2Fpasswd", "..", "secret%00"):
        assert "secret" not in otto.get(f"/mailbox/{name}").text.split("<main")[1].replace(name, "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\xff\xfe",
        b"Subject: =?utf-8?q?=00?=\r\nDate: yesterday\r\nTo: <<>>\r\n\r\n\xff",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nbroken",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nHello",
        b"Date: Mon, 99 Foo 9999 99:99:99 +9999\r\n\r\nHello",
    ],
)
def test_a_damaged_letter_is_no_fault(folder: Path, otto: Person, content: bytes) -> None:
    folder.mkdir()
    (folder / "odd.eml").write_bytes(content)
    for path in ("/mailbox", "/mailbox/odd", "/mailbox/odd/html"):
        assert otto.get(path).status_code == 200, path


def test_nonsense_is_refused_in_words_never_a_fault(folder: Path, otto: Person) -> None:
    folder.mkdir()
    for bad in NASTY:
        safe = in_path(bad)
        assert otto.browser.get("/mailbox", query_string={"from": bad}).status_code == 200
        for path in (f"/mailbox/{safe}", f"/mailbox/{safe}/html", f"/mailbox/x/files/{safe}"):
            assert otto.get(path).status_code == 404, bad


def test_strangers_do_not_read_mail(office: Office, folder: Path, app: Flask) -> None:
    invitation, _ = confirmed(office, folder)
    for path in ("/mailbox", f"/mailbox/{invitation}", f"/mailbox/{invitation}/files/0"):
        assert stranger(app).get(path).headers["Location"].startswith("/sign-in")
