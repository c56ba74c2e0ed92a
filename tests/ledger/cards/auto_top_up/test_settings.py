"""What an owner may agree to."""

import pytest

from ledger import Money
from ledger.cards.auto_top_up.errors import BadSetting
from ledger.cards.auto_top_up.settings import DAY_COUNT_MOST, allows, clean_setting
from tests.ledger.cards.auto_top_up.people import setting


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"threshold": Money(0)}, "threshold", "too_small"),
        ({"amount": Money(9_999)}, "amount", "too_small"),
        ({"amount": Money(150_001)}, "day_amount", "too_small"),
        ({"day_amount": Money(3_000_001)}, "day_amount", "too_large"),
        ({"day_count": 0}, "day_count", "too_small"),
        ({"day_count": DAY_COUNT_MOST + 1}, "day_count", "too_large"),
        ({"threshold": Money(100, "EUR")}, "amount", "currency"),
    ],
)
def test_what_makes_no_sense_is_named(changed: dict[str, object], field: str, why: str) -> None:
    with pytest.raises(BadSetting) as refused:
        clean_setting(setting(**changed), Money(3_000_000))
    assert (refused.value.field, refused.value.why) == (field, why)


def test_the_bounds_themselves_are_allowed() -> None:
    wanted = setting(amount=Money(10_000), day_amount=Money(10_000), day_count=1)
    assert clean_setting(wanted, Money(10_000)) == wanted


def test_a_day_is_bounded_by_count_and_by_sum() -> None:
    assert allows(setting(), 2, Money(100_000))
    assert not allows(setting(), 3, Money(0))
    assert not allows(setting(), 2, Money(100_001))
