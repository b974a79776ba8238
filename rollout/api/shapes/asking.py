"""What routes ask for: query strings and bodies. Anything else is refused by name."""

from pydantic import BaseModel, ConfigDict, Field


class Hold(BaseModel):
    """Why a campaign is held; it stands on its page and in the journal."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field("", max_length=400, pattern=r"^[^\x00-\x1f\x7f]*$")


class Nothing(BaseModel):
    """An empty object."""

    model_config = ConfigDict(extra="forbid")


class AskReport(BaseModel):
    model_config = ConfigDict(extra="forbid")

    campaign: str = Field(max_length=200, description="Its name, or its number.")
    customer: str | None = Field(None, max_length=200, description="One customer only.")


class AskContacts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    customer: str = Field(max_length=200)
    after: int = Field(0, ge=0, le=2**63 - 1)
    limit: int = Field(200, ge=1, le=500)


class AskRehearsal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    until: str | None = Field(
        None, max_length=40, description="Stop there: 2026-12-08 or 2026-12-08T09:00Z."
    )
