"""Reports: every figure with its whole, its range and its grade."""

from pydantic import BaseModel, ConfigDict, Field


class Spread(BaseModel):
    """5, 50 and 95 %."""

    low: float
    likely: float
    high: float


class AdoptionCounts(BaseModel):
    """`levels` counts people by the ladder of evidence: 0 to 4 and unknown."""

    people: int
    done: int
    not_done: int
    unknown: int
    excepted: int
    levels: dict[str, int]


class AdoptionCustomer(AdoptionCounts):
    customer: str


class Adoption(BaseModel):
    campaign: str
    as_of: str
    customers: list[AdoptionCustomer]
    total: AdoptionCounts


class Avoided(BaseModel):
    tickets: Spread
    technician_hours: Spread
    user_hours: Spread


class ValueTotal(BaseModel):
    avoided: Avoided
    campaign_labour_hours: float
    net_technician_hours: Spread
    people_counted: int


class ValueCustomer(ValueTotal):
    """`why_not` says why a customer counts nothing."""

    customer: str
    done_before: int
    counted: bool
    why_not: str | None
    grade: str


class Window(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)

    start: str | None = Field(alias="from")
    until: str | None


class Assumption(BaseModel):
    name: str
    value: str
    grade: str
    source: str


class Value(BaseModel):
    """Avoided disruption: an estimate from assumptions, which stand beside it."""

    campaign: str
    as_of: str
    grade: str
    grade_words: str
    window: Window
    customers: list[ValueCustomer]
    total: ValueTotal
    assumptions: list[Assumption]


class PackCustomer(BaseModel):
    customer: str
    state: str
    first_message: str | None
    agreed: str | None
    chosen: str | None
    days_of_notice: int | None
    ready: str


class Pack(BaseModel):
    """The evidence pack."""

    campaign: str
    as_of: str
    customers: list[PackCustomer]
    adoption: AdoptionCounts
    value: ValueTotal
    grade: str
    grade_words: str
