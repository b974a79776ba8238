"""One-time notices on the next page, with a way back where there is one."""

from typing import Any

from flask import flash


def tell(text: str, *, undo: str | None = None, label: str = "Undo", **fields: str | int) -> None:
    """Say something on the next page that is shown.

    `undo` is the path to which the undo button posts, with `fields` as its hidden fields.
    """
    notice: dict[str, Any] = {"text": text, "undo": undo, "label": label, "fields": fields}
    flash(notice)  # type: ignore[arg-type]  # Flask keeps whatever JSON can hold
