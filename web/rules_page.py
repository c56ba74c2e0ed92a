"""Gathers the rules of metering: plans in force, computed examples, and the calculator's answer.

Examples and calculator run on the engine of `minuta quote`; nothing here knows a price.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from ledger import Money
from metering import BadField, quote
from web.forms import money_of
from web.plans_page import plans_of
from web.shapes_tariffs import Answer, Example, RulesPage

CURRENCY = "RUB"
LONGEST_S = 10 * 3600  # an answer is reckoned increment by increment while others wait
FIELDS = ("plan", "rate", "minutes", "seconds", "paused", "balance")

Document = dict[str, Any]


def _minutes(**more: Any) -> Document:
    """20.00 a begun minute, and what else the example wants."""
    return {
        "segments": [{"from_second": 0, "rate": 2000, "per_seconds": 60, "increment_seconds": 60}]
    } | more


def _ask(tariff: Document, connected_s: int, **more: Any) -> Document:
    usage = {"connected_seconds": connected_s}
    usage |= {name: more.pop(name) for name in ("pauses", "start_utc") if name in more}
    return {"tariff": tariff, "usage": usage} | more


_NIGHT = {"from": "20:00", "to": "08:00", "segments": _minutes()["segments"]}
_DAY = {
    "from": "08:00",
    "to": "20:00",
    "segments": [{"from_second": 0, "rate": 3000, "per_seconds": 60, "increment_seconds": 60}],
}
_BY_SECONDS = {
    "segments": [{"from_second": 0, "rate": 2000, "per_seconds": 60, "increment_seconds": 1}],
    "rounding": {"rule": "up", "to_multiple_of": 1},
}
# What happened -> the question; the words are in rules.html.
QUESTIONS: dict[str, Document] = {
    "whole_minute": _ask(_minutes(), 60),
    "begun_minute": _ask(_minutes(), 70),
    "paused": _ask(_minutes(), 100, pauses=[[30, 70]]),
    "only_pause": _ask(_minutes(), 100, pauses=[[0, 100]]),
    "money_for_two": _ask(_minutes(), 400, balance=5000),
    "too_little": _ask(_minutes(), 60, balance=1999),
    "by_seconds": _ask(_BY_SECONDS, 61),
    "grace": _ask(_minutes(grace_seconds=15), 15),
    "after_grace": _ask(_minutes(grace_seconds=15), 16),
    "first_free": _ask(_minutes(free_seconds=300, free_increment_seconds=60), 600),
    "fee": _ask(_minutes(connect_fee=500), 600),
    "at_least": _ask(_minutes(min_charge=5000), 30),
    "at_most": _ask(_minutes(max_charge=5000, max_charge_strategy="disconnect"), 400),
    "evening": _ask(
        {"timezone": "Europe/Moscow", "windows": [_DAY, _NIGHT]},
        120,
        start_utc="2026-11-20T16:59:30Z",
    ),
}


@cache
def examples() -> tuple[Example, ...]:
    return tuple(_example(code, question) for code, question in QUESTIONS.items())


async def rules_page_of(
    db: AsyncConnection, asked: Mapping[str, str], at: datetime, _: Callable[..., str]
) -> RulesPage:
    """The rules; with `plan` in what was asked also an answer, or what is wrong with it."""
    plans = await plans_of(db)
    given = {name: asked.get(name, "").strip()[:40] for name in FIELDS}
    if not given["plan"]:
        return RulesPage(plans, examples(), given)
    errors = _faults(given, {one.plan for one in plans}, _)
    if errors:
        return RulesPage(plans, examples(), given, errors=errors)
    try:
        answer = await _answer(db, given, at)
    except BadField:
        return RulesPage(plans, examples(), given, errors={"rate": _("Check this")})
    return RulesPage(plans, examples(), given, answer)


def _faults(given: Mapping[str, str], plans: set[str], _: Callable[..., str]) -> dict[str, str]:
    wrong = {}
    if given["plan"] not in plans:
        wrong["plan"] = _("Check this")
    for name in ("rate", "balance"):
        if given[name] and given[name] != "0" and money_of(given[name]) is None:
            wrong[name] = _("Write the sum in figures")
    for name in ("minutes", "seconds", "paused"):
        if given[name] and not (given[name].isdecimal() and int(given[name]) <= LONGEST_S):
            wrong[name] = _("Write a whole number")
    if not wrong and _connected_s(given) > LONGEST_S:
        wrong["minutes"] = _("At most ten hours")
    return wrong


def _connected_s(given: Mapping[str, str]) -> int:
    return int(given["minutes"] or 0) * 60 + int(given["seconds"] or 0)


async def _answer(db: AsyncConnection, given: Mapping[str, str], at: datetime) -> Answer:
    """Raises: BadField."""
    tariff = (await metering.current_plan(db, given["plan"])).tariff
    rate, balance = money_of(given["rate"]), money_of(given["balance"])
    if rate and tariff.payer == "client":
        tariff = await metering.look_at_rate(db, rate.minor, 0, given["plan"])
    connected_s = _connected_s(given)
    paused_s = min(int(given["paused"] or 0), connected_s)
    question: Document = {
        "tariff": tariff.to_dict(),
        "usage": {
            "connected_seconds": connected_s,
            "pauses": [[connected_s - paused_s, connected_s]],
            "start_utc": at.isoformat(),
        },
        "split": {"provider_bp": tariff.provider_bp},
    }
    if given["balance"]:
        question["balance"] = balance.minor if balance else 0
    return _told(quote(question), connected_s, tariff.currency)


def _told(found: Document, connected_s: int, currency: str) -> Answer:
    after = found["balance_after"]
    return Answer(
        connected_s=connected_s,
        billable_s=found["billable_seconds"],
        paid_s=found["billed_seconds"],
        charge=Money(found["charge"], currency),
        provider=Money(found["provider"], currency),
        platform=Money(found["platform"], currency),
        cut_s=found["cutoff_second"],
        balance_after=None if after is None else Money(after, currency),
    )


def _example(code: str, question: Document) -> Example:
    found = quote(question)
    return Example(
        code=code,
        connected_s=question["usage"]["connected_seconds"],
        paid_s=found["billed_seconds"],
        charge=Money(found["charge"], CURRENCY),
        cut_s=found["cutoff_second"],
        question=json.dumps(question, ensure_ascii=False),
    )
