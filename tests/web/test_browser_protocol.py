"""The browser's wire types are the server's."""

from web.browser.generate_protocol import ROOM, render


def test_generated_types_are_up_to_date() -> None:
    written = {*(ROOM / "wire").glob("*.ts"), ROOM / "protocol.ts"}
    assert {place: place.read_text(encoding="utf-8") for place in written} == render()
