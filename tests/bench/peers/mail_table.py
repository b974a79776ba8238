"""The table of the Celery peers.

python -m tests.bench.peers.mail_table FILE COUNT: makes and fills it, prints its ids' range.
The file is a pickle of (sender, recipient, subject, text, html).
"""

import os
import pickle
import sys
from pathlib import Path

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The peers' tables."""


class Mail(Base):
    """One letter to one person."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str]
    recipient: Mapped[str]
    name: Mapped[str]
    link: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default="due", index=True)
    reply: Mapped[str | None]


engine = create_engine(os.environ["PEER_DATABASE"], pool_size=1)


def main() -> None:
    Base.metadata.create_all(engine)
    letters = pickle.loads(Path(sys.argv[1]).read_bytes())[: int(sys.argv[2])]
    rows = [
        {
            "sender": sender,
            "recipient": recipient,
            "name": f"Eve {number}",
            "link": f"https://rollout.example/g/{number:030}",
            "subject": subject,
        }
        for number, (sender, recipient, subject, _, _) in enumerate(letters)
    ]
    with engine.begin() as connection:
        connection.execute(insert(Mail), rows)


if __name__ == "__main__":
    main()
