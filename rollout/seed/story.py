"""What the demo's customers answered, and when: a table that is told day by day.

`day` counts from the start of the campaign, ten weeks ago; `aim` is the wished day of the
switch, counted from today: below zero it has come, and the customer is through. Who kept silent
for long was put down for a day: it is booked, unless they said otherwise.
"""

from dataclasses import dataclass
from datetime import time
from typing import Literal

Deed = Literal["pick", "phone", "withdraw", "question", "none_fit", "decline"]
EARLY, NOON, LATE = time(8), time(12, 30), time(18)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of one customer; picking a second time moves the date."""

    day: int
    customer: str
    deed: Deed
    aim: int = 0
    at: time = EARLY
    text: str = ""


ANSWERS = (
    # Through: their day has come.
    Answer(1, "Kiez Bakery", "pick", -12, LATE),
    Answer(2, "Harbour Legal", "pick", -11, EARLY),
    Answer(5, "Thames Accounting", "pick", -10, NOON),
    Answer(8, "Havel Optics", "pick", -11, LATE),
    Answer(9, "Aloha Dive Tours", "pick", -5, EARLY),
    Answer(4, "Wattle Childcare", "pick", -6, LATE),
    Answer(16, "Hudson Realty", "phone", -9, EARLY),
    Answer(17, "Mohawk Engineering", "phone", -4, NOON),
    Answer(40, "Havel Optics", "pick", -5, LATE),
    # Agreed and on the way.
    Answer(10, "Camden Studios", "pick", 2, LATE),
    Answer(12, "Spree Logistics", "pick", 3, EARLY),
    Answer(13, "Linden Architects", "pick", 3, NOON),
    Answer(20, "Diamond Head Clinic", "pick", 4, LATE),
    Answer(22, "Catskill Insurance", "pick", 9, EARLY),
    Answer(30, "Albion Freight", "phone", 10, LATE),
    Answer(35, "Blue Mountains Winery", "pick", 15, NOON),
    Answer(50, "Kona Coffee Traders", "phone", 18, EARLY),
    Answer(55, "Grunewald Tax", "pick", 11, EARLY),
    Answer(60, "Linden Architects", "pick", 16, NOON),
    Answer(34, "Bondi Physio", "pick", 17, LATE),
    # Still open: three were put down for a day and gave it back.
    Answer(36, "Northwind Dental", "decline", text="Our payroll runs that week."),
    Answer(37, "Brooklyn Roasters", "decline", text="Not before we know about our tills."),
    Answer(37, "Panke Printing", "decline", text="We are in the middle of a large order."),
    Answer(12, "Fleet Press", "pick", 8, NOON),
    Answer(62, "Fleet Press", "withdraw"),
    Answer(
        58,
        "Brooklyn Roasters",
        "question",
        text="Our tills run on shared accounts. Do they need the second step as well?",
    ),
    Answer(
        63,
        "Panke Printing",
        "none_fit",
        text="We print calendars until Christmas. Can we do it in January, before their date?",
    ),
)
# What those who are open today say afterwards; only the time-lapse comes so far.
LATER = (
    Answer(74, "Northwind Dental", "pick", 20, LATE),
    Answer(76, "Panke Printing", "pick", 24, EARLY),
    Answer(78, "Fleet Press", "pick", 23, NOON),
    Answer(80, "Brooklyn Roasters", "phone", 25, EARLY),
)
# Words on the guides' pages: (days before today, customer, which of those not ready, words).
DONE_BY_OWN_WORD = ((5, "Spree Logistics"), (3, "Catskill Insurance"), (2, "Albion Freight"))
HELP = (
    (4, "Camden Studios", "I have no smartphone. Can I have one of the small keys?"),
    (1, "Spree Logistics", "The camera does not find the code on the screen."),
)
EXCEPTIONS = (
    ("Hudson Realty", "On parental leave, account is locked until then", 60),
    ("Catskill Insurance", "Screen reader: waits for a hardware token", 25),
)
BOUNCES = "Kew Seeds"
LOST_AT = "camden-studios.example"  # the connection breaks under one letter to this firm
WAITS = "Northwind Dental"  # whose page the demo shows: asked, and no date yet

# Days on which nothing may change: (customer or everybody, first, last, reason), from today.
FREEZES: tuple[tuple[str | None, int, int, str], ...] = (
    (None, 18, 18, "Harbor IT is at its own team day"),
    ("Northwind Dental", 8, 9, "Payroll"),
    ("Spree Logistics", 23, 45, "Christmas season"),
    ("Kiez Bakery", 20, 40, "Christmas season"),
    ("Thames Accounting", 6, 9, "Month-end close"),
    ("Catskill Insurance", 5, 6, "Payroll"),
    ("Brooklyn Roasters", 3, 6, "Thanksgiving rush"),
)
