"""Station boards: frozen read models that page, API, CSV and PDF share: one source a number."""

from campaigns.boards.campaign import CampaignView, CustomerLine, campaign_list, campaign_view
from campaigns.boards.customer import CustomerView, customer_view
from campaigns.boards.letters import LetterCopy, letter_copy
from campaigns.boards.today import Board, board

__all__ = [
    "Board",
    "CampaignView",
    "CustomerLine",
    "CustomerView",
    "LetterCopy",
    "board",
    "campaign_list",
    "campaign_view",
    "customer_view",
    "letter_copy",
]
