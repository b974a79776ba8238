"""Customers, the people there, and the provider's own staff."""

from datetime import datetime, time

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Facts, Hash, Id, Instant, Name, UtcInstant, Word, to

SERVICE_MODELS = ("managed", "break-fix", "other")
CONTACT_KINDS = ("person", "guest", "shared", "service", "break_glass", "room")
STAFF_ROLES = ("technician", "account_manager", "approver", "admin", "auditor")


class Customer(Base):
    """A firm that the provider looks after."""

    __tablename__ = "customer"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    folded_name: Mapped[Name] = mapped_column(unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    country: Mapped[str | None] = mapped_column(String(2))
    subdivision: Mapped[str | None] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(20), default="en")
    service_model: Mapped[Word] = mapped_column(default="managed")
    account_manager: Mapped[str | None] = mapped_column(String(254), index=True)
    headcount: Mapped[int | None]
    tenant_id: Mapped[str | None] = mapped_column(String(254), index=True)
    tags: Mapped[Facts] = mapped_column(default=dict)
    created_at: Mapped[Instant]
    left_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class CustomerDomain(Base):
    """A mail domain or tenant domain by which evidence finds its customer."""

    __tablename__ = "customer_domain"

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(to("customer.id"), index=True)
    domain: Mapped[str] = mapped_column(String(254), unique=True)


class WorkingWeek(Base):
    """From when to when somebody works on a day of the week, 0 for Monday, on their own clock.

    Of one customer, or of the provider where none is named. Days without a row are closed;
    without any row the provider's week counts, and without that Monday to Friday, 8 to 18.
    A provider without a row sets no hours: its technicians' minutes do.
    """

    __tablename__ = "working_week"
    __table_args__ = (
        UniqueConstraint("customer_id", "weekday"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="a_weekday"),
        CheckConstraint("closes > opens", name="closes_after_opening"),
        Index(
            "ix_working_week_provider",
            "weekday",
            unique=True,
            sqlite_where=text("customer_id IS NULL"),
            postgresql_where=text("customer_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    customer_id: Mapped[int | None] = mapped_column(to("customer.id"))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class Contact(Base):
    """A person, or a mailbox that is no person, at a customer."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("customer_id", "email"),
        Index("ix_contact_customer_id_kind", "customer_id", "kind"),
        Index(  # who decides at a customer, without a look at everybody else there
            "ix_contact_decides",
            "customer_id",
            "left_at",
            "suppressed_at",
            sqlite_where=text("decision_maker IS 1"),
            postgresql_where=text("decision_maker IS true"),
        ),
    )

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(to("customer.id"))
    name: Mapped[Name]
    email: Mapped[str] = mapped_column(String(254), index=True)
    upn: Mapped[str | None] = mapped_column(String(254), index=True)
    external_id: Mapped[str | None] = mapped_column(String(254), index=True)
    kind: Mapped[Word] = mapped_column(default="person")
    decision_maker: Mapped[bool] = mapped_column(default=False)
    site_contact: Mapped[bool] = mapped_column(default=False)
    manager: Mapped[bool] = mapped_column(default=False)
    pilot: Mapped[bool] = mapped_column(default=False)
    vip: Mapped[bool] = mapped_column(default=False)
    admin: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str | None] = mapped_column(String(20))
    tags: Mapped[Facts] = mapped_column(default=dict)
    created_at: Mapped[Instant]
    suppressed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    suppressed_why: Mapped[str | None] = mapped_column(String(500))
    left_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class FormerAddress(Base):
    """An address that a contact had before a rename; evidence may still name it."""

    __tablename__ = "former_address"
    __table_args__ = (UniqueConstraint("contact_id", "email"),)

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(to("contact.id"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    until: Mapped[Instant]


class Staff(Base):
    """Somebody who works at the provider and may sign in."""

    __tablename__ = "staff"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[Name]
    role: Mapped[Word]
    phone: Mapped[str | None] = mapped_column(String(40))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class StaffSession(Base):
    """A signed-in browser; the cookie holds the token, the table only its hash."""

    __tablename__ = "staff_session"

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(to("staff.id"), index=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    created_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class SignInLink(Base):
    """A link that lets a staff member in once, to set a password."""

    __tablename__ = "sign_in_link"

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(to("staff.id"), index=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class SignInTry(Base):
    """A failed sign-in, counted by address typed and by network, so that guessing slows down."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index("ix_sign_in_try_who_at", "who", "at"),)

    id: Mapped[Id]
    who: Mapped[str] = mapped_column(String(254))
    at: Mapped[Instant]
