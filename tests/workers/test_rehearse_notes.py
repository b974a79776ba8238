"""A rehearsal says why a letter goes on another day than the playbook counts."""

from tests.kit import Office, add_customer, open_campaign, rows_of
from workers.rehearse import rehearse


def test_a_letter_that_was_moved_says_why(office: Office) -> None:
    """Forty days before the first day on offer is a Sunday; the Friday before is a working day."""
    add_customer(office)
    open_campaign(office)
    events = rehearse(office.rt, "MFA for everyone").as_json()["events"]
    [proposed] = [one for one in events if one["step"] == "propose" and one["kind"] == "mail"]
    assert proposed["local"] == "2026-06-19T09:00"
    assert proposed["reason"] == "sent earlier: Sun 21 Jun 2026 is a day off"
    [invited] = [one for one in events if one["step"] == "invite"]
    assert invited["reason"] == ""
    notes = "SELECT note FROM touch JOIN step ON step.id = touch.step_id WHERE key = 'propose'"
    assert rows_of(office, notes) == [("sent earlier: Sun 21 Jun 2026 is a day off",)]
