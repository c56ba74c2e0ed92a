"""Names and texts in the languages of plain-text accounting."""

from hypothesis import given
from hypothesis import strategies as st

from ledger import Account, AccountKind
from ledger.books.plain_text import _string as quoted
from ledger.books.plain_text import amount, beancount_account, hledger_account, one_line

OWNERS = st.text(max_size=8) | st.text("-uU0D:_ ", max_size=8)


def bob(owner: str) -> Account:
    return Account(AccountKind.PREPAID, owner)


def test_names() -> None:
    bank = Account(AccountKind.BANK_TRANSIT, "po_1")
    assert hledger_account(bank) == "Assets:BankTransit:po_1"
    assert beancount_account(bank) == "Assets:BankTransit:O-po-u005F1"
    assert hledger_account(bob("S-2026-000001")) == "Liabilities:Prepaid:S-2026-000001"
    assert beancount_account(bob("S-2026-000001")) == "Liabilities:Prepaid:O-S-2026-000001"
    assert hledger_account(Account(AccountKind.COMMISSION)) == "Income:Commission:Platform"
    assert hledger_account(bob("a:b  c;d")) == "Liabilities:Prepaid:a%3Ab%20%20c%3Bd"


@given(OWNERS, OWNERS)
def test_two_owners_never_have_one_name(one: str, other: str) -> None:
    for name in (hledger_account, beancount_account):
        assert (name(bob(one)) == name(bob(other))) == (one == other)


@given(OWNERS)
def test_names_are_names(owner: str) -> None:
    for name in (hledger_account(bob(owner)), beancount_account(bob(owner))):
        assert name.count(":") == 2
        assert name.isascii()
        assert not set(name) & set(" ;\t\n()[]")


def test_signs_are_turned() -> None:
    assert amount(20_000, "RUB") == "-200.00 RUB"
    assert amount(-5, "RUB") == "0.05 RUB"
    assert amount(7, "JPY") == "-7 JPY"


def test_quotes_stay_within_the_text() -> None:
    assert quoted('C:\\bob says "no"\nand goes') == '"C:\\\\bob says \\"no\\" and goes"'


def test_breaks_do_not_break_a_line() -> None:
    assert one_line("a\r\nb\u2028c\td") == "a b c d"
