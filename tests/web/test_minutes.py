"""The strip: charged minutes in order, and breaks that say why."""

from datetime import UTC, datetime
from types import SimpleNamespace

from ledger import Money
from metering import ChargeLine
from web.minutes import minutes_of, with_unproven
from web.shapes_minutes import UnprovenView

START = 1_795_269_900


def charge(n: int, second: int, minor: int = 2000) -> ChargeLine:
    return ChargeLine(
        session="S-2026-000001",
        n=n,
        from_s=(n - 1) * 60,
        to_s=n * 60,
        amount=Money(minor),
        total=Money(minor * n),
        second=second,
        state="charged",
        cause="",
        receipt_hash="",
    )


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def test_an_unbroken_session_is_a_row_of_paid_minutes() -> None:
    charges = [charge(n, START + (n - 1) * 60) for n in (1, 2, 3)]
    cells = minutes_of(charges, [(START, START + 150)], [], at(START + 151))
    assert [cell.state for cell in cells] == ["charged"] * 3
    assert [cell.n for cell in cells] == [1, 2, 3]
    assert sum(cell.price.minor for cell in cells if cell.price) == 6000


def test_a_pause_stands_between_the_minutes_with_its_cause() -> None:
    """Одна минута, пауза по просьбе 90 с, ещё одна минута."""
    charges = [charge(1, START), charge(2, START + 150)]
    runs = [(START, START + 60), (START + 150, START + 210)]
    paused = SimpleNamespace(kind="paused", body={"cause": "asked"}, at=at(START + 60))
    cells = minutes_of(charges, runs, [paused], at(START + 210))
    assert [(cell.state, cell.shape) for cell in cells] == [
        ("charged", ""),
        ("unpaid", "paused"),
        ("unpaid", "paused"),
        ("charged", ""),
    ]


def test_a_lost_connection_until_the_end_is_not_paid() -> None:
    cells = minutes_of([charge(1, START)], [(START, START + 30)], [], at(START + 90))
    assert [(c.state, c.cause, c.shape) for c in cells] == [
        ("charged", "", ""),
        ("unpaid", "no_media", "reconnecting"),
    ]


def test_a_breath_of_silence_is_no_break_and_a_gift_is_free() -> None:
    charges = [charge(1, START, 0), charge(2, START + 63)]
    runs = [(START, START + 30), (START + 33, START + 90)]
    cells = minutes_of(charges, runs, [], None)
    assert [(cell.state, cell.shape) for cell in cells] == [("free", "free"), ("charged", "")]


def test_a_minute_that_nothing_proves_is_free_in_the_currency_of_the_session() -> None:
    """Запись узла прервана на 90 с: две бесплатные строки в евро, каждая на своём месте."""
    records = [{"from": START, "to": START + 60}, {"from": START + 150, "to": START + 210}]
    facts = [
        SimpleNamespace(kind="minute_witnessed", body={"record": record}, at=at(record["to"]))
        for record in records
    ]
    runs = [(START, START + 60), (START + 150, START + 210)]
    cells = minutes_of([], runs, facts, at(START + 210), currency="EUR")
    free = [UnprovenView(at(START + n), "witness_lost", Money(0, "EUR")) for n in (60, 120)]
    assert with_unproven([], cells) == tuple(free)


def test_no_session_is_too_long_to_draw() -> None:
    charges = [charge(n, START + n * 60) for n in range(1, 2000)]
    assert len(minutes_of(charges, [], [], None)) == 720
