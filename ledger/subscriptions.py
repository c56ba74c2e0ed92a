"""Subscriptions: paid for in advance, earned day by day, not while they are paused.

After d served days of n, floor(price x d / n) is earned: each day is the difference to the day
before, so the days sum to the price whatever it is. A paused day is not served and lengthens the
period; what is not earned can be given back to the kopeck.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.accounts import Account, AccountKind
from ledger.journals import Draft, Leg
from ledger.money import Money, divide_down

_DAY = timedelta(days=1)
SPAN_MAX_DAYS = 3660  # how far a pause may lengthen a period


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that are not served, from `first_day`; `until` (exclusive) None: not resumed yet."""

    first_day: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        return self.first_day <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One paid period: `days` to be served from `first_day` on for `price` (zero or more)."""

    id: str
    price: Money
    first_day: date
    days: int
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        if self.days < 1 or self.price.minor < 0:
            raise ValueError(f"{self.price} for {self.days} days is no subscription")

    @property
    def advance(self) -> Account:
        """What was paid and not yet earned."""
        return Account(AccountKind.DEFERRED, self.id, self.price.currency)

    def served_days(self, through: date) -> Iterator[date]:
        """The days served by the end of `through`, in order."""
        day, served = self.first_day, 0
        last = min(through, self.first_day + SPAN_MAX_DAYS * _DAY)
        while day <= last and served < self.days:
            if not any(pause.holds(day) for pause in self.pauses):
                served += 1
                yield day
            day += _DAY

    def earned(self, served: int) -> Money:
        """By so many served days.

        >>> august = Subscription("A-1", Money(399000), date(2026, 8, 1), 30)
        >>> [august.earned(days).minor for days in (0, 1, 7, 30)]
        [0, 13300, 93100, 399000]
        """
        minor = divide_down(self.price.minor * min(served, self.days), self.days)
        return Money(minor, self.price.currency)


def taken_in(subscription: Subscription, source: Account, scope: str, key: str) -> Draft:
    """The price, by card (`CASH`) or from the wallet (`PREPAID`), under the payment's own key."""
    minor = subscription.price.minor
    legs = (Leg(source, -minor), Leg(subscription.advance, minor))
    return Draft(scope, key, "subscription", legs, subscription.id)


def day_drafts(subscription: Subscription, through: date, left: Money) -> list[Draft]:
    """A journal for each day served by `through` and not yet earned, effective on that day.

    `left` is what the advance still holds; days that earn nothing have no journal.
    """
    drafts, income = [], Account(AccountKind.SUBSCRIPTIONS, "", subscription.price.currency)
    booked = subscription.price.minor - left.minor
    for number, day in enumerate(subscription.served_days(through), 1):
        minor = subscription.earned(number).minor - booked
        if minor > 0:
            legs = (Leg(subscription.advance, -minor), Leg(income, minor))
            key = f"{subscription.id}:{number}"
            drafts.append(
                Draft(
                    "sub_day", key, "subscription_day", legs, subscription.id, day.isoformat(), day
                )
            )
            booked += minor
    return drafts


def ended_early(subscription: Subscription, left: Money, to: Account) -> Draft | None:
    """What is not earned goes back, to the card or the wallet; None when all was earned."""
    if not left.minor:
        return None
    legs = (Leg(subscription.advance, -left.minor), Leg(to, left.minor))
    return Draft("sub_end", subscription.id, "subscription_refund", legs, subscription.id)
