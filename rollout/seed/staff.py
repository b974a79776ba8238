"""Who works at Harbor IT, and the one password that lets a newcomer in as any of them."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from campaigns import staff
from campaigns.facts import Provider
from campaigns.journal import Actor
from campaigns.store import Store

PROVIDER = Provider("Harbor IT", "555-0134", "Dana Reyes", "help@harbor-it.example")
OPERATOR = Actor("operator", "operator")
PEOPLE = (
    ("dana@harbor-it.example", "Dana Reyes", "admin", "555-0134"),
    ("bo@harbor-it.example", "Bo Lund", "approver", "555-0135"),
    ("mia@harbor-it.example", "Mia Sato", "account_manager", "555-0136"),
    ("noah@harbor-it.example", "Noah Berg", "account_manager", "555-0137"),
    ("tess@harbor-it.example", "Tess Ruiz", "technician", "555-0138"),
    ("ravi@harbor-it.example", "Ravi Nair", "technician", "555-0139"),
    ("otto@harbor-it.example", "Otto Brandt", "auditor", "555-0140"),
)
OTHERS = "bo@ (approver), mia@ noah@ (account managers), tess@ ravi@ (technicians), otto@ (auditor)"
DANA, BO, MIA, _NOAH, TESS, *_ = (Actor(email, role) for email, _, role, _ in PEOPLE)
# No letters or digits that are easily mistaken for another when they are typed off a screen.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """A password for this data folder alone, short enough to type: `harbor-x7kd-...`."""
    groups = ("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3))
    return "-".join(("harbor", *groups))


def hire(store: Store, password: str, now: datetime) -> None:
    """Everybody is on the staff list and has set the password by their one-time link."""
    with store.writing() as session:
        for email, name, role, phone in PEOPLE:
            person, token = staff.add(session, OPERATOR, email, name, role, now)
            person.phone = phone
            staff.use_link(session, token, password, now)


def kept_password(folder: Path) -> str | None:
    """The password of a demo that was loaded into this folder, or None."""
    try:
        return _file(folder).read_text().strip()
    except FileNotFoundError:
        return None


def keep_password(folder: Path, password: str) -> None:
    """Written last of all: a folder with this file holds a whole demo. For the owner's eyes."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_file(folder), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{password}\n")


def _file(folder: Path) -> Path:
    return folder / "demo-password.txt"
