"""An act as an invoice of EN 16931: categories, sums, what cannot be one."""

from dataclasses import replace
from datetime import date

import pytest

from reports.documents import Act
from reports.einvoice import (
    CREDIT,
    EXEMPT,
    MINUTE,
    OUTSIDE,
    REVERSE,
    STANDARD,
    UNIT,
    EuParty,
    buyer_of,
    hybrid_invoice,
    invoice_of,
    taken_back,
    untaxed_ground,
)
from reports.errors import EInvoiceIncomplete
from reports.issuer import Issuer
from tests.reports import builders, period_builders
from tests.reports.euro_builders import ABROAD, AT_HOME, GERMAN, UNTAXED, euro_act

DE, US = EuParty("Somebody", "DE"), EuParty("Somebody", "US")


@pytest.mark.parametrize(
    ("issuer", "buyer", "category", "reason"),
    [
        (GERMAN, buyer_of(euro_act()), STANDARD, ""),
        (GERMAN, US, STANDARD, ""),
        (UNTAXED, DE, EXEMPT, "§ 19 UStG"),
        (UNTAXED, buyer_of(euro_act(customer=AT_HOME)), EXEMPT, "§ 19 UStG"),
        (UNTAXED, buyer_of(euro_act(customer=ABROAD)), REVERSE, "Reverse charge"),
        (UNTAXED, EuParty("Somebody", "FR"), EXEMPT, "§ 19 UStG"),
        (UNTAXED, US, OUTSIDE, "Not subject to VAT"),
    ],
)
def test_category(issuer: Issuer, buyer: EuParty, category: str, reason: str) -> None:
    made = invoice_of(euro_act(issuer=issuer), buyer)
    assert [(one.category, one.reason) for one in made.taxes] == [(category, reason)]
    assert {line.category for line in made.lines} == {category}
    assert bool(made.seller.vat_id) == (category != OUTSIDE) == (not made.seller.id)


@pytest.mark.parametrize("count", [1, 4, 90])
def test_sums_are_those_of_the_act(count: int) -> None:
    act = euro_act(count)
    made = invoice_of(act, DE)
    assert (made.total, made.tax) == (act.totals.kept, act.totals.vat)
    assert made.net == sum(line.net for line in made.lines) == sum(one.net for one in made.taxes)
    units = [line.unit for line in made.lines]
    assert units.count(UNIT) == sum(1 for line in act.lines if line.refunded)
    minutes = sum(line.quantity for line in made.lines if line.unit == MINUTE)
    assert minutes == sum(line.minutes for line in act.lines if not line.refunded)


def test_corrections_name_what_they_correct() -> None:
    first, second = (invoice_of(euro_act(revision=n), DE) for n in (1, 2))
    assert (first.number, first.preceding) == ("U-2026-000001", None)
    assert second.number == "U-2026-000001-r2"
    assert second.preceding == (first.number, first.day)
    back = taken_back(first, date(2026, 12, 1))
    assert (back.type, back.number) == (CREDIT, "U-2026-000001-C")
    assert (back.preceding, back.total) == ((first.number, first.day), first.total)


def test_one_session_is_an_invoice_too() -> None:
    act = builders.act()
    assert isinstance(act, Act)
    euro = replace(act, issuer=GERMAN, totals=replace(act.totals, currency="EUR"), vat=623)
    made = invoice_of(replace(euro, vat_base=euro.totals.kept), DE)
    assert (made.total, made.tax, made.lines[0].unit) == (act.total, 623, MINUTE)
    assert made.lines[0].name == "Услуга связи для удалённого сеанса"


@pytest.mark.parametrize(
    ("field", "act", "buyer"),
    [
        ("seller", euro_act(issuer=replace(GERMAN, vat_id="")), DE),
        ("seller", euro_act(issuer=replace(GERMAN, vat_id="DE136695978")), DE),
        ("currency", period_builders.act(issuer=GERMAN), DE),
        ("agent", euro_act(issuer=replace(GERMAN, vat_mode="agent")), DE),
        ("name", euro_act(), EuParty("\u00a0", "DE")),
        ("name", euro_act(), EuParty("x" * 1001, "DE")),
        ("address", euro_act(), EuParty("Somebody", "DE", "", "x" * 1001)),
        ("country", euro_act(), EuParty("Somebody", "de")),
        ("vat_id", euro_act(), EuParty("Somebody", "DE", "DE136695978")),
        ("vat_id", euro_act(), EuParty("Somebody", "DE", "FR40303265045")),
    ],
)
def test_what_is_no_invoice(field: str, act: period_builders.PeriodAct, buyer: EuParty) -> None:
    with pytest.raises(EInvoiceIncomplete) as refused:
        invoice_of(act, buyer)
    assert refused.value.fields == (field,)


def test_a_tax_that_the_norm_cannot_show() -> None:
    """Two hundred and more sessions, each a cent too much by rounding."""
    act = euro_act(90)
    bent = replace(act, lines=tuple(replace(one, vat=one.vat + 3) for one in act.lines))
    with pytest.raises(EInvoiceIncomplete, match="vat"):
        invoice_of(bent, DE)
    nothing = replace(act, lines=act.lines[:0])
    with pytest.raises(EInvoiceIncomplete, match="total"):
        invoice_of(nothing, DE)


def test_the_pages_say_what_the_invoice_says() -> None:
    vat = UNTAXED.vats[0]
    assert untaxed_ground(euro_act(issuer=UNTAXED, customer=ABROAD), vat) == "Reverse charge"
    assert untaxed_ground(euro_act(issuer=UNTAXED, customer=AT_HOME), vat) == "§ 19 UStG"
    assert untaxed_ground(period_builders.act(), vat) == "§ 19 UStG"


def test_which_papers_hold_their_invoice() -> None:
    assert hybrid_invoice(euro_act()) == invoice_of(euro_act(), buyer_of(euro_act()))
    assert hybrid_invoice(euro_act(customer=replace(AT_HOME, vat_id=""))) is None
    assert hybrid_invoice(euro_act(issuer=replace(GERMAN, vat_mode="agent"))) is None
    assert hybrid_invoice(period_builders.act()) is None
