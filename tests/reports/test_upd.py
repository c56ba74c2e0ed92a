"""Acts become transfer documents: the sums stay, what cannot be written is named."""

from dataclasses import replace
from datetime import date

import pytest

from reports.documents import Act
from reports.errors import UpdIncomplete
from reports.issuer import BASIC_RATE, Issuer
from reports.upd import DOP, MINUTE, SCHFDOP, UNIT, Upd, UpdParty, seller_of, upd_of
from tests.reports import builders, period_builders
from tests.reports.period_builders import PAYS_VAT

BUYER = UpdParty("ООО «Ромашка»", "7707083893", "773601001", "Москва, ул. Ленина, д. 1")
DAY = date(2026, 11, 20)
AGENT = Issuer(vats=BASIC_RATE)


def period(count: int = 7, issuer: Issuer | None = None, buyer: UpdParty = BUYER) -> Upd:
    return upd_of(period_builders.act(count, issuer=issuer), buyer, DAY)


def missing(act: object, buyer: UpdParty) -> tuple[str, ...]:
    with pytest.raises(UpdIncomplete) as caught:
        upd_of(act, buyer, DAY)  # type: ignore[arg-type]
    return caught.value.fields


@pytest.mark.parametrize("issuer", [None, PAYS_VAT, AGENT])
def test_the_sums_of_a_period_are_those_of_the_act(issuer: Issuer | None) -> None:
    act = period_builders.act(40, issuer=issuer)
    made = upd_of(act, BUYER, DAY)
    assert sum(line.total for line in made.lines) == act.totals.kept
    assert sum(line.vat for line in made.lines) == act.totals.vat
    assert made.period == (act.scope.first, act.scope.last)
    assert made.function == (SCHFDOP if issuer is PAYS_VAT else DOP)
    assert made.taxed == (issuer is not None)


def test_a_fee_stands_apart_from_what_is_not_taxed() -> None:
    made = period(6, AGENT)
    first, fee = made.lines[:2]
    assert (first.rate_bp, first.vat, fee.rate_bp) == (None, 0, 2200)
    assert fee.name.endswith("вознаграждение агента")
    assert fee.total * 9 == first.total


def test_a_session_and_what_came_back() -> None:
    act = builders.act()
    assert isinstance(act, Act)
    made = upd_of(act, BUYER, DAY)
    [line] = made.lines
    assert (line.unit, line.quantity, line.total) == (MINUTE, act.totals.billed_minutes, act.total)
    returned = period(7).lines[3]
    assert (returned.unit, returned.quantity) == (UNIT, 1)
    nothing = replace(act, totals=replace(act.totals, refunded=act.totals.charged))
    assert missing(nothing, BUYER) == ("total",)


def test_a_correction_names_its_day() -> None:
    act = period_builders.act(revision=2)
    made = upd_of(act, BUYER, DAY)
    assert (made.day, made.correction) == (DAY, (1, date(2026, 11, 21)))
    assert period().correction is None


def test_what_is_missing_is_named() -> None:
    act = period_builders.act()
    assert missing(act, UpdParty("", "7707083894", "1")) == ("name", "inn", "kpp")
    assert missing(act, UpdParty("Я", "500100732259", "773601001")) == ("kpp",)
    assert missing(act, replace(BUYER, id="a_b", address="я" * 1001)) == ("address", "id")
    assert missing(period_builders.act(issuer=PAYS_VAT), replace(BUYER, address="")) == ("address",)
    nobody = replace(act, issuer=Issuer(tax_id="VAT 1"))
    assert missing(nobody, BUYER) == ("seller",)
    euros = replace(act, scope=replace(act.scope, currency="EUR"))
    assert missing(euros, BUYER) == ("currency",)
    assert seller_of(Issuer(tax_id="ИНН 500100732259")).kpp == ""
