"""Registers that leave the house as tables: their columns, rows and control sums. Pure.

Two of them: `DOCUMENTS`, what was issued, and `SESSIONS`, what each charged session brought and to
whom it went. A row is a tuple beside `columns`; money is minor units of the currency in the row's
column "currency", moments are aware, what is unknown is None.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from reports.period import PeriodLine
from reports.register import Issued, PeriodIssued

Cell = str | int | date | datetime | None
Row = tuple[Cell, ...]


class Kind(Enum):
    """What a column holds; WHOLE is a count, SUM is money."""

    TEXT = "text"
    WHOLE = "whole"
    SUM = "sum"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the title for programs, `ru` for people; `width` in characters."""

    key: str
    ru: str
    kind: Kind = Kind.TEXT
    width: int = 14


@dataclass(frozen=True, slots=True)
class Register:
    name: str
    ru: str
    columns: tuple[Column, ...]

    @property
    def currency(self) -> int:
        """Where in a row its currency stands."""
        return [column.key for column in self.columns].index("currency")


DOCUMENTS = Register(
    "documents",
    "Документы",
    (
        Column("number", "Номер", width=16),
        Column("revision", "Редакция", Kind.WHOLE, 9),
        Column("kind", "Вид", width=24),
        Column("issued_at", "Выпущен", Kind.MOMENT, 19),
        Column("party", "Кому", width=40),
        Column("session", "Сеанс", width=16),
        Column("period_from", "Период с", width=12),
        Column("period_to", "Период по", width=12),
        Column("minutes", "Минут", Kind.WHOLE, 9),
        Column("amount", "Сумма", Kind.SUM, 14),
        Column("currency", "Валюта", width=8),
        Column("state", "Состояние", width=12),
        Column("sha256", "SHA-256", width=66),
    ),
)
SESSIONS = Register(
    "sessions",
    "Сеансы и распределение",
    (
        Column("session", "Сеанс", width=16),
        Column("ended_at", "Окончен", Kind.MOMENT, 19),
        Column("paid_by", "Платит", width=12),
        Column("consultant", "Консультант", width=30),
        Column("client", "Клиент", width=30),
        Column("topic", "Тема", width=40),
        Column("minutes", "Минут", Kind.WHOLE, 9),
        Column("charged", "Начислено", Kind.SUM, 14),
        Column("refunded", "Возвращено", Kind.SUM, 14),
        Column("kept", "Итого", Kind.SUM, 14),
        Column("promo", "Из них промо", Kind.SUM, 14),
        Column("vat", "НДС внутри", Kind.SUM, 14),
        Column("platform", "Платформе", Kind.SUM, 14),
        Column("consultant_share", "Консультанту", Kind.SUM, 14),
        Column("passed_on", "Третьим лицам", Kind.SUM, 14),
        Column("escrow", "Ждёт решения", Kind.SUM, 14),
        Column("currency", "Валюта", width=8),
        Column("protocol", "Протокол", width=19),
    ),
)
REGISTERS = {one.name: one for one in (DOCUMENTS, SESSIONS)}
KINDS_RU = {
    "protocol": "Протокол сеанса",
    "act": "Акт",
    "period-act": "Акт за период",
    "statement": "Выписка",
    "reconciliation": "Акт сверки",
    "agent-report": "Отчёт агента",
}


def document_row(one: Issued | PeriodIssued, russian: bool) -> Row:
    """A line of `DOCUMENTS`."""
    if isinstance(one, PeriodIssued):
        party, about = one.buyer_name, ("", one.first_on.isoformat(), one.last_on.isoformat())
    else:
        party, about = ", ".join(one.party_names), (one.session, "", "")
    state = ("заменён", "выпущен") if russian else ("superseded", "issued")
    return (
        one.number,
        one.revision,
        KINDS_RU[one.kind] if russian else one.kind,
        one.issued_at,
        party,
        *about,
        one.minutes,
        one.total_minor,
        one.currency,
        state[0] if one.superseded else state[1],
        one.sha256,
    )


def session_row(line: PeriodLine, paid_by: str, names: tuple[str, str], currency: str) -> Row:
    """A line of `SESSIONS`; `names` are the consultant's and the client's."""
    return (
        line.session,
        line.ended_at,
        paid_by,
        *names,
        line.topic,
        line.minutes,
        line.charged,
        line.refunded,
        line.kept,
        line.promo,
        line.vat,
        line.platform,
        line.consultant,
        line.passed_on,
        line.escrow,
        currency,
        line.protocol,
    )


@dataclass
class Control:
    """What has gone into a file: rows, and by currency the sum of each column that is added up."""

    register: Register
    rows: int = 0
    sums: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, rows: Iterable[Row]) -> None:
        added = [
            (place, column.key)
            for place, column in enumerate(self.register.columns)
            if column.kind is Kind.SUM or column.key == "minutes"
        ]
        where = self.register.currency
        for row in rows:
            self.rows += 1
            sums = self.sums.setdefault(str(row[where]), dict.fromkeys((k for _, k in added), 0))
            for place, key in added:
                sums[key] += int(str(row[place] or 0))
