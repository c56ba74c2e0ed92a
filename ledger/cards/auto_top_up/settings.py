"""What an owner has agreed to: below which balance how much is taken, and never more than what."""

from dataclasses import dataclass

from ledger.cards.auto_top_up.errors import BadSetting
from ledger.money import Money

DAY_COUNT_MOST = 10  # automatic top-ups of a party in a UTC day, whatever the owner wants
LEAST = {"RUB": 100_00, "KZT": 500_00, "JPY": 150}
LEAST_ELSEWHERE = 5_00


@dataclass(frozen=True, slots=True)
class Setting:
    """When the wallet has less than `threshold` to spend, `amount` is charged; in a UTC day at most
    `day_count` times and at most `day_amount` in all. `why_off` says who or what turned it off:
    "owner", "no_card", "no_currency", or the reason of a decline."""

    party: str
    enabled: bool
    threshold: Money
    amount: Money
    day_count: int
    day_amount: Money
    why_off: str = ""


def least_of(currency: str) -> Money:
    """The least sum that is charged at once."""
    return Money(LEAST.get(currency, LEAST_ELSEWHERE), currency)


def clean_setting(setting: Setting, most: Money | None) -> Setting:
    """The setting if it makes sense; `most` is the platform's limit of a day. Raises: BadSetting.

    >>> rub = Money
    >>> fine = Setting("bob", True, rub(20000), rub(50000), 3, rub(150000))
    >>> clean_setting(fine, None) == fine
    True
    """
    currency = setting.amount.currency
    if {setting.threshold.currency, setting.day_amount.currency} != {currency}:
        raise BadSetting("amount", "currency")
    if setting.threshold.minor <= 0:
        raise BadSetting("threshold", "too_small")
    if setting.amount < least_of(currency):
        raise BadSetting("amount", "too_small")
    if setting.day_amount < setting.amount:
        raise BadSetting("day_amount", "too_small")
    if most is not None and setting.day_amount > most:
        raise BadSetting("day_amount", "too_large")
    if not 1 <= setting.day_count <= DAY_COUNT_MOST:
        raise BadSetting("day_count", "too_small" if setting.day_count < 1 else "too_large")
    return setting


def allows(setting: Setting, count: int, taken: Money) -> bool:
    """Whether one more fits into a day in which `count` were begun and `taken` was charged."""
    return count < setting.day_count and taken + setting.amount <= setting.day_amount
