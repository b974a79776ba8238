"""Facts for previews: a customer that does not exist, and the provider as it is set up."""

from campaigns.facts import Provider

ADDRESS = "https://rollout.example"


def sample_facts(provider: Provider) -> dict[str, str]:
    """Every fact of `campaigns.facts.VOCABULARY`, filled in."""
    return {
        "first_name": "Kim",
        "person_name": "Kim Lee",
        "customer": "Northwind Dental",
        "people_total": "24",
        "people_ready": "18",
        "people_not_ready": "6",
        "people_summary": "18 of 24 ready, 3 unknown",
        "headcount_minutes": "about 5 minutes each",
        "vendor": "Microsoft",
        "change_title": "Microsoft: a second step when you sign in",
        "change_summary": "Microsoft is making a second step compulsory when people sign in. "
        "Besides the password they confirm that it is them, with an app on a phone.",
        "vendor_date": "Tuesday 9 February 2027",
        "effect": "Microsoft switches it on by itself, on its own day.",
        "agreed_date": "Tuesday 8 December 2026, 18:00 Berlin time",
        "agreed_day": "Tue 8 December",
        "agreed_in": "in 9 days",
        "change_until": "Sunday 6 December 2026",
        "chosen_by": "Kim Lee, owner",
        "first_date": "Tuesday 8 December 2026",
        "last_date": "Thursday 21 January 2027",
        "dates_open": "14",
        "proposed_date": "Wednesday 9 December 2026, 12:30 Berlin time",
        "undo_until": "Saturday 28 November 2026, 09:14 Berlin time",
        "opt_out_until": "Friday 27 November 2026",
        "old_date": "Thursday 3 December 2026, 18:00 Berlin time",
        "customer_link": f"{ADDRESS}/c/a-link-of-their-own",
        "guide_link": f"{ADDRESS}/g/a-link-of-their-own",
        "provider": provider.name,
        "sender_name": provider.sender_name,
        "sender_phone": provider.phone or "the number you already have for us",
        "sender_email": provider.sender_email,
        "reference": "RO-1-17",
    }
