"""Acts and statements made by hand, of any length, whose sums agree."""

from datetime import UTC, date, datetime, timedelta

from reports.headings import Heading
from reports.issuer import BASIC_RATE, Issuer
from reports.period import (
    CLIENT,
    PERIOD_ACT,
    Customer,
    PeriodAct,
    Scope,
    SessionSums,
    line_of,
    period_act,
)
from reports.statement import STATEMENT, WALLET, Movement, Statement, statement_of

ISSUED = datetime(2026, 11, 21, 8, 30, 4, tzinfo=UTC)
BEGIN = datetime(2026, 10, 1, 6, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
CUSTOMER = Customer(
    "c1",
    "ООО «Научно-производственное объединение «Верхневолжские станкостроительные технологии»",
    "7612345670",
    "761201001",
    "",
    "",
    "150003, Ярославль, ул. Республиканская, д. 3, корп. 1, помещ. 214",
)
TOPICS = (
    "Не проводится «Поступление», закрыт период",
    "Настройка обмена с банком",
    "Зарплата: не сходится НДФЛ в расчётных листках с регистром и уведомлением за октябрь",
    "Печатная форма УПД",
    "Ошибка при обновлении конфигурации, откат и повторный запуск обработчиков",
)
HOSTS = ("Воскресенская-Константинопольская А. С.", "Ахметова Д. Р.", "Ким М. О.")
PAYS_VAT = Issuer(vats=BASIC_RATE, vat_mode="principal")


def scope(locale: str = "ru", other: str = "", role: str = CLIENT) -> Scope:
    return Scope(role, "c1", FIRST, LAST, other, "RUB", locale)


def sums(n: int, per_day: int = 2, refunded: bool = False, waits: bool = False) -> SessionSums:
    """Session number n: minutes between 5 and 94 at one of three prices."""
    minutes, price = 5 + n * 7 % 90, (20_00, 20_00, 35_00)[n % 3]
    charged = minutes * price
    back = charged * 8 // 10 if refunded else 0
    platform = charged // 10 if not waits else 0
    return SessionSums(
        session=f"S-2026-{n:06d}",
        ended_at=BEGIN + timedelta(days=(n // per_day) % 30, minutes=n % 60),
        other=f"h{n % 3}",
        other_name=HOSTS[n % 3],
        topic=TOPICS[n % 5],
        minutes=minutes,
        charged=charged,
        refunded=back,
        platform=platform,
        consultant=0 if waits else charged - back - platform,
        escrow=charged if waits else 0,
        passed_on=0,
        promo=0,
        provider_bp=9000,
        protocol=f"P-2026-{n:06d}-r1",
        protocol_sha256=f"{n:08x}" * 8,
    )


def act(
    count: int = 7, locale: str = "ru", issuer: Issuer | None = None, revision: int = 1
) -> PeriodAct:
    """The third session came back, the last one may still be objected to."""
    issuer = issuer or Issuer()
    per_day = max(1, count // 29)
    found = [sums(n, per_day, n == 3, n == count - 1) for n in range(count)]
    lines = tuple(line_of(issuer, one) for one in sorted(found, key=lambda one: one.ended_at))
    debits, credits = sum(one.charged for one in found), sum(one.refunded for one in found)
    head = Heading(PERIOD_ACT, "U-2026-000001", revision, ISSUED)
    return period_act(head, issuer, scope(locale), CUSTOMER, lines, (debits, credits))


def statement(count: int = 9, locale: str = "ru", opening: int = 1_250_00) -> Statement:
    """A top-up, sessions, a refund, over and over."""
    balance, moved = opening, []
    for n in range(count):
        at = BEGIN + timedelta(hours=n * 700 // max(count, 1))
        kind, ref, charges, minor = (
            ("top_up", f"top-{n}", 0, 2_000_00),
            ("minute", f"S-2026-{n:06d}", 12 + n % 30, -20_00 * (12 + n % 30)),
            ("settlement", f"S-2026-{n - 1:06d}", 0, 192_00),
        )[n % 3]
        balance += minor
        until = at + timedelta(minutes=charges)
        moved.append(Movement(at, until, kind, ref, charges, minor, balance))
    head = Heading(STATEMENT, "L-2026-000001", 1, ISSUED)
    what = scope(locale, role=WALLET)
    return statement_of(head, Issuer(), what, CUSTOMER, tuple(moved), (opening, balance))
