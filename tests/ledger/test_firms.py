"""Inside a firm: what its members have of a session is what the firm has, at any time."""

from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.firms import division_draft, member_account, member_paid
from ledger.money import Money
from tests.ledger.claims import Shelf, often, prove, sums

FIRM = Account(AccountKind.EARNINGS, "acme")
CONTRA = Account(AccountKind.FIRM_DIVIDED, "acme")
names = st.sampled_from(["ann", "ben", "eve"])
keys = st.lists(st.tuples(names, st.integers(0, 100)), min_size=1, max_size=4).filter(
    lambda pairs: any(weight for _, weight in pairs)
)


@often
def test_the_members_have_what_the_firm_has_and_outsiders_see_the_firm_only(count: int) -> None:
    def claim(steps: list[tuple[int, list[tuple[str, int]]]]) -> None:
        shelf = Shelf()
        for number, (earned, weights) in enumerate(steps, 1):
            shelf.put(FIRM, earned - shelf.of(FIRM))
            members = [member_account("acme", name, "RUB") for name in ("ann", "ben", "eve")]
            given = {one: shelf.of(one) for one in members if shelf.of(one)}
            draft = division_draft("acme", "S-1", number, Money(earned), weights, given)
            shelf.post(draft)
            assert sum(shelf.of(one) for one in members) == earned == -shelf.of(CONTRA)
            assert shelf.of(FIRM) == earned
            if draft is not None:
                kinds = {leg.account.kind for leg in draft.legs}
                assert kinds <= {AccountKind.MEMBER, AccountKind.FIRM_DIVIDED}
                assert draft.ref == "firm:acme"

    prove(count, claim, steps=st.lists(st.tuples(sums, keys), min_size=1, max_size=4))


def test_the_same_division_again_is_nothing() -> None:
    given = {member_account("acme", "ann", "RUB"): 90}
    assert division_draft("acme", "S-1", 2, Money(90), [("ann", 1)], given) is None


def test_a_firm_that_paid_a_member_says_so() -> None:
    shelf = Shelf()
    shelf.post(division_draft("acme", "S-1", 1, Money(90), [("ann", 1)], {}))
    shelf.post(member_paid("acme", "ann", Money(60), "november"))
    assert (shelf.of(member_account("acme", "ann", "RUB")), shelf.of(CONTRA)) == (30, -30)
