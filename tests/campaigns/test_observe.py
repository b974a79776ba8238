"""What vendor systems say of who is ready: newest word, unknown is not no."""

from datetime import timedelta
from itertools import permutations

from campaigns import register
from campaigns.models import Customer
from campaigns.rules.records import ContactRecord, Rejected
from tests.campaigns.observe_kit import EVE, HOME, STANDING, before, count, standing
from tests.kit import ADA, Office, add_customer, open_campaign, parsed, rows_of
from tests.people_kit import contact_of, except_until, import_words, word_of


def test_usable_is_done_registered_alone_is_not_and_unknown_is_neither(office: Office) -> None:
    add_customer(office, people=6)
    campaign = open_campaign(office)
    words = [word_of(f"eve{n}@{HOME}", n) for n in range(5)]
    result = import_words(office, *words, word_of(f"eve5@{HOME}", None, reason="no licence"))
    assert result.levels == {"0": 1, "1": 1, "2": 1, "3": 1, "4": 1, "unknown": 1}
    assert (result.matched, result.accepted) == (6, 6)
    # Kim, Pat and eve5 are unknown; eve0 and eve1 are known not to be done.
    assert count(office, campaign) == (8, 3, 2, 3, 0)


def test_the_counts_add_up_with_exceptions_of_people_who_are_done(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    import_words(office, word_of(EVE, 2))
    except_until(office, EVE, campaign, (office.now + timedelta(days=5)).date())
    assert count(office, campaign) == (5, 0, 0, 4, 1)
    office.clock.move_to(office.now + timedelta(days=6))
    assert count(office, campaign) == (5, 1, 0, 4, 0)


def test_an_older_snapshot_never_overwrites_a_newer_one(office: Office) -> None:
    add_customer(office)
    import_words(office, word_of(EVE, 2), taken_at=before(office, days=1))
    import_words(office, word_of(EVE, 0), taken_at=before(office, days=9))
    assert standing(office) == {EVE: 2}
    import_words(office, word_of(EVE, None, reason="hidden"), taken_at=office.now)
    assert standing(office) == {EVE: None}
    assert rows_of(office, "SELECT count(*) FROM observation") == [(3,)]


def test_any_order_of_imports_gives_the_same_standing(office: Office) -> None:
    """Four files, two of them of the same instant, in every order."""
    add_customer(office)
    moments = [before(office, days=d) for d in (9, 5, 5, 1)]
    files = [
        (word_of(EVE, 3), word_of(f"eve1@{HOME}", 2)),
        (word_of(EVE, 1), word_of(f"eve1@{HOME}", None, reason="x"), word_of(f"eve2@{HOME}", 0)),
        (word_of(EVE, 2), word_of(f"eve1@{HOME}", 0), word_of(f"eve2@{HOME}", None)),
        (word_of(EVE, 0),),
    ]
    seen = set()
    for order in permutations(range(4)):
        for place in order:
            import_words(office, *files[place], taken_at=moments[place])
        seen.add(tuple(sorted(standing(office).items(), key=str)))
        with office.store.writing() as session:
            for table in ("standing", "observation", "snapshot"):
                session.connection().exec_driver_sql(f"DELETE FROM {table}")
    assert seen == {((EVE, 0), (f"eve1@{HOME}", 0), (f"eve2@{HOME}", 0))}


def test_an_older_file_does_not_take_back_what_a_newer_one_said_of_admin_rights(
    office: Office,
) -> None:
    add_customer(office)
    import_words(office, word_of(EVE, 2, admin=True), taken_at=before(office, days=1))
    import_words(office, word_of(EVE, 2, admin=False), taken_at=before(office, days=9))
    [(admin,)] = rows_of(office, f"SELECT admin FROM contact WHERE email = '{EVE}'")
    assert bool(admin) is True


def test_the_same_file_twice_is_one_snapshot(office: Office) -> None:
    add_customer(office)
    first = import_words(office, word_of(EVE, 2), file_hash="a" * 64)
    again = import_words(office, word_of(EVE, 2), file_hash="a" * 64)
    assert (first.repeated, again.repeated) == (False, True)
    for table in ("snapshot", "observation", "standing"):
        assert rows_of(office, f"SELECT count(*) FROM {table}") == [(1,)]


def test_rows_in_are_accepted_plus_rejected_and_strangers_are_listed(office: Office) -> None:
    add_customer(office)
    result = import_words(
        office,
        word_of(EVE, 2),
        word_of("sam@stranger.example", 2),
        rejected=[Rejected(9, "no address")],
    )
    shown = result.as_json()
    assert (shown["rows"], shown["accepted"], shown["matched"], shown["unmatched"]) == (3, 2, 1, 1)
    assert shown["rejected"] == [{"line": 9, "reason": "no address"}]
    assert shown["unmatched_identities"] == ["sam@stranger.example"]
    assert rows_of(office, "SELECT rows_in, accepted, rejected, matched FROM snapshot") == [
        (3, 2, 1, 1)
    ]


def test_people_are_matched_by_id_then_sign_in_name_then_address(office: Office) -> None:
    add_customer(office)
    import_words(office, word_of(EVE, 1, external_id="id-0"), taken_at=before(office, days=3))
    # She was renamed at the vendor; the id still knows her.
    import_words(
        office,
        word_of(f"eve.new@{HOME}", 2, external_id="id-0"),
        taken_at=before(office, days=2),
    )
    assert standing(office) == {EVE: 2}
    import_words(office, word_of("", 3, address=EVE.upper()))
    assert standing(office) == {EVE: 3}


def test_a_former_address_still_names_its_person(office: Office) -> None:
    add_customer(office)
    with office.store.writing() as session:
        contact_of(session, EVE).external_id = "id-0"
    with office.store.writing() as session:
        row = ContactRecord("Northwind Dental", "Eve 0", f"eve.new@{HOME}", external_id="id-0")
        register.import_contacts(session, parsed(row), who=ADA, now=office.now)
    import_words(office, word_of(EVE, 2))
    assert standing(office) == {f"eve.new@{HOME}": 2}


def test_one_address_at_two_customers_is_found_by_the_tenant(office: Office) -> None:
    add_customer(office, "Alpha", domain="alpha.example")
    add_customer(office, "Beta", domain="beta.example")
    with office.store.writing() as session:
        rows = [ContactRecord(name, "Kay", "kay@shared.example") for name in ("Alpha", "Beta")]
        register.import_contacts(session, parsed(*rows), who=ADA, now=office.now)
    assert import_words(office, word_of("kay@shared.example", 2)).matched == 0
    result = import_words(
        office, word_of("kay@shared.example", 2, tenant="beta.onmicrosoft.example")
    )
    assert result.matched == 1
    found = rows_of(
        office,
        "SELECT customer.name FROM standing JOIN contact ON contact.id = standing.contact_id"
        " JOIN customer ON customer.id = contact.customer_id",
    )
    assert found == [("Beta",)]


def test_not_registered_is_unknown_where_another_provider_signs_people_in(
    office: Office,
) -> None:
    customer = add_customer(office)
    with office.store.writing() as session:
        session.get_one(Customer, customer).tags = {"identity_provider": "Okta"}
    result = import_words(office, word_of(EVE, 0), word_of(f"eve1@{HOME}", 2))
    assert result.levels["unknown"] == 1
    kept = {address: (level, why) for address, level, _, why in rows_of(office, STANDING)}
    assert kept[EVE][0] is None
    assert "Okta" in str(kept[EVE][1])
    assert kept[f"eve1@{HOME}"][0] == 2


def test_an_account_that_is_switched_off_is_unknown(office: Office) -> None:
    add_customer(office)
    import_words(office, word_of(EVE, 0, active=False))
    assert standing(office) == {EVE: None}


def test_required_but_not_registered_is_kept_beside_the_level(office: Office) -> None:
    add_customer(office)
    import_words(office, word_of(EVE, 0, required=True))
    [(_, level, required, _)] = rows_of(office, STANDING)
    assert (level, bool(required)) == (0, True)
