"""Station register: customers, contacts and vendor changes come into the house."""

from campaigns.register.changes import add_milestone, import_changes
from campaigns.register.contacts import import_contacts
from campaigns.register.customers import import_customers
from campaigns.register.result import ImportResult

__all__ = [
    "ImportResult",
    "add_milestone",
    "import_changes",
    "import_contacts",
    "import_customers",
]
