"""A statement is judged in the time of its lines: counted, not timed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.bank.continuity import Known, continue_all
from ledger.bank.invoices import drawn
from ledger.bank.matching import Rule, recognised_all
from ledger.bank.scene import Memory, Order, Payment, Scene, Waiting, WaitingMoney
from ledger.bank.statements import Line, Section
from ledger.money import Money
from tests.ledger.bank.writing import FIRST_DAY, NORTH, OURS, VECTOR, came, day, payer_of, went

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
DAYS = 10


class Counted(int):
    """A sum that counts how often it is looked at."""

    looks = 0

    def __eq__(self, other: object) -> bool:
        Counted.looks += 1
        return int(self) == other

    def __hash__(self) -> int:
        Counted.looks += 1
        return hash(int(self))

    def __add__(self, other: int) -> int:
        Counted.looks += 1
        return int(self) + other

    __radd__ = __add__

    def __neg__(self) -> "Counted":
        return Counted(-int(self))


def counted(lines: list[Line]) -> list[Line]:
    return [replace(line, minor=Counted(line.minor)) for line in lines]


def looks(work: Callable[[], object]) -> int:
    Counted.looks = 0
    work()
    return Counted.looks


def memory_of(count: int) -> Memory:
    """One payer with many invoices, and as many payments, orders and waiting lines of equal sums:
    the worst that there is to look through."""
    payer = payer_of(VECTOR)
    invoices = {
        f"B-2026-{n:06d}": drawn(
            f"B-2026-{n:06d}", "anna", payer, OURS, Money(150_000 + n % 3), "", AT.date(), AT
        )
        for n in range(1, count + 1)
    }
    paid = (Payment(number, day(1), Counted(50_000)) for number in invoices)
    orders = (Order(f"p{n}", n, Counted(70_000), NORTH.account, n % 2 > 0) for n in range(count))
    waiting = (Waiting(f"w{n}", day(1), Counted(90_000), NORTH.account) for n in range(count))
    return Memory(Scene(invoices, tuple(paid), tuple(orders), tuple(waiting)))


def lines_of(count: int) -> list[tuple[str, Line]]:
    lines = []
    for n in range(count):
        on = 2 + n * DAYS // count
        lines += [
            came(on, 1500, VECTOR, f"сч. B-2026-{n + 1}", f"a{n}"),
            came(on, 1000, VECTOR, "оплата услуг", f"b{n}"),
            came(on, 700, NORTH, f"возврат п/п {n}", f"c{n}"),
            came(on, 9, NORTH, "оплата услуг", f"d{n}"),
            went(on, 70_000, NORTH, "вознаграждение", f"{n}"),
            went(on, 90_000, NORTH, "возврат", f"e{n}"),
        ]
    return [(str(n), line) for n, line in enumerate(counted(lines))]


@pytest.mark.parametrize("count", [100, 200])
def test_twice_the_lines_are_twice_the_looks(count: int) -> None:
    short, long = memory_of(count), memory_of(4 * count)
    few = looks(lambda: recognised_all(lines_of(count), short))
    many = looks(lambda: recognised_all(lines_of(4 * count), long))
    assert few < 60 * count
    assert many < 4.4 * few


def test_all_rules_were_asked() -> None:
    told = recognised_all(lines_of(50), memory_of(50))
    assert {found.rule for _, _, found in told} >= {
        Rule.OVER, Rule.NOBODYS, Rule.ORDERED, Rule.STRANGE, Rule.GIVEN_BACK,
    }  # fmt: skip


def months(count: int, known: bool) -> int:
    """So many sections of a day each, ten lines a day; how often their sums were looked at."""
    lines, sections, balance = [], [], 0
    for n in range(count):
        on = FIRST_DAY + timedelta(days=n)
        today = [replace(came(1, 1, NORTH, "", f"{n}-{k}"), day=on) for k in range(10)]
        closing = balance + sum(line.minor for line in today)
        told = tuple(counted(today))
        sections.append(Section(OURS.account, on, on, balance, closing, told))
        lines += told
        balance = closing
    spans = tuple((one.first_day, one.last_day) for one in sections)
    books = Known(FIRST_DAY, 0, 0, tuple(lines) if known else (), spans if known else ())
    return looks(lambda: continue_all(books, sections))


@pytest.mark.parametrize("known", [False, True])
def test_a_section_a_day_costs_its_day(known: bool) -> None:
    """A year of days, imported and imported again."""
    assert months(365, known) < 12.5 * months(30, known)


def test_what_the_same_day_brought_counts_from_the_next() -> None:
    memory = memory_of(1)
    (invoice,) = (memory.invoices.numbered("B-2026-000001"),)
    assert invoice is not None
    assert memory.invoices.asked(invoice, day(1)) == 150_001
    assert memory.invoices.asked(invoice, day(2)) == 100_001
    memory.invoices.paid(invoice.number, day(2), 1)
    assert memory.invoices.asked(invoice, day(2)) == 100_001
    assert memory.invoices.fitting(VECTOR.inn, 100_000, day(3)) == [invoice]
    assert memory.invoices.fitting(VECTOR.inn, 100_001, day(2)) == [invoice]
    assert memory.invoices.fitting(NORTH.inn, 100_001, day(2)) == []


def test_waiting_money_is_given_back_oldest_first() -> None:
    kept = WaitingMoney([Waiting("b", date(2026, 11, 2), 5, "x"), Waiting("c", day(9), 5, "y")])
    kept.add(Waiting("a", date(2026, 11, 1), 5, "x"))
    assert (kept.oldest(5, "x"), kept.oldest(5, "y"), kept.oldest(6, "x")) == ("a", "c", "")
    kept.gave_back(5, "x")
    assert kept.oldest(5, "x") == "b"
