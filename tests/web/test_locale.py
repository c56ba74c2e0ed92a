"""Both languages are whole: nothing untranslated, nothing that nobody says, holes that match."""

import re

import pytest
from babel.messages.catalog import Message

from web.locale import LOCALES, browser_messages, fill, read, words
from web.locale.extract import said

HOLE = re.compile(r"\{(\w+)\}")


def _forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [message.string]


def _sources(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, tuple) else [message.id]


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogues_are_what_the_code_says(locale: str) -> None:
    """After a change of words: `python -m web.locale.extract`, then translate what is new."""
    wanted = {tuple(_sources(message)) for message in said() if message.id}
    known = {tuple(_sources(message)) for message in read(locale) if message.id}
    assert wanted - known == set(), "run python -m web.locale.extract"
    assert known - wanted == set(), "nobody says these any more"


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_untranslated(locale: str) -> None:
    silent = [m.id for m in read(locale) if m.id and not all(_forms(m))]
    assert not silent


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_have_the_holes_of_their_messages(locale: str) -> None:
    wrong = []
    for message in read(locale):
        holes = {hole for source in _sources(message) for hole in HOLE.findall(source)}
        for form in _forms(message):
            if message.id and set(HOLE.findall(form)) - holes:
                wrong.append((message.id, form))
            if isinstance(message.id, str) and message.id and set(HOLE.findall(form)) != holes:
                wrong.append((message.id, form))
    assert not wrong


def test_russian_words_have_no_latin_look_alikes() -> None:
    """A Latin letter inside a Cyrillic word cannot be seen, only searched for in vain."""
    mixed = re.compile(r"[а-яё][a-z]|[a-z][а-яё]", re.IGNORECASE)
    wrong = [f for m in read("ru") for f in _forms(m) if m.id and mixed.search(HOLE.sub("", f))]
    assert not wrong


def test_the_house_style_of_russian_words() -> None:
    wrong = [
        form
        for message in read("ru")
        for form in _forms(message)
        if message.id and re.search(r"!|\bпользовател|\bюзер|\bВы\s\w+(?=.*\bВы\b)", form)
    ]
    assert not wrong


def test_the_browser_gets_only_what_it_says() -> None:
    for locale in LOCALES:
        found = browser_messages(locale)
        assert "Show my screen" in found
        assert "Enter as a curator" not in found
    plural = browser_messages("ru")["{n} unread message"]
    assert len(plural) == 3


def test_holes_are_filled_and_braces_in_values_are_not() -> None:
    assert words("en").gettext("{n} of {all}", n="{all}", all=12) == "{all} of 12"
    assert fill("{unknown}", {}) == "{unknown}"
    with pytest.raises(KeyError):
        words("fr")
