"""Every refusal of a tariff has words; the table of refusals is metering's own."""

import re

import pytest

from metering import BadTariff, read_draft
from tests.metering.test_drafts import REFUSED
from web.locale import words
from web.tariff_faults import fault_text

ONLY_IN_JSON = {"no plan", "a plan that is no name", "no currency", "a currency that is none",
    "nobody pays", "somebody else pays", "a field we do not know",
    "a price with a fraction"}  # fmt: skip


@pytest.mark.parametrize("what", sorted(set(REFUSED) - ONLY_IN_JSON))
def test_a_refusal_is_said_in_russian(what: str) -> None:
    with pytest.raises(BadTariff) as caught:
        read_draft(REFUSED[what][0])
    said = fault_text(caught.value.why, words("ru").gettext)
    assert re.search("[а-я]", said)
    assert caught.value.why not in said


def test_a_refusal_without_words_of_its_own_is_still_told() -> None:
    assert fault_text("is odd", words("en").gettext) == "Look at this field: is odd"
