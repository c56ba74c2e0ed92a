"""What a filter of the list of sessions finds, as a table: every session, charged or not."""

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.queries_sessions import SessionsAsked, session_lines
from reports.register_csv import CsvForm, body, foot, head
from reports.registers import Column, Control, Kind, Register, Row
from reports.tally import SessionLine
from reports.workbook import RegisterBook

ROWS_MAX = 20_000
PAGE = 500
OWN_SESSIONS = Register(
    "sessions",
    "Сеансы",
    (
        Column("session", "Сеанс", width=16),
        Column("began_at", "Начат", Kind.MOMENT, 19),
        Column("ended_at", "Окончен", Kind.MOMENT, 19),
        Column("plan", "Кто платит", width=12),
        Column("consultant", "Консультант", width=30),
        Column("client", "Клиент", width=30),
        Column("topic", "Тема", width=40),
        Column("became", "Результат", width=18),
        Column("seconds", "Секунд", Kind.WHOLE, 9),
        Column("charged", "Начислено", Kind.SUM, 14),
        Column("refunded", "Возвращено", Kind.SUM, 14),
        Column("consultant_share", "Консультанту", Kind.SUM, 14),
        Column("platform", "Платформе", Kind.SUM, 14),
        Column("waits", "Ждёт решения", Kind.SUM, 14),
        Column("currency", "Валюта", width=8),
    ),
)
PLANS_RU = {"client-pays": "клиент", "host-pays": "консультант"}
BECAME_RU = {
    "resolved": "решён",
    "unresolved": "не решён",
    "ruled": "решил куратор",
    "done": "завершён",
    "undecided": "ждёт ответа",
    "open": "идёт или ждёт",
    "cancelled": "отменён",
}


async def write_sessions(
    db: AsyncConnection, asked: SessionsAsked, form: str, zone: tzinfo, path: Path
) -> int:
    """Write "xlsx", "csv" or "csv-ru"; how many rows. The newest ROWS_MAX sessions at most."""
    russian = form != "csv"
    lines = await session_lines(db, asked, ROWS_MAX)
    rows = [_row(one, russian) for one in lines]
    control = Control(OWN_SESSIONS)
    control.add(rows)
    if form == "xlsx":
        await _write_book(rows, control, zone, path)
    else:
        await asyncio.to_thread(_write_csv, rows, control, CsvForm(russian, zone), path)
    return len(rows)


async def _write_book(rows: Sequence[Row], control: Control, zone: tzinfo, path: Path) -> None:
    """Some rows at a time, so that nobody waits long for the processor."""
    book = RegisterBook(path, OWN_SESSIONS, zone, True)
    try:
        for begin in range(0, len(rows), PAGE):
            await asyncio.to_thread(book.add, rows[begin : begin + PAGE])
    finally:
        await asyncio.to_thread(book.close, control, (("Время", str(zone)),))


def _write_csv(rows: Sequence[Row], control: Control, form: CsvForm, path: Path) -> None:
    text = head(OWN_SESSIONS, form) + body(OWN_SESSIONS, rows, form) + foot(control, form)
    path.write_text(text, encoding="utf-8", newline="")


def _row(one: SessionLine, russian: bool) -> Row:
    return (
        one.number,
        one.began_at,
        one.ended_at,
        PLANS_RU.get(one.plan, one.plan) if russian else one.plan,
        one.host[1],
        one.client[1],
        one.topic,
        BECAME_RU.get(one.became, one.became) if russian else one.became,
        one.clock_s,
        one.charged,
        one.refunded,
        one.consultant,
        one.platform,
        one.waits,
        one.currency,
    )
