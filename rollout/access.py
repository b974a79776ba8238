"""What the web server itself writes, as lines like ours: loaded by gunicorn alone."""

from typing import Any

from gunicorn.glogging import Logger, SafeAtoms

from rollout.logs import formatter, plain


class CleanAtoms(SafeAtoms):  # type: ignore[misc]  # gunicorn ships no types
    """What a line may be made of; only what it is made of is cleaned, which is a tenth."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return plain(value) if isinstance(value, str) else value


class GunicornLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Access lines without the tokens of customers' and people's links; errors as our own."""

    atoms_wrapper_class = CleanAtoms

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter())
