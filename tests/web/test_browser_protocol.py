"""The browser's wire types are the server's."""

from web.browser.generate_protocol import TARGET, render


def test_generated_types_are_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == render()
