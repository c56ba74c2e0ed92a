"""Numbers in purposes as people write them, and the states of an invoice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.errors import InvoiceEnded
from ledger.bank.invoices import (
    TRANSITIONS,
    Invoice,
    InvoiceState,
    Trigger,
    bank_day,
    cancelled,
    drawn,
    lapsed,
    number_of,
    numbers_in,
    purpose_of,
    received,
    returned,
)
from ledger.money import Money
from ledger.requisites import Payer
from tests.ledger.bank.writing import OURS

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
TODAY = date(2026, 11, 1)


def invoice(rubles: int = 1500) -> Invoice:
    payer = Payer("ООО «Вектор»", "7805123456")
    return drawn("B-2026-000001", "anna", payer, OURS, Money(rubles * 100), "Без НДС", TODAY, AT)


@pytest.mark.parametrize(
    "purpose",
    [
        "Оплата по счёту № B-2026-000042 от 01.11.2026, НДС не облагается",
        "опл. по сч.№В-2026-000042",
        "в-2026-42",
        "В – 2026 — 000042",
        "счет b 2026 000042",
        "B2026000042",
        "B-2O26-OOOO42",
        "В\u00ad-2026-0\u200b00042",
        "Ｂ－２０２６－００００４２",
        "Сч B_2026_000042/НДС нет",
    ],
)
def test_a_number_is_found_however_it_is_written(purpose: str) -> None:
    assert numbers_in(purpose) == {"B-2026-000042"}


@pytest.mark.parametrize(
    "purpose",
    [
        "",
        "за услуги по договору 2026-000042",
        "AB-2026-000042",
        "СТУДИЯВ-2026-000042",
        "B-2026-0000421",
        "B-2026-000000",
        "В 2026 году",
        "B-26-000042",
        "р/с 40702810138250123017",
    ],
)
def test_what_is_no_number(purpose: str) -> None:
    assert numbers_in(purpose) == frozenset()


def test_several_numbers_are_several() -> None:
    assert numbers_in("счета B-2026-1, B-2026-2 и В-2026-000001") == {
        "B-2026-000001",
        "B-2026-000002",
    }


@given(
    st.integers(2026, 2099),
    st.integers(1, 999_999),
    st.sampled_from(["B", "В", "b", "в"]),
    st.sampled_from(["-", "–", "—", "−", " - ", "‑"]),
    st.booleans(),
    st.text(alphabet="абвгдежз .,№()", max_size=20),
)
def test_every_number_comes_back(
    year: int, n: int, letter: str, dash: str, padded: bool, around: str
) -> None:
    digits = f"{n:06d}" if padded else str(n)
    text = f"{around} {letter}{dash}{year}{dash}{digits} {around}"
    assert numbers_in(text) == {number_of(year, n)}


def test_the_purpose_carries_the_number_and_fits() -> None:
    text = purpose_of("B-2026-000042", TODAY, "НДС " + "я" * 300)
    assert len(text) == 210
    assert numbers_in(text) == {"B-2026-000042"}


def test_paid_in_parts() -> None:
    """1 500,00: пришло 500,00, потом 1 000,00, потом ещё 1,00."""
    one = received(invoice(), Money(50_000))
    assert (one.state, one.missing) == (InvoiceState.PARTLY_PAID, Money(100_000))
    two = received(one, Money(100_000))
    assert (two.state, two.missing) == (InvoiceState.PAID, Money(0))
    assert received(two, Money(100)).paid == Money(150_100)


def test_taken_back_by_the_bank() -> None:
    whole = received(invoice(), Money(150_000))
    assert returned(whole, Money(150_000)) == invoice()
    assert returned(whole, Money(50_000)).state is InvoiceState.PARTLY_PAID


def test_cancelled_and_paid_all_the_same() -> None:
    gone = cancelled(invoice(), TODAY)
    assert (gone.state, gone.cancelled_on) == (InvoiceState.CANCELLED, TODAY)
    assert received(gone, Money(150_000)).state is InvoiceState.PAID
    with pytest.raises(InvoiceEnded) as wrong:
        cancelled(received(invoice(), Money(1)), TODAY)
    assert wrong.value.state == "partly_paid"


def test_lapsed_after_its_due_day_only() -> None:
    due = invoice().due_on
    assert due == TODAY + timedelta(days=10)
    assert lapsed([invoice()], due) == []
    [one] = lapsed([invoice(), received(invoice(), Money(1))], due + timedelta(days=1))
    assert one.state is InvoiceState.EXPIRED


def test_every_state_can_be_reached_and_every_trigger_happens() -> None:
    reached = {InvoiceState.OPEN, *TRANSITIONS.values()}
    assert reached == set(InvoiceState)
    assert {trigger for _, trigger in TRANSITIONS} == set(Trigger)


def test_the_day_is_the_bank_s() -> None:
    assert bank_day(datetime(2026, 12, 31, 21, 30, tzinfo=UTC)) == date(2027, 1, 1)
