"""Links in letters stay the same, from letter to letter and from release to release."""

from campaigns.links import Links

LINKS = Links(b"x" * 32, "https://rollout.example")


def test_the_tokens_of_many_people_are_those_of_each() -> None:
    people = range(1, 40)
    each = [LINKS.token("guide", 7, contact, 1) for contact in people]
    assert LINKS.tokens("guide", 7, people, 1) == each
    assert LINKS.tokens("guide", 7, (), 1) == []


def test_a_token_is_the_one_that_earlier_letters_carried() -> None:
    assert LINKS.token("guide", 7, 1, 1) == "bnuavpbbyzwxm9t3kpsk4mjt49fsdzc7"
