"""The mail server as all workers see it together: its rest, its lines, what it was given."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, UtcInstant, to


class MailHost(Base):
    """One mail server. While it rests after a failure nobody knocks. Times are the machine's."""

    __tablename__ = "mail_host"

    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    resting_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    reply: Mapped[str | None] = mapped_column(String(500))


class MailLine(Base):
    """One of the connections that a server allows, lent to a worker until its lease ends."""

    __tablename__ = "mail_line"

    host: Mapped[str] = mapped_column(to("mail_host.name"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32))
    lease_until: Mapped[datetime] = mapped_column(UtcInstant)


class MailQuota(Base):
    """How many letters a server was given in two seconds; `slot` counts those from 1970."""

    __tablename__ = "mail_quota"

    host: Mapped[str] = mapped_column(to("mail_host.name"), primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    given: Mapped[int] = mapped_column(default=0)
