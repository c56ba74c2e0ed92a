"""`quote`: prices usage by a tariff, without a database. The published metering rules, runnable.

Second 0 is when both are connected. The billing clock counts connected seconds outside the
pauses; increments lie on it. `cutoff_second` is on the session's own clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, overload

from metering.allowances import Drawn, Pool, coverable_s, covered, draw, sum_s
from metering.clock import MICROSECONDS, microseconds
from metering.errors import BadQuote
from metering.fields import Fields, whole
from metering.loader import read_rounding
from metering.pricing import Cursor, Unit, UnitState, next_unit
from metering.schedule import CONNECTED_MAX_S, Rule
from metering.tariffs import BASIS, Tariff

UNITS_MAX = 500_000
LIST_MAX = 10_000
ALLOWANCES_MAX = 100
NOTES = ("id", "name", "title", "note", "rule", "comment", "description", "source", "expect")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked, read and checked. `balance` None: money is no limit; `allowances` in the
    order of use, each with the session's second at which it ends."""

    tariff: Tariff
    connected_s: int
    pauses: tuple[Span, ...]
    start: int | None
    balance: int | None
    may_owe: bool
    provider_bp: int
    allowances: tuple[tuple[Pool, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Bill:
    """The increments that ran, their exact total, the billing second of the cut, and what
    allowances covered, by increment."""

    units: tuple[Unit, ...]
    cursor: Cursor
    cut_s: int | None
    drawn: dict[int, tuple[Drawn, ...]]

    def covered_s(self, unit: Unit) -> int:
        return sum_s(self.drawn.get(unit.n, ()))


@overload
def quote(document: dict[str, Any]) -> dict[str, Any]: ...
@overload
def quote(document: list[Any]) -> list[dict[str, Any]]: ...
def quote(document: object) -> dict[str, Any] | list[dict[str, Any]]:
    """Answer one question, or a list of them by a list of answers.

    Raises:
        BadQuote: names the field that cannot be right.
    """
    if not isinstance(document, list):
        return _answer(_read(document, ""))
    if len(document) > LIST_MAX:
        raise BadQuote("document", f"asks more than {LIST_MAX} questions")
    return [_answer(_read(one, f"[{i}]")) for i, one in enumerate(document)]


def _answer(question: _Question) -> dict[str, Any]:
    billable_s = question.connected_s - sum(b - a for a, b in question.pauses)
    bill = _bill(question, billable_s)
    charge = bill.cursor.charged_minor if bill.drawn else _total(question.tariff, bill.cursor)
    charged = [u for u in bill.units if u.state is UnitState.CHARGED]
    free = [u for u in bill.units if u.cause == "free_seconds"]
    provider = charge * question.provider_bp // BASIS
    cut_s = bill.cut_s
    return {
        "billable_seconds": billable_s if cut_s is None else cut_s,
        "billed_seconds": sum(u.to_s - u.from_s - bill.covered_s(u) for u in charged),
        "billed_units": len(charged),
        "free_seconds_used": sum(u.to_s - u.from_s for u in free),
        "charge": charge,
        "balance_after": None if question.balance is None else question.balance - charge,
        "cutoff_second": None if cut_s is None else _session_second(cut_s, question.pauses),
        "provider": provider,
        "platform": charge - provider,
        "units": [_shown(u) for u in bill.units],
    } | (_in_seconds(bill) if question.allowances else {})


def _in_seconds(bill: _Bill) -> dict[str, Any]:
    """What allowances paid: seconds that left them, and what paid each increment."""
    drawn = [one for each in bill.drawn.values() for one in each]
    return {
        "allowance_seconds_used": sum(one.taken_s for one in drawn),
        "units": [
            _shown(u) | {"paid": {"allowance_seconds": bill.covered_s(u), "money": u.price_minor}}
            for u in bill.units
        ],
    }


def _bill(question: _Question, billable_s: int) -> _Bill:
    """Walk the increments until the session ends or cannot pay the next one.

    Money must reach within the grace, too, though nothing is taken before its end; a session
    that is over by then, cut or not, costs nothing.
    """
    tariff, cursor, found = question.tariff, Cursor(), list[Unit]()
    start, cut_s, drawn = question.start or 0, None, dict[int, tuple[Drawn, ...]]()
    pools, paid = [pool for pool, _ in question.allowances], tuple[Drawn, ...]()
    while cursor.to_s < billable_s:
        begun = _first_second(cursor.to_s, question.pauses)
        priced = next_unit(tariff, cursor, start + begun, start)
        if priced is not None and question.allowances:
            paid, priced = _cover(question, cursor, priced, begun, pools)
        if priced is None or not _payable(question, priced[1]):
            cut_s = cursor.to_s
            break
        unit, cursor = priced
        if paid:
            drawn[unit.n], pools = paid, [_after(pool, paid) for pool in pools]
        found.append(unit)
        if len(found) > UNITS_MAX:
            raise BadQuote("usage.connected_seconds", f"makes more than {UNITS_MAX} increments")
    if (billable_s if cut_s is None else cut_s) <= tariff.grace_seconds:
        found = [_in_grace(unit) for unit in found]
        cursor, drawn = cursor._replace(exact=Fraction(0), charged_minor=0), {}
    return _Bill(tuple(found), cursor, cut_s, drawn)


def _cover(
    question: _Question, cursor: Cursor, priced: tuple[Unit, Cursor], begun: int, pools: list[Pool]
) -> tuple[tuple[Drawn, ...], tuple[Unit, Cursor]]:
    """What allowances pay of the increment that begins with a session's second, and the rest."""
    start = question.start or 0
    able = [p for p, (_, ends) in zip(pools, question.allowances, strict=True) if begun < ends]
    drawn = draw(able, coverable_s(question.tariff, cursor, *priced, start))
    return drawn, covered(question.tariff, cursor, *priced, start, sum_s(drawn))


def _after(pool: Pool, drawn: Iterable[Drawn]) -> Pool:
    """What is left of an allowance."""
    for one in drawn:
        if one.grant == pool.grant:
            spare_s = pool.spare_s + one.taken_s - one.covered_s
            pool = replace(pool, left_s=pool.left_s - one.taken_s, spare_s=spare_s)
    return pool


def _payable(question: _Question, after: Cursor) -> bool:
    if question.balance is None or question.may_owe:
        return True
    return after.charged_minor <= question.balance


def _total(tariff: Tariff, cursor: Cursor) -> int:
    """The rounded total; `exact` refuses to lose a fraction.

    Raises: BadQuote.
    """
    exact = cursor.exact
    ceiling = tariff.max_charge
    if tariff.rounding.rule is Rule.EXACT and (ceiling is None or exact < ceiling):
        steps = max(exact, Fraction(tariff.min_charge if exact else 0))
        if (steps / tariff.rounding.to_multiple_of).denominator != 1:
            raise BadQuote("rounding.rule", f"the total is {steps}: it cannot be exact")
    return cursor.charged_minor


def _in_grace(unit: Unit) -> Unit:
    return unit._replace(price_minor=0, state=UnitState.FREE, cause="grace")


def _shown(unit: Unit) -> dict[str, Any]:
    return {
        "from": unit.from_s,
        "to": unit.to_s,
        "price": unit.price_minor,
        "state": unit.state.value,
        "cause": unit.cause,
    }


def _first_second(billing_s: int, pauses: Iterable[Span]) -> int:
    """The session's second in which a billing second passes: pauses before it are added."""
    second = billing_s
    for begin, end in pauses:
        if begin <= second:
            second += end - begin
    return second


def _session_second(billing_s: int, pauses: tuple[Span, ...]) -> int:
    """The session's second at which so many billing seconds have passed."""
    return _first_second(billing_s - 1, pauses) + 1 if billing_s else 0


def _read(document: object, path: str) -> _Question:
    fields = Fields(document, path, BadQuote)
    inner = Fields(fields.raw("tariff"), fields.at("tariff"), BadQuote)
    tariff = Tariff.read(inner)
    inner.ignore(*NOTES)
    inner.finish()
    if fields.has("rounding"):
        tariff = replace(tariff, rounding=read_rounding(fields))
    balance = _signed(fields, "balance")
    usage = Fields(fields.raw("usage"), fields.at("usage"), BadQuote)
    connected_s = usage.integer("connected_seconds")
    if connected_s > CONNECTED_MAX_S:
        raise usage.bad("connected_seconds", f"must be at most {CONNECTED_MAX_S}")
    question = _Question(
        tariff=tariff,
        connected_s=connected_s,
        pauses=_pauses(usage, connected_s),
        start=_start(usage, bool(tariff.windows)),
        balance=balance,
        may_owe=fields.flag("allow_negative_balance", False),
        provider_bp=_provider_bp(fields),
        allowances=_allowances(fields, tariff),
    )
    usage.ignore(*NOTES)
    usage.finish()
    fields.ignore("currency", *NOTES)
    fields.finish()
    return question


def _allowances(fields: Fields, tariff: Tariff) -> tuple[tuple[Pool, int], ...]:
    """Those that the tariff lets pay, the first to end first."""

    def read(value: object, path: str) -> tuple[str, int, Pool]:
        inner = Fields(value, path, BadQuote)
        step_s = inner.integer("step_seconds", 60, least=1)
        seconds = inner.integer("seconds", least=1)
        if seconds % step_s:
            raise inner.bad("seconds", f"is no whole number of steps of {step_s} seconds")
        ends = inner.integer("until_second", CONNECTED_MAX_S)
        kind = inner.text("kind", tariff.allowance)
        inner.ignore(*NOTES)
        inner.finish()
        return kind, ends, Pool(path, step_s, seconds)

    found = fields.items("allowances", read)
    if len(found) > ALLOWANCES_MAX:
        raise fields.bad("allowances", f"are more than {ALLOWANCES_MAX}")
    able = [(pool, ends) for kind, ends, pool in found if kind and kind == tariff.allowance]
    return tuple(sorted(able, key=lambda pair: pair[1]))


def _signed(fields: Fields, name: str) -> int | None:
    """A balance may be below zero before the session."""
    if not fields.has(name):
        return None
    return whole(fields.raw(name), fields.at(name), fields.error, least=-(2**53))


def _provider_bp(fields: Fields) -> int:
    if not fields.has("split"):
        return 0
    inner = Fields(fields.raw("split"), fields.at("split"), BadQuote)
    points = inner.integer("provider_bp")
    if points > BASIS:
        raise inner.bad("provider_bp", f"must be at most {BASIS} basis points")
    inner.finish()
    return points


def _pauses(usage: Fields, connected_s: int) -> tuple[Span, ...]:
    """Half-open pairs, cut to the connected time and put together where they touch."""

    def read(value: object, path: str) -> Span:
        if not isinstance(value, list) or len(value) != 2:
            raise BadQuote(path, "must be a pair [from, to)")
        begin, end = (whole(v, f"{path}[{i}]", BadQuote) for i, v in enumerate(value))
        if end < begin:
            raise BadQuote(path, "ends before it begins")
        return min(begin, connected_s), min(end, connected_s)

    merged: list[Span] = []
    for begin, end in sorted(usage.items("pauses", read)):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif begin < end:
            merged.append((begin, end))
    return tuple(merged)


def _start(usage: Fields, needed: bool) -> int | None:
    """The unix second of second 0, from ISO 8601 in UTC or a whole number."""
    value = usage.raw("start_utc")
    if value is None:
        if needed:
            raise usage.bad("start_utc", "is missing: the price depends on the time of day")
        return None
    if not isinstance(value, str):
        return whole(value, usage.at("start_utc"), BadQuote)
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise usage.bad("start_utc", "must be a time such as 2026-03-29T00:30:00Z") from error
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return microseconds(at) // MICROSECONDS
