"""How the API says no, and the document of the API itself."""

from typing import Any

from pydantic import BaseModel, Field, RootModel


class Problem(BaseModel):
    """RFC 9457: why something was refused. `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str | None = None
    code: str
    field: str | None = Field(None, description="The parameter or field that is wrong.")
    fault: str | None = Field(None, description="A number to tell us, for faults of ours.")


class Document(RootModel[dict[str, Any]]):
    """OpenAPI 3.1."""
