"""Station observe: what vendor systems, tickets and people themselves say."""

from campaigns.observe.evidence import EvidenceResult, import_evidence
from campaigns.observe.exemptions import except_contact, return_to_scope
from campaigns.observe.self_report import report_done, want_help
from campaigns.observe.tickets import import_tickets

__all__ = [
    "EvidenceResult",
    "except_contact",
    "import_evidence",
    "import_tickets",
    "report_done",
    "return_to_scope",
    "want_help",
]
