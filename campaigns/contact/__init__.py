"""Station contact: a touch falls due, its people are looked up, letters are handed over."""

from campaigns.contact.claim import Claim, Taken, claim_due
from campaigns.contact.due import DueTouch, due_touches, next_due, waiting_on_hold
from campaigns.contact.hand_over import Settlement, Written, hand_back, mark, renew, settle
from campaigns.contact.host import (
    Limits,
    give_back_lines,
    recovered,
    release,
    renew_lines,
    reserve,
    rest,
    resting_until,
    take_lines,
)
from campaigns.contact.in_one import settle_and_mark
from campaigns.contact.opening import open_touches
from campaigns.contact.rescue import rescue
from campaigns.contact.seal import seal, through
from campaigns.contact.touched import Opened
from campaigns.contact.uncertain import leave_it, send_again
from campaigns.contact.wording import keep_letter, keep_wording, letters_kept

__all__ = [
    "Claim",
    "DueTouch",
    "Limits",
    "Opened",
    "Settlement",
    "Taken",
    "Written",
    "claim_due",
    "due_touches",
    "give_back_lines",
    "hand_back",
    "keep_letter",
    "keep_wording",
    "leave_it",
    "letters_kept",
    "mark",
    "next_due",
    "open_touches",
    "recovered",
    "release",
    "renew",
    "renew_lines",
    "rescue",
    "reserve",
    "rest",
    "resting_until",
    "seal",
    "send_again",
    "settle",
    "settle_and_mark",
    "take_lines",
    "through",
    "waiting_on_hold",
]
