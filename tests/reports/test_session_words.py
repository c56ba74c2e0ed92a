"""Both languages say the same of the same facts."""

from string import Formatter

import pytest

from reports.session_words import SECTIONS, WORDS, Words
from reports.wording import OUTCOMES


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_name_the_same_facts(key: str) -> None:
    russian, english = (
        {name for _, name, _, _ in Formatter().parse(text) if name} for text in WORDS[key]
    )
    assert russian == english
    assert all(WORDS[key])


def test_english_paper_has_one_line_in_its_margin() -> None:
    assert Words().section("split") == SECTIONS["split"]
    assert Words(english=True).section("split") == ("Split", "")
    assert Words(english=True).code(OUTCOMES, "resolved") == "resolved"
    assert Words().code(OUTCOMES, "x") == "x"
    assert (Words().locale, Words(english=True).locale) == ("ru", "en")
