"""Letters are signed where a key is set; anybody can verify them, nobody can change them."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from rollout.settings import BadSettings, Settings, load
from rollout.wiring import build_signer
from tests.kit import Office, add_customer, open_campaign
from workers.dkim import signer

Key = RSAPrivateKey | Ed25519PrivateKey
KEYS: dict[str, Key] = {
    "rsa": generate_private_key(65537, 2048),
    "ed25519": Ed25519PrivateKey.generate(),
}
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def pem(key: Key) -> str:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def record(kind: str) -> bytes:
    """What stands in DNS beside the key."""
    public = KEYS[kind].public_key()
    if isinstance(KEYS[kind], RSAPrivateKey):
        shape = serialization.PublicFormat.SubjectPublicKeyInfo
        raw = public.public_bytes(serialization.Encoding.DER, shape)
    else:
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b"v=DKIM1; k=%s; p=%s" % (kind.encode(), b64encode(raw))


def holds(message: bytes, kind: str) -> bool:
    return bool(dkim.verify(message, dnsfunc=lambda *_args, **_kw: record(kind)))


def letters(office: Office, kind: str) -> list[bytes]:
    """Invitations of a campaign, as they left."""
    sign = signer("harbor-it.example", "mail", pem(KEYS[kind]))
    office.rt = replace(office.rt, signer=sign)
    add_customer(office, "Northwind Dental")
    open_campaign(office)
    office.later(hours=24)
    return [envelope.message for envelope in office.mail.letters]


@pytest.mark.parametrize("kind", KEYS)
def test_every_letter_verifies_under_the_senders_domain(office: Office, kind: str) -> None:
    found = letters(office, kind)
    assert found
    assert all(holds(message, kind) for message in found)
    assert all(b"d=harbor-it.example; s=mail" in message for message in found)


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rb"\r\nSubject: ", b"\r\nSubject: Urgent: "),
        (rb"\r\nTo: ", b"\r\nTo: Eve, "),
        (rb"(?s)(\r\n\r\n.*)=3D", rb"\1=3E"),
        (rb"\A", b"Subject: Another one\r\n"),
        (rb"\A", b"From: eve@example.com\r\n"),
    ],
)
def test_a_letter_that_was_changed_on_the_way_does_not(
    office: Office, kind: str, before: bytes, after: bytes
) -> None:
    message = letters(office, kind)[0]
    changed = re.sub(before, after, message, count=1)
    assert changed != message
    assert not holds(changed, kind)


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"Hi\r\n\r\n\r\n", b"no line break at the end", b".dot\r\n a  b \r\n"]
)
def test_the_ends_of_bodies_are_signed_as_the_standard_says(body: bytes) -> None:
    head = b"From: Dana <it@example.com>\r\nTo: a@b.example\r\nSubject: Hi\r\n  there\r\n"
    message = signer("example.com", "mail", pem(KEYS["ed25519"])).sign(head + b"\r\n" + body, NOW)
    assert holds(message, "ed25519")


def settings(**values: str) -> Settings:
    given = {f"ROLLOUT_{name.upper()}": value for name, value in values.items()}
    return load({"ROLLOUT_MAIL_FROM": "Dana <it@example.com>"} | given).settings


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"dkim_key": "not a key"}, "ROLLOUT_DKIM_KEY must be a private key in PEM"),
        (
            {"dkim_key": pem(generate_private_key(65537, 1024))},
            "ROLLOUT_DKIM_KEY must be an Ed25519 key, or an RSA key of at least 2048 bits",
        ),
        (
            {"dkim_key": pem(KEYS["rsa"]), "dkim_selector": "a b"},
            "ROLLOUT_DKIM_SELECTOR must be a DNS name",
        ),
    ],
)
def test_a_key_that_cannot_sign_is_refused_at_the_start(values: dict[str, str], words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        build_signer(settings(**values))
    with pytest.raises(BadSettings) as refused:
        build_signer(settings(**values))
    assert values["dkim_key"] not in str(refused.value)


def test_without_a_key_nothing_is_signed(office: Office) -> None:
    assert build_signer(settings()) is None
    add_customer(office)
    open_campaign(office)
    office.later(hours=24)
    assert not any(b"DKIM-Signature" in envelope.message for envelope in office.mail.letters)
