"""The letter as a template of the peers: the same words, a name and a link filled in."""

import os
from email.message import EmailMessage
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tests.bench.peers.mail_table import Mail

FOLDER = Path(os.environ["PEER_TEMPLATES"])
environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)
port = int(os.environ["PEER_PORT"])


def message(mail: Mail, text: str, html: str) -> EmailMessage:
    """The usual way to a multipart letter."""
    made = EmailMessage()
    made["From"] = mail.sender
    made["To"] = mail.recipient
    made["Subject"] = mail.subject
    made["Message-ID"] = f"<{mail.id}@harbor.example>"
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    return made
