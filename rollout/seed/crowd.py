"""The people at the demo's customers: the same names every time, all of them made up."""

import csv
import io
from collections.abc import Iterator
from importlib.resources import files

# Given names and family names by country; a firm walks through both at different paces,
# so that no two people of one firm share a full name.
NAMES = {
    "DE": (
        "Anna Jörg Lena Mehmet Greta Paul Ayşe Felix Hannah Oskar Ida Matthias Lea Emil Clara "
        "Yusuf",
        "Müller Kaya Schröder Weiß Lehmann Yilmaz Krüger Vogt Arndt Böhm Franke Horn Seidel Thiel "
        "Brandt Engel Jahn",
    ),
    "GB": (
        "Amelia George Priya Harry Isla Oliver Zara Jack Niamh Arthur Ruby Imran Freya Leo Maya "
        "Tom",
        "Hughes Patel Clarke Okafor Bennett Shah Fraser Webb Doyle Pearce Lloyd Singh Marsh Reid "
        "Barker Quinn Stone",
    ),
    "US": (
        "Kim Marcus Elena Tyler Keisha Noelle Jordan Malia Diego Grace Kai Brianna Sam Leilani "
        "Andre Rosa",
        "Lee Rivera Kahale Johnson Novak Kealoha Brooks Chen Alvarez Foster Nakamura Wright Kapule "
        "Moss Ortiz Dunn Hale",
    ),
    "AU": (
        "Charlotte Lachlan Matilda Angus Tahlia Cooper Mei Flynn Georgia Darcy Ruby Hamish Linh "
        "Bodhi Poppy Jarrah",
        "Nguyen Walsh Campbell Tran Murphy Harris Zhang Kelly Fraser Papas Lowe Rossi Burns Doyle "
        "Mason Gray Holt",
    ),
}
PLAIN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ş": "s", "Ö": "Oe", "Ü": "Ue", "ı": "i"}
)
# Whoever comes first in a firm decides, the second is asked about the office, and so on.
ROLES = ("decision maker", "site contact", "manager", "pilot", "vip")
COLUMNS = ("customer", "name", "email", "role", "locale", "external_id", "class")
NOBODY_DECIDES = "Empire Stage Rental"


def customers_csv() -> bytes:
    """The customers file, as a provider would export it."""
    return files(__package__).joinpath("customers.csv").read_bytes()


def contacts_csv() -> bytes:
    """The contacts file for these customers."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for place, firm in enumerate(csv.DictReader(io.StringIO(customers_csv().decode()))):
        writer.writerows(_contacts(place, firm))
    return text.getvalue().encode()


def _contacts(place: int, firm: dict[str, str]) -> Iterator[tuple[str, ...]]:
    customer, domain = firm["name"], firm["domain"]
    people = int(firm["headcount"])
    given, family = (names.split() for names in NAMES[firm["country"]])
    for number in range(people):
        name = f"{given[(place * 7 + number * 5) % 16]} {family[(place * 3 + number) % 17]}"
        address = f"{name.translate(PLAIN).lower().replace(' ', '.')}@{domain}"
        yield customer, name, address, _role(customer, number, people), "en", "", "person"
    yield customer, "Office", f"office@{domain}", "user", "en", "", "shared"
    if people >= 20:
        yield customer, "Scanner", f"scanner@{domain}", "user", "en", "", "service"
        yield customer, "Emergency access", f"emergency@{domain}", "user", "en", "", "break-glass"


def _role(customer: str, number: int, people: int) -> str:
    if number == 0 and customer == NOBODY_DECIDES:
        return "manager"
    small = people < 12
    return ROLES[number] if number < (2 if small else 5) else "user"
