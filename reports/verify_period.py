"""Do the sums of an act or a statement follow from its own lines? Pure, without a database.

Every figure is made again: the tax of each session from its day and rate, sums by rate, totals,
what the ledger moved, each balance from the one before. The first that differs is named.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

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
from reports.statement import (
    STATEMENT_FILE,
    STATEMENT_FORMAT,
    STATEMENT_TEMPLATE,
    Statement,
    statement_from_json,
)

#: Format → attachment, template in force.
FORMATS = {
    ACT_FORMAT: (ACT_FILE, ACT_TEMPLATE),
    STATEMENT_FORMAT: (STATEMENT_FILE, STATEMENT_TEMPLATE),
}


def period_paper(body: Json) -> PeriodAct | Statement:
    """The paper from its data. Raises: as `act_from_json` and `statement_from_json`."""
    return act_from_json(body) if body["format"] == ACT_FORMAT else statement_from_json(body)


def period_findings(body: Json) -> list[Finding]:
    """What adds up and what does not. Raises: KeyError, TypeError, ValueError when damaged."""
    if body["format"] == ACT_FORMAT:
        return list(_act_findings(body))
    return list(_statement_findings(body))


def _act_findings(body: Json) -> Iterator[Finding]:
    issuer, scope = Issuer.from_json(body["issuer"]), scope_from_json(body["scope"])
    for n, one in enumerate(body["lines"]):
        if wrong := _line_fault(issuer, scope, one):
            yield Finding("lines", False, f"строка {n + 1}: {wrong}", wrong, f"lines[{n}]")
            return
    numbers = [one["session"] for one in body["lines"]]
    if len(set(numbers)) < len(numbers):
        ru, en = "сеанс назван дважды", "a session stands twice"
        yield Finding("lines", False, ru, en, "lines")
        return
    ru, en = f"строк {len(numbers)}, каждая сходится", f"{len(numbers)} lines, each adds up"
    yield Finding("lines", True, ru, en)
    try:
        act = act_from_json(body)
    except TotalsDiffer as error:
        yield _differs("money", str(error), "ledger")
        return
    yield Finding("money", True, "сумма строк равна обороту книг", "lines equal the turnover")
    yield _same("rates", [asdict(one) for one in act.rates], body["rates"])
    yield _same("totals", asdict(act.totals), body["totals"])


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
    issuer, scope = statement.issuer, statement.scope
    ends = [one.at for one in (statement.movements[:1] + statement.movements[-1:])]
    days = [at.astimezone(issuer.zone).date() for at in ends]
    # The last may be told by a clock that is behind: what precedes the first is not in the period.
    if not days or (scope.first <= days[0] <= scope.last and days[-1] <= scope.last):
        n = len(statement.movements)
        yield Finding("lines", True, f"строк {n}, внутри периода", f"{n} lines in the period")
    else:
        ru, en = "движения вне периода", "movements out of the period"
        yield Finding("lines", False, ru, en, "movements")
    yield _same("totals", asdict(statement.totals), body["totals"])


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
    else:
        sums = {"charged": totals["closing"], "billed_minutes": totals["charges"]}
    return {**totals, **sums, "currency": scope["currency"]}
