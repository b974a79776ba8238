"""Signing in to a mail server and speaking privately with it.

The certificates of a test server would have to be made; a cipher without certificates shows the
same walk through the phases.
"""

import ssl

import pytest

from tests.services import PythonSink, Step
from tests.workers.test_mail_announced import recipients, send
from workers.mail import Envelope, SmtpMailer
from workers.smtp import Tls

PASSWORD = "pa:ss word"
LETTER = Envelope("a@msp.example", "kim@customer.example", b"Subject: x\r\n\r\ny\r\n", "d1")


def yes() -> bool:
    return True


def anonymous(side: int) -> ssl.SSLContext:
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH:@SECLEVEL=0")
    return context


SERVER = anonymous(ssl.PROTOCOL_TLS_SERVER)
CLIENT = anonymous(ssl.PROTOCOL_TLS_CLIENT)


def mailer(
    sink: PythonSink, tls: Tls, context: ssl.SSLContext | None = None, password: str = PASSWORD
) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", sink.port, "dana", password, tls, 5.0, context)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_private_session_signs_in_and_sends(tls: Tls) -> None:
    implicit = tls == "implicit"
    with (
        PythonSink(users={"dana": PASSWORD}, tls=SERVER, implicit=implicit) as sink,
        mailer(sink, tls, CLIENT).session() as session,
    ):
        first, second = (session.send(LETTER, yes) for _ in range(2))
    assert (first.kind, second.kind) == ("accepted", "accepted")
    assert ("STARTTLS" in sink.verbs()) is not implicit
    assert sink.verbs().index("AUTH") < sink.verbs().index("MAIL")


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tls: Tls) -> None:
    offers = {"dana": PASSWORD}
    with (
        PythonSink(users=offers, tls=SERVER, implicit=tls == "implicit") as sink,
        mailer(sink, tls).session() as session,
    ):
        assert session.send(LETTER, yes).kind == "host_down"
    assert not {"AUTH", "MAIL"} & set(sink.verbs())


def test_a_server_without_starttls_hears_neither_password_nor_letter() -> None:
    with (
        PythonSink(users={"dana": PASSWORD}) as sink,
        mailer(sink, "starttls").session() as session,
    ):
        outcome = session.send(LETTER, yes)
    assert outcome.kind == "host_down"
    assert "STARTTLS" in outcome.reply
    assert sink.verbs() == ["EHLO", "QUIT"] or sink.verbs() == ["EHLO"]


def test_a_wrong_password_is_the_hosts_trouble_not_the_letters() -> None:
    with (
        PythonSink(users={"dana": PASSWORD}) as sink,
        mailer(sink, "none", password="guess").session() as session,
    ):
        outcome = session.send(LETTER, yes)
    assert (outcome.kind, outcome.code) == ("host_down", 535)


def test_a_password_that_cannot_be_said_is_not_repeated() -> None:
    with (
        PythonSink(users={"dana": PASSWORD}) as sink,
        mailer(sink, "none", password="geheimß").session() as session,
    ):
        outcome = session.send(LETTER, yes)
    assert outcome.kind == "host_down"
    assert "ß" not in outcome.reply


def test_a_mailer_does_not_show_its_password() -> None:
    assert "hidden" not in repr(SmtpMailer("h", 25, "dana", "hidden"))


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_letters_announce_each_other_in_private_too(tls: Tls) -> None:
    names = ["d1", "d2", "d3", "d4"]
    script = {"RCPT": [Step(), Step(550)]}
    with PythonSink(
        script, pipelining=True, users={"dana": PASSWORD}, tls=SERVER, implicit=tls == "implicit"
    ) as sink:
        with mailer(sink, tls, CLIENT).session() as session:
            kinds = send(session, names)
        connections = sink.connections
    assert kinds == ["accepted", "refused", "accepted", "accepted"]
    assert (recipients(sink), connections) == (["d1", "d3", "d4"], 1)
