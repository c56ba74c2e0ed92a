"""Do the sums of a paper for a period follow from its own lines? Pure, without a database.

Every figure is made again: the tax of each session from its day and rate, sums by rate, totals,
what the ledger moved, each balance from the one before. The first that differs is named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from reports.account_part import ACCOUNTS, AccountPart
from reports.agent_report import (
    AGENT_REPORT_FILE,
    AGENT_REPORT_FORMAT,
    AGENT_REPORT_TEMPLATE,
    AgentReport,
    agent_report_from_json,
)
from reports.canonical import Json
from reports.errors import PaperError, TotalsDiffer
from reports.findings import Finding
from reports.issuer import AGENT, Issuer
from reports.period import (
    ACT_FILE,
    ACT_FORMAT,
    ACT_TEMPLATE,
    PeriodAct,
    PeriodLine,
    Scope,
    act_from_json,
    line_from_json,
    scope_from_json,
)
from reports.price import MINUTE_S, price_of
from reports.reconciliation import (
    RECONCILIATION_FILE,
    RECONCILIATION_FORMAT,
    RECONCILIATION_TEMPLATE,
    Reconciliation,
    reconciliation_from_json,
)
from reports.statement import (
    STATEMENT_FILE,
    STATEMENT_FORMAT,
    STATEMENT_TEMPLATE,
    Movement,
    Statement,
    statement_from_json,
)

Made = PeriodAct | Statement | Reconciliation | AgentReport

#: Format → attachment, template in force.
FORMATS = {
    RECONCILIATION_FORMAT: (RECONCILIATION_FILE, RECONCILIATION_TEMPLATE),
    AGENT_REPORT_FORMAT: (AGENT_REPORT_FILE, AGENT_REPORT_TEMPLATE),
    ACT_FORMAT: (ACT_FILE, ACT_TEMPLATE),
    STATEMENT_FORMAT: (STATEMENT_FILE, STATEMENT_TEMPLATE),
}


_FROM_JSON: dict[str, Callable[[Json], Made]] = {
    ACT_FORMAT: act_from_json,
    STATEMENT_FORMAT: statement_from_json,
    RECONCILIATION_FORMAT: reconciliation_from_json,
    AGENT_REPORT_FORMAT: agent_report_from_json,
}


def period_paper(body: Json) -> Made:
    """The paper from its data. Raises: KeyError, TypeError, ValueError, PaperError."""
    return _FROM_JSON[body["format"]](body)


def period_findings(body: Json) -> list[Finding]:
    """What adds up and what does not. Raises: KeyError, TypeError, ValueError when damaged."""
    found: dict[str, Callable[[Json], Iterator[Finding]]] = {
        ACT_FORMAT: _act_findings,
        STATEMENT_FORMAT: _statement_findings,
        RECONCILIATION_FORMAT: _reconciliation_findings,
        AGENT_REPORT_FORMAT: _report_findings,
    }
    return list(found[body["format"]](body))


def _act_findings(body: Json) -> Iterator[Finding]:
    issuer, scope = Issuer.from_json(body["issuer"]), scope_from_json(body["scope"])
    lines = _lines_finding(issuer, scope, body["lines"])
    yield lines
    if not lines.good:
        return
    try:
        act = act_from_json(body)
    except TotalsDiffer as error:
        yield _differs("money", str(error), "ledger")
        return
    yield Finding("money", True, "сумма строк равна обороту книг", "lines equal the turnover")
    yield _same("rates", [asdict(one) for one in act.rates], body["rates"])
    yield _same("totals", asdict(act.totals), body["totals"])


def _lines_finding(issuer: Issuer, scope: Scope, lines: Sequence[Json]) -> Finding:
    """Each line adds up, lies in the period, and no session stands twice."""
    for n, one in enumerate(lines):
        if wrong := _line_fault(issuer, scope, one):
            return Finding("lines", False, f"строка {n + 1}: {wrong}", wrong, f"lines[{n}]")
    numbers = [one["session"] for one in lines]
    if len(set(numbers)) < len(numbers):
        ru, en = "сеанс назван дважды", "a session stands twice"
        return Finding("lines", False, ru, en, "lines")
    ru, en = f"строк {len(numbers)}, каждая сходится", f"{len(numbers)} lines, each adds up"
    return Finding("lines", True, ru, en)


def _line_fault(issuer: Issuer, scope: Scope, one: Json) -> str:
    """Why a line cannot be so, "" when it can."""
    try:
        line = line_from_json(one)
    except PaperError as error:
        return str(error)
    day = line.ended_at.astimezone(issuer.zone).date()
    if not scope.first <= day <= scope.last:
        return f"{day} is outside of the period"
    rate = issuer.vat_on(day)
    if rate.rate_bp != line.vat_bp:
        return f"vat_bp {line.vat_bp}, and {rate.rate_bp} was in force"
    if rate.inside(line.vat_base) != line.vat:
        return f"vat {line.vat}, and {rate.inside(line.vat_base)} is inside {line.vat_base}"
    base = _base(issuer, line)
    if base is not None and base != line.vat_base:
        return f"vat_base {line.vat_base}, and {base} is taxed"
    if not 0 <= line.spare_s < MINUTE_S:
        return f"spare_s {line.spare_s} is no part of a minute"
    price = price_of(line.seconds, line.charged, line.price)
    if line.price is not None and price != line.price:
        return f"charged {line.charged}, and {line.seconds} s at {line.price} are another sum"
    if line.price is None and price is not None:
        return f"price is missing, though {line.charged} for {line.seconds} s has one"
    return ""


def _base(issuer: Issuer, line: PeriodLine) -> int | None:
    """What the tax is inside of; None before the outcome, when an agent's fee is not known yet."""
    if issuer.vat_mode != AGENT:
        return line.kept
    return None if line.escrow else line.platform


