"""Which contact a row of evidence is about, and what of it may be believed.

A name is looked for in this order: the object id, the sign-in name, the address. The first
that exactly one person bears decides; a name that nobody bears, or more than one, decides
nothing. Where the customer is known, only its people are asked. An address that nobody bears
today may be one that somebody had before.
"""

from collections.abc import Iterator

from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.orm import Session

from campaigns.models import Customer
from campaigns.observe.words import MATCH
from campaigns.store import look_over

IDENTITY_PROVIDER_TAG = "identity_provider"

# Those who are asked: present, and of the one customer that the file is about, if it is.
_LIVE = "{who}.left_at IS NULL AND {who}.customer_id = coalesce(:only, {who}.customer_id)"
_ASKED = "c.left_at IS NULL AND c.customer_id = coalesce(:only, w.home, c.customer_id)"
_BY_ID = f"""
    SELECT w.line, c.id AS contact_id, c.customer_id
    FROM evidence_word AS w JOIN contact AS c ON c.external_id = w.external_id
    WHERE {_ASKED}
"""  # noqa: S608 - our own words
_BY_NAME = f"""
    SELECT w.line, c.id AS contact_id, c.customer_id
    FROM evidence_word AS w JOIN contact AS c ON c.email = w.{{name}}
    WHERE {_ASKED}
    UNION ALL
    SELECT w.line, c.id, c.customer_id
    FROM evidence_word AS w JOIN contact AS c ON c.upn = w.{{name}} AND c.email <> c.upn
    WHERE {_ASKED}
    UNION ALL
    SELECT w.line, c.id, c.customer_id
    FROM evidence_word AS w
    JOIN former_address AS f ON f.email = w.{{name}}
    JOIN contact AS c ON c.id = f.contact_id
    WHERE {_ASKED}
    AND f.id = (
        SELECT min(g.id) FROM former_address AS g JOIN contact AS d ON d.id = g.contact_id
        WHERE g.email = f.email AND {_LIVE.format(who="d")}
    )
    AND NOT EXISTS (SELECT 1 FROM contact AS b WHERE b.email = f.email AND {_LIVE.format(who="b")})
    AND NOT EXISTS (SELECT 1 FROM contact AS b WHERE b.upn = f.email AND {_LIVE.format(who="b")})
"""  # noqa: S608 - our own words
_SOLE = """
INSERT INTO evidence_match (line, contact_id, customer_id)
SELECT line, min(contact_id), min(customer_id) FROM ({bearers}) AS bearer
WHERE NOT EXISTS (SELECT 1 FROM evidence_match AS m WHERE m.line = bearer.line)
GROUP BY line HAVING count(*) = 1
"""
# Where the file names nobody in such a way, nobody is looked for.
_NAMES = (
    ("external_id", _BY_ID),
    ("upn", _BY_NAME.format(name="upn")),
    ("address", _BY_NAME.format(name="address")),
)
_NAMED = text("SELECT count(external_id), count(upn), count(address) FROM evidence_word")
_ONLY = bindparam("only", type_=BigInteger)
_STATEMENTS = {
    name: text(_SOLE.format(bearers=bearers)).bindparams(_ONLY) for name, bearers in _NAMES
}
_OUTSIDE = text(
    "UPDATE evidence_word SET level = NULL, reason = :reason WHERE level = 0 "
    "AND coalesce((SELECT m.customer_id FROM evidence_match AS m "
    "WHERE m.line = evidence_word.line), home) = :customer"
)


def match(session: Session, only: int | None) -> None:
    """Find the contact of every word, among all people or those of one customer."""
    connection = session.connection()
    named = connection.execute(_NAMED).one()
    for count, statement in zip(named, _STATEMENTS.values(), strict=True):
        if count:
            connection.execute(statement, {"only": only})
    look_over(session, MATCH)
    for customer, provider in _outside_providers(session):
        # Entra and Google show people who use an outside provider as not registered.
        reason = f"signs in through {provider}"[:500]
        connection.execute(_OUTSIDE, {"customer": customer, "reason": reason})


def _outside_providers(session: Session) -> Iterator[tuple[int, str]]:
    for id_, tags in session.execute(select(Customer.id, Customer.tags)).all():
        if tags.get(IDENTITY_PROVIDER_TAG):
            yield id_, str(tags[IDENTITY_PROVIDER_TAG])
