"""The tables. Each file imports only earlier ones:
base, people, change, campaign, wave, rollout, freeze, roster, touch, deciding, review, host,
evidence, headcount, journal, uploads.
"""

from campaigns.models.base import Base
from campaigns.models.campaign import ON, PAUSED, Campaign, Selection, Step
from campaigns.models.change import ChangeRevision, Milestone, VendorChange
from campaigns.models.deciding import ColleagueRequest, DeferralGrant, NotDeciding, PutDown
from campaigns.models.evidence import (
    Exemption,
    Observation,
    SelfReport,
    Snapshot,
    Standing,
    Ticket,
    ValueStatement,
)
from campaigns.models.freeze import Freeze, FreezeKept
from campaigns.models.headcount import Headcount, LevelCount
from campaigns.models.host import MailHost, MailLine, MailQuota
from campaigns.models.journal import PROVIDER_CHAIN, Installation, JournalEntry, JournalHead
from campaigns.models.people import (
    Contact,
    Customer,
    CustomerDomain,
    FormerAddress,
    SignInLink,
    SignInTry,
    Staff,
    StaffSession,
    WorkingWeek,
)
from campaigns.models.review import ChangeReview, ReviewLine, VendorPostponement
from campaigns.models.rollout import (
    Agreement,
    Booking,
    CustomerLink,
    Rollout,
    Task,
    TechnicianDay,
)
from campaigns.models.roster import (
    BookingLimit,
    DayLoad,
    DayOff,
    TechnicianSkill,
    TechnicianWeek,
)
from campaigns.models.touch import Delivery, LetterVersion, Touch, TouchWording
from campaigns.models.uploads import UploadedFile
from campaigns.models.wave import Wave

__all__ = [
    "ON",
    "PAUSED",
    "PROVIDER_CHAIN",
    "Agreement",
    "Base",
    "Booking",
    "BookingLimit",
    "Campaign",
    "ChangeReview",
    "ChangeRevision",
    "ColleagueRequest",
    "Contact",
    "Customer",
    "CustomerDomain",
    "CustomerLink",
    "DayLoad",
    "DayOff",
    "DeferralGrant",
    "Delivery",
    "Exemption",
    "FormerAddress",
    "Freeze",
    "FreezeKept",
    "Headcount",
    "Installation",
    "JournalEntry",
    "JournalHead",
    "LetterVersion",
    "LevelCount",
    "MailHost",
    "MailLine",
    "MailQuota",
    "Milestone",
    "NotDeciding",
    "Observation",
    "PutDown",
    "ReviewLine",
    "Rollout",
    "Selection",
    "SelfReport",
    "SignInLink",
    "SignInTry",
    "Snapshot",
    "Staff",
    "StaffSession",
    "Standing",
    "Step",
    "Task",
    "TechnicianDay",
    "TechnicianSkill",
    "TechnicianWeek",
    "Ticket",
    "Touch",
    "TouchWording",
    "UploadedFile",
    "ValueStatement",
    "VendorChange",
    "VendorPostponement",
    "Wave",
    "WorkingWeek",
]
