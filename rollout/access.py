"""What the web server itself writes, as lines like ours: loaded by gunicorn alone."""

from typing import Any

from gunicorn.glogging import Logger

from rollout.logs import formatter, plain


class GunicornLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Access lines without the tokens of customers' and people's links; errors as our own."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter())

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {key: plain(v) if isinstance(v, str) else v for key, v in found.items()}
