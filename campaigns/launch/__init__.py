"""Station launch: a change, a playbook and customers become a campaign."""

from campaigns.launch.choosing import Choice, choose_all, choose_by_name, choose_by_tag
from campaigns.launch.moving import approve, cancel, finish, hold, resume, start
from campaigns.launch.opening import find_campaign, open_campaign

__all__ = [
    "Choice",
    "approve",
    "cancel",
    "choose_all",
    "choose_by_name",
    "choose_by_tag",
    "find_campaign",
    "finish",
    "hold",
    "open_campaign",
    "resume",
    "start",
]
