"""Files that wait for a yes: between the preview of an import and its confirmation."""

from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Facts, Hash, Id, Instant, Json, Name, Word


class UploadedFile(Base):
    """The bytes as they came, what an import would do, and afterwards what it did.

    Times are by the machine's clock. `content` is emptied once the file was taken in.
    """

    __tablename__ = "uploaded_file"

    id: Mapped[Id]
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    kind: Mapped[Word]
    name: Mapped[Name]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    options: Mapped[Facts]
    preview: Mapped[Facts]
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    by: Mapped[str] = mapped_column(String(254))
    at: Mapped[Instant] = mapped_column(index=True)
