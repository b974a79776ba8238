"""Station contact: a touch falls due, its people are looked up, letters are handed over."""

from campaigns.contact.claim import Claim, Taken, claim_due, mark, rescue, settle
from campaigns.contact.fan_out import Opened, due_touches, next_due, open_touch, waiting_on_hold
from campaigns.contact.uncertain import leave_it, send_again

__all__ = [
    "Claim",
    "Opened",
    "Taken",
    "claim_due",
    "due_touches",
    "leave_it",
    "mark",
    "next_due",
    "open_touch",
    "rescue",
    "send_again",
    "settle",
    "waiting_on_hold",
]
