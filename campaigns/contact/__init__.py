"""Station contact: a touch falls due, its people are looked up, letters are handed over."""

from campaigns.contact.claim import Claim, Taken, claim_due
from campaigns.contact.due import due_touches, next_due, waiting_on_hold
from campaigns.contact.fan_out import Opened
from campaigns.contact.hand_over import mark, pin_letter, rescue, settle
from campaigns.contact.opening import open_touch
from campaigns.contact.seal import seal
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
    "pin_letter",
    "rescue",
    "seal",
    "send_again",
    "settle",
    "waiting_on_hold",
]
