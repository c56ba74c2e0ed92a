"""What a line is depends on itself and on earlier days, never on others of its day."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from ledger.bank.invoices import Invoice, InvoiceState, drawn
from ledger.bank.matching import Found, Rule, recognised, recognised_all
from ledger.bank.scene import Memory, Order, Payment, Scene, Waiting, open_on
from ledger.bank.statements import Line, Side
from ledger.money import Money
from tests.ledger.bank.writing import BANKS_FEES, NORTH, OURS, PERSON, VECTOR, came, day, went
from tests.ledger.bank.writing import payer_of as payer

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def invoice(n: int, rubles: int, who: Side = VECTOR, party: str = "anna") -> Invoice:
    return drawn(f"B-2026-{n:06d}", party, payer(who), OURS, Money(rubles * 100), "", AT.date(), AT)


def scene(*invoices: Invoice, **facts: object) -> Memory:
    known = {one.number: one for one in invoices}
    return Memory(Scene(known, **facts))  # type: ignore[arg-type]


ONE = invoice(1, 1500)


def test_an_exact_payment() -> None:
    found = recognised(came(1, 1500, VECTOR, "B-2026-000001"), scene(ONE))
    assert found == Found(Rule.EXACT, "B-2026-000001")


@pytest.mark.parametrize("before", [0, 50_000])
def test_what_was_paid_on_earlier_days_counts(before: int) -> None:
    paid = (Payment(ONE.number, day(1), before),) if before else ()
    rest = (150_000 - before) // 100
    seen = scene(ONE, payments=paid)
    assert recognised(came(2, rest, VECTOR, "B-2026-1"), seen).rule is Rule.EXACT
    assert recognised(came(2, rest + 1, VECTOR, "B-2026-1"), seen).rule is Rule.OVER
    assert recognised(came(2, rest - 1, VECTOR, "B-2026-1"), seen).rule is Rule.UNDER
    assert recognised(came(2, rest, VECTOR, "услуги"), seen).rule is Rule.ONLY_OPEN


def test_what_was_paid_on_the_same_day_does_not() -> None:
    """Иначе ответ зависел бы от того, в каком порядке и какими кусками пришёл день."""
    lines = [
        ("a", came(1, 1500, VECTOR, "B-2026-1", "1")),
        ("b", came(1, 1500, VECTOR, "предоплата", "2")),
        ("c", came(1, 1500, VECTOR, "предоплата", "3")),
    ]
    told = []
    for order in permutations(lines):
        answers = recognised_all(order, scene(ONE))
        told.append({id: found for id, _, found in answers})
    assert all(one == told[0] for one in told)
    assert {found.rule for found in told[0].values()} == {Rule.EXACT, Rule.ONLY_OPEN}


def test_the_next_day_it_does() -> None:
    lines = [
        ("a", came(1, 1500, VECTOR, "B-2026-1", "1")),
        ("b", came(2, 1500, VECTOR, "предоплата", "2")),
        ("c", came(2, 1500, VECTOR, "B-2026-1", "3")),
    ]
    answers = recognised_all(lines, scene(ONE))
    assert [found.rule for _, _, found in answers] == [Rule.EXACT, Rule.NOBODYS, Rule.OVER]


def test_two_invoices_for_the_same_sum_are_a_question() -> None:
    line = came(1, 1500, VECTOR, "услуги")
    assert recognised(line, scene(ONE, invoice(2, 1500))).rule is Rule.NOBODYS
    assert recognised(line, scene(ONE, invoice(2, 1600))).invoice == ONE.number
    assert recognised(line, scene(ONE, invoice(2, 1500, NORTH))).invoice == ONE.number


@pytest.mark.parametrize("who", [NORTH, PERSON])
def test_the_number_of_another_payer_is_a_question(who: Side) -> None:
    assert recognised(came(1, 1500, who, ONE.number), scene(ONE)).rule is Rule.NOBODYS


def test_a_person_without_inn() -> None:
    own = invoice(1, 300, PERSON)
    assert recognised(came(1, 300, PERSON, own.number), scene(own)).rule is Rule.EXACT
    assert recognised(came(1, 301, PERSON, own.number), scene(own)).rule is Rule.NOBODYS
    assert recognised(came(1, 300, VECTOR, own.number), scene(own)).rule is Rule.NOBODYS
    assert recognised(came(1, 300, PERSON, "услуги"), scene(own)).rule is Rule.NOBODYS


def test_cancelled_and_overdue() -> None:
    gone = replace(ONE, state=InvoiceState.CANCELLED, cancelled_on=day(1))
    assert recognised(came(2, 1500, VECTOR, ONE.number), scene(gone)).rule is Rule.LATE
    assert recognised(came(1, 1500, VECTOR, ONE.number), scene(gone)).rule is Rule.EXACT
    assert recognised(came(2, 1500, VECTOR, "услуги"), scene(gone)).rule is Rule.NOBODYS
    assert open_on(ONE, ONE.due_on)
    assert not open_on(ONE, day(20))
    assert not open_on(ONE, day(0).replace(month=10))
    assert recognised(came(20, 1500, VECTOR, "услуги"), scene(ONE)).rule is Rule.NOBODYS


ORDER = Order("p1", 7, 50_000, PERSON.account)


def test_our_orders_go_and_come_back() -> None:
    """Поручение 7 ушло; возврат узнаётся по номеру в тексте или по счёту получателя."""
    out, back = went(1, 50_000, PERSON, "Вознаграждение", "007"), "Возврат п/п 7 от 02.11.2026"
    assert recognised(out, scene(orders=(ORDER,))) == Found(Rule.ORDERED, pay_out="p1")
    went_out = scene(orders=(replace(ORDER, went=True),))
    assert recognised(out, went_out).rule is Rule.STRANGE, "an order goes once"
    for line in (came(2, 500, BANKS_FEES, back), came(2, 500, PERSON, "возврат средств")):
        assert recognised(line, went_out) == Found(Rule.ORDER_BACK, pay_out="p1")
        assert recognised(line, scene(orders=(ORDER,))).rule is Rule.NOBODYS
    assert recognised(came(2, 501, PERSON, back), went_out).rule is Rule.NOBODYS
    two = scene(orders=tuple(replace(ORDER, pay_out=p, went=True) for p in ("p1", "p2")))
    assert recognised(came(2, 500, PERSON, "возврат"), two).rule is Rule.NOBODYS


def test_the_scene_follows_the_orders() -> None:
    lines = [
        ("a", went(1, 50_000, PERSON, "Вознаграждение", "7")),
        ("b", came(2, 500, PERSON, "возврат, счёт закрыт", "1")),
        ("c", came(3, 500, PERSON, "возврат, счёт закрыт", "2")),
    ]
    lines.append(("d", went(4, 50_000, PERSON, "возврат", "3")))
    answers = recognised_all(lines, scene(orders=(ORDER,)))
    rules = [found.rule for _, _, found in answers]
    assert rules == [Rule.ORDERED, Rule.ORDER_BACK, Rule.NOBODYS, Rule.GIVEN_BACK]
    assert answers[-1][2].line == "c"


def test_money_of_nobody_goes_back_oldest_first() -> None:
    waiting = (
        Waiting("new", day(3), 70_000, NORTH.account),
        Waiting("old", day(1), 70_000, NORTH.account),
        Waiting("other", day(1), 70_000, VECTOR.account),
    )
    line = went(4, 70_000, NORTH, "Возврат ошибочного платежа")
    seen = scene(waiting=waiting)
    assert recognised(line, seen) == Found(Rule.GIVEN_BACK, line="old")
    assert recognised(replace(line, purpose="Оплата"), seen).rule is Rule.STRANGE
    assert recognised(replace(line, minor=-1), seen).rule is Rule.STRANGE
    answers = recognised_all([(str(n), line) for n in range(3)], seen)
    assert [found.line for _, _, found in answers] == ["old", "new", ""]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (went(1, 100, BANKS_FEES, "Комиссия за ведение счёта"), Rule.FEE),
        (went(1, 100, Side(), "Плата за обслуживание"), Rule.FEE),
        (went(1, 100, NORTH, "Комиссия по договору агента"), Rule.STRANGE),
        (went(1, 100, BANKS_FEES, "Проценты"), Rule.STRANGE),
        (came(1, 1, BANKS_FEES, "Комиссия"), Rule.NOBODYS),
        (came(1, 1, Side(account=OURS.account), "перевод"), Rule.OWN_TRANSFER),
        (went(1, 1, Side(account=OURS.account), "Комиссия"), Rule.OWN_TRANSFER),
    ],
)
def test_fees_and_our_own_accounts(line: Line, rule: Rule) -> None:
    assert recognised(line, scene(own=frozenset({OURS.account}))).rule is rule
