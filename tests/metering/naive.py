"""Prices a question second by second, in the plainest way: a second opinion about `quote`.

It knows the published rules only: no cursor, no closed form, nothing of `metering` but names of
fields. Tariffs without windows.
"""

from fractions import Fraction
from typing import Any


def price(document: dict[str, Any]) -> dict[str, int | None]:
    """`charge`, `billable_seconds`, `cutoff_second` of a question."""
    tariff, usage = document["tariff"], document["usage"]
    present = [s for s in range(usage["connected_seconds"]) if not _paused(s, usage["pauses"])]
    money = None if document.get("allow_negative_balance") else document.get("balance")
    exact, charge, paid_until = Fraction(0), 0, 0
    for clock, _ in enumerate(present):
        if clock < paid_until:
            continue
        length, cost = _increment(tariff, clock)
        ceiling = tariff["max_charge"]
        reached = ceiling is not None and clock > 0 and _bounded(tariff, exact) >= ceiling
        if reached and tariff["max_charge_strategy"] == "disconnect":
            return _end(clock, present, charge, tariff, cut=True)
        exact += cost + (tariff["connect_fee"] if clock == 0 else 0)
        after = _rounded(document["rounding"], tariff, exact)
        if money is not None and after > money:
            return _end(clock, present, charge, tariff, cut=True)
        charge, paid_until = after, clock + length
    return _end(len(present), present, charge, tariff, cut=False)


def _paused(second: int, pauses: list[list[int]]) -> bool:
    return any(begin <= second < end for begin, end in pauses)


def _increment(tariff: dict[str, Any], clock: int) -> tuple[int, Fraction]:
    step = tariff["free_increment_seconds"]
    if clock < tariff["free_seconds"] // step * step:
        return step, Fraction(0)
    begun = [s for s in tariff["segments"] if s["from_second"] <= clock]
    last = max(begun, key=lambda s: s["from_second"])
    length = last["increment_seconds"]
    return length, Fraction(last["rate"]) * length / last["per_seconds"]


def _bounded(tariff: dict[str, Any], exact: Fraction) -> Fraction:
    least = Fraction(tariff["min_charge"]) if exact else Fraction(0)
    most = tariff["max_charge"]
    return max(exact, least) if most is None else min(max(exact, least), Fraction(most))


def _rounded(rounding: dict[str, Any], tariff: dict[str, Any], exact: Fraction) -> int:
    step, total = rounding["to_multiple_of"], _bounded(tariff, exact)
    below = total // step * step
    rest = total - below
    up = {"down": False, "up": rest > 0, "half_up": 2 * rest >= step}[rounding["rule"]]
    charge = int(below) + (step if up else 0)
    return charge if tariff["max_charge"] is None else min(charge, tariff["max_charge"])


def _end(
    clock: int, present: list[int], charge: int, tariff: dict[str, Any], cut: bool
) -> dict[str, int | None]:
    """A session that is over within its grace, cut or not, costs nothing."""
    second = present[clock - 1] + 1 if clock else 0
    return {
        "charge": 0 if clock <= tariff["grace_seconds"] else charge,
        "billable_seconds": clock,
        "cutoff_second": second if cut else None,
    }
