"""What an act says was sold, and at what price of a minute."""

from dataclasses import replace

import pytest

from reports.documents import ACT, Act, build
from reports.facts import ChargeFact, SessionFacts
from reports.issuer import Issuer
from reports.period import SessionSums, line_of
from reports.press import printed
from reports.price import billed_seconds, minute_price, price_of, quantity, rate_of, time_text
from reports.session_words import Words
from reports.upd import SECOND, UpdParty, upd_of
from tests.reports.builders import FIRST, ISSUED, document, facts, heading, journal, tariff
from tests.reports.period_builders import sums
from tests.reports.test_pdf import text_of

EN = Words(english=True)


def sold(*charges: tuple[int, int], rate: int = 2000) -> SessionFacts:
    """A session of charges (seconds, minor units), one after the other, at 20.00 a minute."""
    at, made = 0, []
    for n, (seconds, minor) in enumerate(charges, 1):
        made.append(ChargeFact(n, at, at + seconds, minor, FIRST + at + seconds))
        at += seconds
    total = sum(minor for _, minor in charges)
    one = replace(facts("client-pays", at, ()), charges=tuple(made), receipts=())
    entries = [("PREPAID", "c1", -total), ("ESCROW", one.number, total)]
    paid = journal(1, "tick", f"tick:{one.number}:1", *entries)
    return replace(one, tariff=tariff("client-pays", rate), journals=(paid,))


@pytest.mark.parametrize(
    ("one", "price"),
    [
        (sold((60, 2000), (60, 2000)), 2000),
        (sold((60, 2000), (30, 1000)), 2000),  # not 15.00, as begun minutes would have it
        (sold((7, 233)), 2000),  # 233.33 kopecks, rounded
        (sold((60, 2500), (60, 2000)), None),  # a fee for the connection
        (sold((60, 0), (60, 2000)), None),  # bought in advance
        (sold((60, 1000), (60, 3000), rate=1500), None),  # 20.00 on average, and nobody's price
    ],
)
def test_price_of_a_minute(one: SessionFacts, price: int | None) -> None:
    assert minute_price(one) == price


def test_before_anything_was_charged_the_price_is_the_tariff_s() -> None:
    assert minute_price(facts("client-pays", 0, ())) == 2000
    assert rate_of({"segments": [{"rate": 1, "per_seconds": 7}]}) is None
    assert rate_of({"segments": []}) is None
    assert price_of(0, 0, 2000) is None


def test_quantities() -> None:
    one = sold((60, 2000), (30, 1000))
    assert billed_seconds(one) == 90
    assert quantity(one, EN) == "1\u00a0min\u00a030\u00a0s"
    assert quantity(sold((60, 2000)), EN) == "1\u00a0min"
    assert (time_text(90, True), time_text(7200_0, True)) == ("1:30", "1,200")


def test_the_act_shows_seconds_where_seconds_were_sold() -> None:
    text = " ".join(text_of(printed(document(ACT, sold((60, 2000), (30, 1000))))).split())
    assert "Цена минуты, ₽" in text
    assert "1 мин 30 с 20,00 30,00" in text
    assert "15,00" not in text


def test_an_act_for_a_period_too() -> None:
    one: SessionSums = replace(sums(1), minutes=2, spare_s=30, rate=2000)
    whole = {"charged": 3000, "platform": 300, "consultant": 2700}
    line = line_of(Issuer(), replace(one, **whole))
    assert (line.price, line.seconds) == (2000, 90)


def test_the_file_for_accounting_programs_counts_seconds() -> None:
    act = build(heading(ACT), Issuer(), sold((60, 2000), (30, 1000)))
    assert isinstance(act, Act)
    buyer = UpdParty("ООО «Ромашка»", "7707083893", "773601001", "Москва")
    (line,) = upd_of(act, buyer, ISSUED.date()).lines
    assert (line.unit, line.quantity, line.total) == (SECOND, 90, 3000)
