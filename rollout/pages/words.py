"""Stored words and numbers as staff reads them."""

LEVELS = {
    0: "not registered",
    1: "registered",
    2: "usable",
    3: "required by policy",
    4: "seen in use",
}
KINDS = {
    "person": "a person",
    "guest": "a guest",
    "shared": "a shared mailbox",
    "service": "a service account",
    "break_glass": "a break-glass account",
    "room": "a room or device",
}
ROLES = {
    "decision_maker": "decides about the date",
    "site_contact": "is our contact on site",
    "manager": "leads people",
    "pilot": "tries things first",
    "vip": "needs extra care",
}
