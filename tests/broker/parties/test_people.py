"""Names, addresses and roles that are taken, and those that are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.parties import BadParty
from broker.parties.people import clean_email, clean_locale, clean_name, clean_roles


@given(st.text(max_size=120))
def test_a_clean_name_is_one_printable_line_or_an_error(text: str) -> None:
    try:
        name = clean_name(text)
    except BadParty:
        return
    assert name.isprintable()
    assert 1 <= len(name) <= 80
    assert clean_name(name) == name


@given(st.text(max_size=300))
def test_a_clean_email_is_one_address_or_an_error(text: str) -> None:
    try:
        email = clean_email(text)
    except BadParty:
        return
    assert clean_email(email) == email
    assert email.count("@") == 1


@pytest.mark.parametrize(
    "email",
    ["", "a", "a@", "@b.ru", "a@b", "a@b@c.ru", "a b@c.ru", "a@b.ru\nBcc: x@y.ru", "a,b@c.ru",
     "x" * 250 + "@b.ru"],
)  # fmt: skip
def test_bad_addresses(email: str) -> None:
    with pytest.raises(BadParty):
        clean_email(email)


def test_roles_and_languages() -> None:
    assert clean_roles(frozenset({"client"})) == {"client"}
    for wrong in (frozenset[str](), frozenset({"client", "owner"})):
        with pytest.raises(BadParty):
            clean_roles(wrong)
    assert (clean_locale("en"), clean_locale("xx")) == ("en", "ru")
