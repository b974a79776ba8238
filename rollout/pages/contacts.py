"""Contacts by hand: a colleague is added, a role changes, somebody leaves or comes back."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns.boards import narrow
from campaigns.errors import Conflict, Invalid, Refused
from campaigns.models import Contact
from campaigns.register.contacts import ROLES
from campaigns.register.edit import (
    add_contact,
    change_contact,
    find_contact,
    mark_back,
    mark_left,
)
from campaigns.rules.records import ContactRecord
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.errors import status_of
from rollout.notice import tell
from rollout.pages import typed, words
from rollout.pages.typed_values import KEY
from rollout.parse.address import address
from rollout.parse.cells import CellError
from rollout.parse.places import locale

pages = Blueprint("contacts", __name__)
WHERE = f"/customers/<{KEY}:customer_id>/contacts"
ONE = f"{WHERE}/<{KEY}:contact_id>"
Page = tuple[str, int]
