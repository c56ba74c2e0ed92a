"""Hostile and foreign text: nothing is lost, nothing turns the line."""

import pytest

from reports.glyphs import printable

FONT = frozenset(map(ord, "абвгдежзийклмнопрстуфхцчшщъыьэюяABCxyz<>&;/=.\"'"))


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("да\u202eнет", "да[U+202E]нет"),
        ("спасибо👍", "спасибо[U+1F44D]"),
        ("спасибо👍\ufe0f", "спасибо[U+1F44D]"),
        ("в\u200bо", "во"),
        ("مرحبا بك", "[5\u00a0знаков, см.\u00a0session.json] [U+0628][U+0643]"),
        ("a\x00b".upper(), "A[U+0000]B"),
        ("<b>&", "<b>&"[0] + "[U+0062]" + ">&"),
        ("й", "й"),
    ],
)
def test_printable(given: str, seen: str) -> None:
    assert printable(given, FONT) == seen
