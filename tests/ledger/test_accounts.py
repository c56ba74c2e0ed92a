"""The chart."""

from ledger.accounts import CLASSES, KIND_OF_CODE, Account, AccountKind, account_of


def test_the_chart_is_one_table() -> None:
    assert len({kind.code for kind in AccountKind}) == len(AccountKind) == len(KIND_OF_CODE)
    assert {kind.account_class for kind in AccountKind} == set(CLASSES)
    # The first digit of a code is the class: assets, liabilities, equity, income, expenses.
    # VAT on advances is an asset that stands beside the VAT it is set off against.
    strange = {k.name for k in AccountKind if "ALQIE"[k.code // 1000 - 1] != k.account_class}
    assert strange == {"VAT_ADVANCES"}


def test_what_belongs_to_others_cannot_go_below_zero() -> None:
    owed = {"PREPAID", "PROMO", "ESCROW", "EARNINGS", "MEMBER", "RESERVE", "DEFERRED", "SUPPLIER"}
    budgets = {"BONUS"}  # our own, and limited all the same
    limited = {kind.name for kind in AccountKind if kind.floor_minor == 0}
    assert limited == owed | budgets | {"SUSPENSE"}
    assert {kind.floor_minor for kind in AccountKind} == {0, None}


def test_an_account_is_named_by_its_key() -> None:
    for kind in AccountKind:
        account = Account(kind, "ann", "EUR")
        assert account_of(*account.key) == account
    assert str(Account(AccountKind.PREPAID, "ann")) == "PREPAID(ann)"


def test_what_stands_off_the_balance_has_no_account_in_1c() -> None:
    outside = {kind.name for kind in AccountKind if not kind.value.external_code}
    assert outside == {"PROMO", "PROMO_ISSUED", "MEMBER", "FIRM_DIVIDED"}
