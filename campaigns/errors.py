"""What the domain refuses, in the domain's words.

Every refusal has a stable `code` that programs may rely on and a sentence that
a person can act on. How it looks on a page or as an HTTP status is not known
here.
"""


class Refused(Exception):
    """A request that the domain turns down; `code` is stable, the text is for people."""

    def __init__(self, message: str, code: str = "refused", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field


class NotFound(Refused):
    """The thing that was named does not exist, or not for whoever asks."""


class Invalid(Refused):
    """A value cannot be used; `field` names it where there is one."""


class Conflict(Refused):
    """Fine in itself, but not in the present state: taken, already done, too late."""


class Forbidden(Refused):
    """This person may not do this."""
