"""Links can be made once more by the server, and by nobody who only has the database."""

from web.links import link_to, new_invite, qr_of, token_for
from web.settings import Secret, Settings


def test_the_same_invite_has_the_same_token() -> None:
    one = Settings(secret=Secret("a" * 32))
    id, token = new_invite(one)
    assert token_for(one, id) == token
    assert len(token) >= 27


def test_id_and_secret_both_matter() -> None:
    one, other = Settings(secret=Secret("a" * 32)), Settings(secret=Secret("b" * 32))
    assert len({token_for(one, "a"), token_for(other, "a"), token_for(one, "b")}) == 3


def test_no_two_invites_have_the_same_token() -> None:
    one = Settings(secret=Secret("a" * 32))
    assert len({new_invite(one) for _ in range(1000)}) == 1000


def test_the_code_is_a_picture_inside_the_page() -> None:
    link = link_to(Settings(origin="https://minuta.example"), "x" * 28)
    assert link == "https://minuta.example/i/" + "x" * 28
    picture = qr_of(link)
    assert picture.startswith("<svg")
    assert "style=" not in picture
    assert "script" not in picture
