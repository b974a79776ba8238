"""Refusals on the pages behind letters' links: one page each, with the number to call."""

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaigns.errors import NotFound, Refused
from rollout import errors


def catch(pages: Blueprint, name: str) -> None:
    """Show the blueprint's refusals as pages for customers; `name` is its endpoint prefix."""

    def refused(error: Refused) -> AnyResponse:
        if isinstance(error, NotFound):
            return make_response(render_template("choose/gone.html", text=error.message), 404)
        if error.code == "old_page":
            token = (request.view_args or {})["token"]
            again = url_for(f"{name}.page", token=token)
            return make_response(render_template("choose/too_old.html", again=again), 400)
        return errors.refused(error)

    pages.register_error_handler(Refused, refused)
