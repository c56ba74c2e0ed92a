"""The journals of the bank rail, entry by entry. Credit is positive: money that came in is a debit
of BANK, hence negative."""

from ledger.accounts import Account, AccountKind
from ledger.bank.bookings import (
    bank,
    decided_draft,
    fees,
    line_draft,
    opening_draft,
    own_funds,
    suspense,
    transit,
    wallet,
)
from ledger.journals import Draft, fault_in
from ledger.money import Money
from tests.ledger.bank.writing import NORTH, OURS, came, day, went

A = OURS.account


def legs(draft: Draft) -> list[tuple[str, str, int]]:
    assert fault_in(draft) is None
    return [(leg.account.kind.name, leg.account.owner, leg.minor) for leg in draft.legs]


def test_the_account_enters_the_books() -> None:
    draft = opening_draft(A, Money(100_000), day(1))
    assert legs(draft) == [("BANK", A, -100_000), ("RETAINED", "", 100_000)]
    assert (draft.journal_id, draft.effective_on) == (f"bank:opening:{A}", day(1))


def test_a_top_up_and_a_fee() -> None:
    top_up = line_draft("k", A, came(1, 15, NORTH, "x" * 300), wallet("anna"), "top_up", "B-1")
    assert legs(top_up) == [("BANK", A, -1_500), ("PREPAID", "anna", 1_500)]
    assert (top_up.journal_id, top_up.ref, len(top_up.memo)) == ("bank:k", "B-1", 200)
    assert top_up.effective_on == day(1)
    fee = line_draft("f", A, went(2, 35, NORTH, "x"), fees(), "bank_fee", "")
    assert legs(fee) == [("BANK", A, 35), ("FEES", "", -35)]
    assert fee.ref == "f"


def test_what_two_persons_decide() -> None:
    came_in = decided_draft("k", 700, suspense(A), wallet("anna"), "B-1")
    assert legs(came_in) == [("SUSPENSE", A, -700), ("PREPAID", "anna", 700)]
    went_out = decided_draft("k", -700, transit(A), own_funds(), "")
    assert legs(went_out) == [("BANK_TRANSIT", A, 700), ("RETAINED", "", -700)]
    assert (came_in.journal_id, came_in.ref) == ("bank_decided:k", "B-1")
    assert went_out.ref == "k"


def test_every_account_is_in_rubles() -> None:
    assert bank(A) == Account(AccountKind.BANK, A, "RUB")
    assert bank(A, "EUR").currency == "EUR"
