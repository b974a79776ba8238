"""The one setting that says where letters go."""

from pathlib import Path

import pytest

from workers.mail import FolderMailer, SmtpMailer, mailer_from

DATA = Path("/srv/rollout")


@pytest.mark.parametrize(
    ("url", "mailer"),
    [
        ("smtp://localhost:2525", SmtpMailer("localhost", 2525, tls="none")),
        ("smtp://127.0.0.1", SmtpMailer("127.0.0.1", 25, tls="none")),
        ("smtp://[::1]:26", SmtpMailer("::1", 26, tls="none")),
        ("smtp://relay.example", SmtpMailer("relay.example", 25, tls="starttls")),
        ("smtp://relay.example?tls=none", SmtpMailer("relay.example", 25, tls="none")),
        ("smtp://relay.example?tls=implicit", SmtpMailer("relay.example", 465, tls="implicit")),
        ("smtps://relay.example/", SmtpMailer("relay.example", 465, tls="implicit")),
        (
            "smtp://dana%40msp.example:p%2F%40%3A%20w@relay.example?tls=starttls&timeout=12.5",
            SmtpMailer("relay.example", 587, "dana@msp.example", "p/@: w", "starttls", 12.5),
        ),
    ],
)
def test_a_mail_server_is_named_by_a_url(url: str, mailer: SmtpMailer) -> None:
    assert mailer_from(url, DATA) == mailer


@pytest.mark.parametrize(
    ("url", "directory"),
    [
        ("mailbox:", DATA / "mailbox"),
        ("folder:/var/mail/out", Path("/var/mail/out")),
        ("folder:out", Path("out")),
    ],
)
def test_a_folder_is_named_by_its_path(url: str, directory: Path) -> None:
    mailer = mailer_from(url, DATA)
    assert isinstance(mailer, FolderMailer)
    assert mailer.directory == directory


@pytest.mark.parametrize(
    "url",
    [
        "",
        "s3cret",
        "folder:",
        "http://dana:s3cret@relay.example",
        "smtp:dana:s3cret@relay.example",
        "smtp://",
        "smtp://dana:s3cret@",
        "smtp://dana:s3cret/x@relay.example",
        "smtp://dana:s3cret#x@relay.example",
        "smtp://dana:x?s3cret@relay.example",
        "smtp://dana:[s3cret@relay.example",
        "smtp://dana:pw@[s3cret]",
        "smtp://dana:pw@relay.example:s3cret",
        "smtp://dana:s3cret@relay.example:99999",
        "smtp://:s3cret@relay.example",
        "smtp://dana:s3cret@relay.example?tls=maybe",
        "smtp://dana:s3cret@relay.example?tls=none&tls=starttls",
        "smtp://dana:s3cret@relay.example?tsl=none",
        "smtp://dana:s3cret@relay.example?timeout=0",
        "smtp://dana:s3cret@relay.example?timeout=soon",
        "smtps://dana:s3cret@relay.example?tls=none",
    ],
)
def test_a_bad_setting_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"\.$|mailbox:$") as refused:
        mailer_from(url, DATA)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
