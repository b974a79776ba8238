"""What the API answers, as the commands print with --json; the schemas of the document."""

from rollout.api.shapes.asking import AskContacts, AskRehearsal, AskReport, Hold, Nothing
from rollout.api.shapes.campaigns import Campaign, Campaigns, Rehearsal
from rollout.api.shapes.problem import Document, Problem
from rollout.api.shapes.register import Changes, Contacts, Customers, Me
from rollout.api.shapes.reports import Adoption, Pack, Value

__all__ = [
    "Adoption",
    "AskContacts",
    "AskRehearsal",
    "AskReport",
    "Campaign",
    "Campaigns",
    "Changes",
    "Contacts",
    "Customers",
    "Document",
    "Hold",
    "Me",
    "Nothing",
    "Pack",
    "Problem",
    "Rehearsal",
    "Value",
]
