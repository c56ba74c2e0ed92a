"""Links can be made once more by the server, and by nobody who only has the database."""

from datetime import UTC, datetime, timedelta

from web.links import link_to, qr_of, token_for
from web.settings import Secret, Settings

AT = datetime(2026, 11, 21, 14, 5, 0, 123_456, tzinfo=UTC)


def test_the_same_invite_has_the_same_token() -> None:
    one = Settings(secret=Secret("a" * 32))
    assert token_for(one, "host", AT) == token_for(one, "host", AT)
    assert len(token_for(one, "host", AT)) >= 27


def test_host_moment_and_secret_all_matter() -> None:
    one, other = Settings(secret=Secret("a" * 32)), Settings(secret=Secret("b" * 32))
    tokens = {
        token_for(one, "host", AT),
        token_for(other, "host", AT),
        token_for(one, "guest", AT),
        token_for(one, "host", AT + timedelta(microseconds=1)),
    }
    assert len(tokens) == 4


def test_the_code_is_a_picture_inside_the_page() -> None:
    link = link_to(Settings(origin="https://minuta.example"), "x" * 28)
    assert link == "https://minuta.example/i/" + "x" * 28
    picture = qr_of(link)
    assert picture.startswith("<svg")
    assert "style=" not in picture
    assert "script" not in picture
