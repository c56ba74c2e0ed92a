"""Claims about money, tried with some examples in every run and with many at night."""

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import Account, AccountKind, Draft, Leg
from ledger.journals import fault_in

SOME = 60
MANY = 5_000
often = pytest.mark.parametrize(
    "count", [SOME, pytest.param(MANY, marks=(pytest.mark.nightly, pytest.mark.timeout(900)))]
)

sums = st.integers(0, 10**12) | st.integers(0, 300)  # minor units; small ones are the hard ones
bps = st.integers(0, 10_000) | st.sampled_from([0, 1, 999, 1000, 5000, 9999, 10_000])
weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=6).filter(any)

EARNINGS = Account(AccountKind.EARNINGS, "ann")
WALLET = Account(AccountKind.PREPAID, "bob")


def prove(count: int, claim: Callable[..., None], **facts: st.SearchStrategy[object]) -> None:
    settings(max_examples=count, deadline=None)(given(**facts)(claim))()


class Shelf:
    """Books in a dictionary: entries in order, nobody below the floor, every journal balanced."""

    def __init__(self, **_: object) -> None:
        self.sums: dict[Account, int] = {}

    def put(self, account: Account, minor: int) -> None:
        self.sums[account] = self.sums.get(account, 0) + minor

    def post(self, *drafts: Draft | None) -> None:
        for draft in drafts:
            if draft is not None:
                assert fault_in(draft) is None, draft
                self.enter(draft.legs)

    def enter(self, legs: Iterable[Leg]) -> None:
        for leg in legs:
            self.put(leg.account, leg.minor)
            floor = leg.account.kind.floor_minor
            assert floor is None or self.sums[leg.account] >= floor, leg

    def of(self, account: Account) -> int:
        return self.sums.get(account, 0)

    def free(self) -> dict[Account, int]:
        return dict(self.sums)

    def total(self, *kinds: AccountKind) -> int:
        return sum(minor for account, minor in self.sums.items() if account.kind in kinds)
