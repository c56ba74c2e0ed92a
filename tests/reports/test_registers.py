"""Rows of the registers stand under their columns and add up."""

from datetime import date
from typing import Any

from reports.issuer import Issuer
from reports.period import line_of
from reports.register import Issued, PeriodIssued
from reports.registers import (
    DOCUMENTS,
    REGISTERS,
    SESSIONS,
    Control,
    Kind,
    Register,
    Row,
    document_row,
    session_row,
)
from tests.reports.builders import ISSUED
from tests.reports.period_builders import sums

EVIL = '=HYPERLINK("http://evil")'


def issued(n: int = 1, **other: Any) -> Issued:
    facts: dict[str, Any] = {
        "number": f"A-2026-{n:06d}",
        "revision": 1,
        "kind": "act",
        "session": f"S-2026-{n:06d}",
        "host": "h",
        "client": "c",
        "host_name": "Ким М. О.",
        "client_name": EVIL,
        "buyer": "c",
        "issued_at": ISSUED,
        "sha256": f"{n:064x}",
        "size": 1,
        "minutes": 12,
        "total_minor": 123_456,
        "currency": "RUB",
        "content": "",
    }
    return Issued(**facts | other)


def period_issued() -> PeriodIssued:
    shared = ("number", "revision", "issued_at", "sha256", "size", "minutes", "total_minor")
    facts = {name: getattr(issued(), name) for name in (*shared, "currency", "content", "buyer")}
    days = {"first_on": date(2026, 10, 1), "last_on": date(2026, 10, 31)}
    names = {"kind": "period-act", "subject": "", "other": "", "buyer_name": "ООО", "locale": "ru"}
    return PeriodIssued(**facts, **days, **names, other_name="", sessions=3, newest=9)


def sessions(count: int = 7) -> list[Row]:
    lines = [line_of(Issuer(), sums(n, refunded=n == 3)) for n in range(count)]
    return [session_row(one, "клиент", ("Ким", "ООО"), "RUB") for one in lines]


def cells(register: Register, row: Row) -> dict[str, object]:
    return dict(zip([column.key for column in register.columns], row, strict=True))


def test_documents() -> None:
    act = cells(DOCUMENTS, document_row(issued(), russian=True))
    assert (act["kind"], act["party"], act["state"]) == ("Акт", EVIL, "выпущен")
    paper = cells(DOCUMENTS, document_row(period_issued(), russian=False))
    assert (paper["period_from"], paper["state"]) == ("2026-10-01", "superseded")
    assert paper["session"] == ""


def test_control_sums_are_those_of_the_rows() -> None:
    control, rows = Control(SESSIONS), sessions(40)
    control.add(rows[:15])
    control.add(rows[15:])
    control.add([document_row_of_euros()])
    assert control.rows == 41
    found = [cells(SESSIONS, row) for row in rows]
    for column in SESSIONS.columns:
        if column.kind is Kind.SUM:
            assert control.sums["RUB"][column.key] == sum(int(str(r[column.key])) for r in found)
    parts = ("refunded", "platform", "consultant_share", "passed_on", "escrow")
    assert control.sums["RUB"]["charged"] == sum(control.sums["RUB"][name] for name in parts)
    assert control.sums["EUR"]["kept"] == 1


def document_row_of_euros() -> Row:
    row = dict.fromkeys((column.key for column in SESSIONS.columns), None) | {"currency": "EUR"}
    return tuple({**row, "kept": 1}.values())


def test_keys_name_columns_once() -> None:
    for register in REGISTERS.values():
        keys = [column.key for column in register.columns]
        assert len(set(keys)) == len(keys)
        assert keys[register.currency] == "currency"