def _statement_findings(body: Json) -> Iterator[Finding]:
    try:
        statement = statement_from_json(body)
    except TotalsDiffer as error:
        yield _differs("money", str(error), error.what)
        return
    ru, en = "каждый остаток следует из прежнего", "each balance follows from the one before"
    yield Finding("money", True, ru, en)
    yield _movements_finding(statement.issuer, statement.scope, statement.movements, "movements")
    yield _same("totals", asdict(statement.totals), body["totals"])


def _movements_finding(
    issuer: Issuer, scope: Scope, movements: Sequence[Movement], where: str
) -> Finding:
    """Whether an account's movements lie in the period."""
    days = [one.at.astimezone(issuer.zone).date() for one in (*movements[:1], *movements[-1:])]
    # The last may be told by a clock that is behind: what precedes the first is not in the period.
    if not days or (scope.first <= days[0] <= scope.last and days[-1] <= scope.last):
        n = len(movements)
        return Finding("lines", True, f"строк {n}, внутри периода", f"{n} lines in the period")
    return Finding("lines", False, "движения вне периода", "movements out of the period", where)


def _reconciliation_findings(body: Json) -> Iterator[Finding]:
    try:
        act = reconciliation_from_json(body)
    except TotalsDiffer as error:
        yield _differs("money", str(error), error.what)
        return
    ru, en = "каждый остаток следует из прежнего", "each balance follows from the one before"
    yield Finding("money", True, ru, en)
    for part in act.parts:
        where = f"{part.account}.movements"
        yield _movements_finding(act.issuer, act.scope, part.movements, where)
    yield from _parts_findings(act.parts, body["parts"])
    yield _same("totals", asdict(act.totals), body["totals"])


def _parts_findings(parts: Sequence[AccountPart], told: Sequence[Json]) -> Iterator[Finding]:
    """Accounts of known names, each once, with the sums that its movements give."""
    names = [part.account for part in parts]
    if len(set(names)) < len(names) or not set(names) <= set(ACCOUNTS):
        yield Finding("totals", False, "счета названы не так", "no such accounts", "parts")
    for part, one in zip(parts, told, strict=True):
        found = _same("totals", asdict(part.totals), one["totals"])
        if not found.good:
            yield replace(found, where=f"{part.account}.{found.where}")


def _report_findings(body: Json) -> Iterator[Finding]:
    issuer, scope = Issuer.from_json(body["issuer"]), scope_from_json(body["scope"])
    plain = [{key: one[key] for key in one if key != "own"} for one in body["lines"]]
    lines = _lines_finding(issuer, scope, plain)
    yield lines
    if not lines.good:
        return
    try:
        report = agent_report_from_json(body)
    except TotalsDiffer as error:
        yield _differs("money", str(error), error.what if "." in error.what else "ledger")
        return
    yield Finding("money", True, "сумма строк равна обороту книг", "lines equal the turnover")
    for n, one in enumerate(report.lines):
        if not 0 <= one.own <= one.line.consultant:
            text = f"own {one.own}, and consultants got {one.line.consultant}"
            yield _differs("lines", text, f"lines[{n}]")
    days = [one.ended_at.astimezone(issuer.zone).date() for one in report.shares]
    if not all(scope.first <= one <= scope.last for one in days):
        yield Finding("lines", False, "сеанс вне периода", "out of the period", "shares")
    yield _movements_finding(issuer, scope, report.earnings.movements, "earnings.movements")
    yield from _parts_findings((report.earnings,), (body["earnings"],))
    yield _same("totals", asdict(report.totals), body["totals"])
    reckoning = _same("totals", asdict(report.reckoning), body["reckoning"])
    if not reckoning.good:
        yield replace(reckoning, where=reckoning.where.replace("totals", "reckoning"))


def _same(check: str, made: Any, told: Any) -> Finding:
    if made == told:
        return Finding(check, True, "следуют из строк", "follow from the lines")
    pair = isinstance(made, dict) and isinstance(told, dict)
    names = [name for name in made if made[name] != told.get(name)] if pair else []
    where = f"{check}.{names[0]}" if names else check
    return Finding(check, False, "не следуют из строк", "do not follow from the lines", where)


def _differs(check: str, text: str, where: str) -> Finding:
    return Finding(check, False, text, text, where)


def totals_for_verdict(body: Json) -> Json:
    """The sums as `Verdict.totals` names them."""
    totals, scope = body["totals"], body["scope"]
    if body["format"] == ACT_FORMAT:
        sums = {"charged": totals["kept"], "billed_minutes": totals["minutes"]}
    elif body["format"] == AGENT_REPORT_FORMAT:
        earned = totals["own"] + totals["shared"]
        sums = {"charged": earned, "billed_minutes": totals["minutes"]}
    else:
        sums = {"charged": totals["closing"], "billed_minutes": totals["charges"]}
    return {**totals, **sums, "currency": scope["currency"]}
