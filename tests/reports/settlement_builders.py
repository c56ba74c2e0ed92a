"""Reconciliation acts and agent's reports made by hand, of any length, whose sums agree."""

from dataclasses import replace
from datetime import timedelta

from reports.account_part import AccountPart, part_of
from reports.agent_report import (
    AGENT_REPORT,
    PRINCIPAL_OF,
    AgentReport,
    Shared,
    Sold,
    agent_report,
)
from reports.headings import Heading
from reports.issuer import Issuer
from reports.period import line_of
from reports.reconciliation import PARTNER, RECONCILIATION, Reconciliation, reconciliation_of
from reports.statement import Movement
from tests.reports.period_builders import BEGIN, CUSTOMER, ISSUED, scope, statement, sums

PRINCIPAL = replace(
    CUSTOMER, id="h1", name="ИП Ахметова Динара Рустамовна", inn="500100732259", kpp=""
)


def earned(count: int, opening: int = 0) -> AccountPart:
    """Outcomes of sessions 0, 1, 2 …, each tenth followed by a payout of half the balance."""
    balance, found = opening, list[Movement]()

    def moved(kind: str, ref: str, minor: int, hours: int) -> None:
        nonlocal balance
        balance += minor
        at = BEGIN + timedelta(days=3, hours=hours)
        found.append(Movement(at, at, kind, ref, 0, minor, balance))

    for n in range(count):
        hours = n * 500 // max(count, 1)
        moved("settlement", f"S-2026-{n:06d}", sums(n).consultant, hours)
        if n % 10 == 9:
            moved("payout", f"payout-{n // 10 + 41}", -balance // 2, hours)
    return part_of("earnings", tuple(found), (opening, balance))


def reconciliation(
    count: int = 9, locale: str = "ru", opening: int = 1_250_00, earning: int = 0
) -> Reconciliation:
    """The wallet of `statement`, and the earnings of so many sessions."""
    wallet = statement(count, locale, opening)
    ends = wallet.totals.opening, wallet.totals.closing
    parts = [part_of("wallet", wallet.movements, ends)]
    if earning:
        parts.append(earned(earning, 300_00))
    refs = {one.ref for one in wallet.movements if one.kind == "minute"}
    acts = tuple((ref, ref.replace("S-", "A-")) for ref in sorted(refs))
    head = Heading(RECONCILIATION, "R-2026-000001", 1, ISSUED)
    what = scope(locale, role=PARTNER)
    return reconciliation_of(head, Issuer(), what, CUSTOMER, tuple(parts), acts)


def report(
    count: int = 7, locale: str = "ru", issuer: Issuer | None = None, shares: int = 0
) -> AgentReport:
    """The third session came back, the last one waits; the fifth was helped by a colleague."""
    issuer, per_day = issuer or Issuer(), max(1, count // 29)
    found = [sums(n, per_day, n == 3, n == count - 1) for n in range(count)]
    named = [replace(one, other=f"c{n % 4}", other_name=CUSTOMER.name) for n, one in
             enumerate(found)]  # fmt: skip
    lines = [line_of(issuer, one) for one in sorted(named, key=lambda one: one.ended_at)]
    helped = f"S-2026-{5:06d}"
    sold = tuple(
        Sold(line, line.consultant * 7 // 10 if line.session == helped else line.consultant)
        for line in lines
    )
    of_others = tuple(
        Shared(f"S-2026-{900 + n:06d}", BEGIN + timedelta(days=n), "Ким М. О.", "НДС", 150_00)
        for n in range(shares)
    )
    turnover = sum(one.charged for one in found), sum(one.refunded for one in found)
    head = Heading(AGENT_REPORT, "G-2026-000001", 1, ISSUED)
    what = replace(scope(locale, role=PRINCIPAL_OF), buyer="h1")
    earnings = earned(max(count - 1, 0), 1_000_00)
    return agent_report(head, issuer, what, PRINCIPAL, (sold, of_others), earnings, turnover)
