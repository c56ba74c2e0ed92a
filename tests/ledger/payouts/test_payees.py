"""Where the money goes: shapes, versions, cooling off."""

from dataclasses import replace

import pytest

from ledger.control import Rail
from ledger.payouts.errors import BadPayee
from ledger.payouts.payees import (
    COOLING_OFF,
    PayeeDetails,
    clean_destination,
    clean_place,
    destination_of,
    effective_from,
)
from tests.ledger.payouts.people import PLACE, day

KNOWN = PayeeDetails("ann", 1, Rail.BANK, PLACE, day(0), day(1), "ann")


def test_spaces_do_not_matter() -> None:
    given = ("044 525 225", "4070 2810 9380 0000 0001", "  ИП Кузнецова   Анна ", "5001 00732259")
    assert clean_place(*given) == PLACE


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("bik", "04452522", "shape"),
        ("account", "407028109380000000", "shape"),
        ("account", "40702810938000000002", "check_digit"),
        ("inn", "500100732258", "check_digit"),
        ("inn", "5001007322", "check_digit"),
        ("inn", "50010073225", "shape"),
        ("name", "  ", "empty"),
        ("name", "И" * 161, "long"),
        ("name", "ИП\0", "shape"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: str, why: str) -> None:
    with pytest.raises(BadPayee) as refused:
        clean_destination(Rail.BANK, replace(PLACE, **{field: value}))
    assert (refused.value.field, refused.value.why) == (field, why)


def test_a_destination_suits_its_rail() -> None:
    assert clean_destination(Rail.CARD, "acct_1") == "acct_1"
    for rail, wrong in ((Rail.CARD, PLACE), (Rail.CARD, ""), (Rail.BANK, "acct_1")):
        with pytest.raises(BadPayee):
            clean_destination(rail, wrong)


def test_what_is_stored_comes_back() -> None:
    assert destination_of(Rail.BANK, str(PLACE)) == PLACE
    assert destination_of(Rail.CARD, "acct_1") == "acct_1"


def test_details_cool_off_for_a_day() -> None:
    assert effective_from(Rail.BANK, None, day(0)) == day(1) == day(0) + COOLING_OFF
    assert effective_from(Rail.DEMO, KNOWN, day(0)) == day(1)
    assert effective_from(Rail.DEMO, None, day(0)) == day(0)
    assert KNOWN.cooling(day(0))
    assert not KNOWN.cooling(day(1))


def test_a_hint_tells_little() -> None:
    assert KNOWN.hint == "…0001"
    assert replace(KNOWN, rail=Rail.CARD, destination="acct_1NXY2zAB").hint == "…2zAB"
