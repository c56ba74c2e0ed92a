"""Reads `vectors/*.txt`: worked examples as an accountant can read them.

A file begins with named tariffs, `name = JSON`, in which a segment is `[from_second, rate,
per_seconds, increment_seconds]` and a window says `hours`, `weekdays` ("67") and `days`. A row is

    what | tariff | usage | answer | the rule or the complaint that it comes from

Usage is seconds connected, then `pauses a-b c-d`, `balance n`, `owe`, `round rule step`,
`split basis-points`, `at time`, `allow seconds/step` (again for each). The answer names what is
looked at; `cut -` is no cut, and `prices 100+50` are the increments' own, `+0*` for a free rest.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "vectors"
ANSWERS = {
    "billable": "billable_seconds",
    "billed": "billed_seconds",
    "units": "billed_units",
    "free": "free_seconds_used",
    "charge": "charge",
    "after": "balance_after",
    "cut": "cutoff_second",
    "provider": "provider",
    "platform": "platform",
    "used": "allowance_seconds_used",
}


@dataclass(frozen=True, slots=True)
class Vector:
    """One row: the question to `minuta quote`, and what must be answered."""

    name: str
    rule: str
    ask: dict[str, Any]
    answer: dict[str, int | None]
    prices: str | None

    def faults(self, given: dict[str, Any]) -> list[str]:
        """Where the answer differs, in words."""
        wrong = [
            f"{field} is {given[field]}, must be {wanted}"
            for field, wanted in self.answer.items()
            if given[field] != wanted
        ]
        prices = [unit["price"] for unit in given["units"]]
        if self.prices is not None and prices != _prices(self.prices, len(prices)):
            wrong.append(f"prices are {prices}, must be {self.prices}")
        if sum(prices) != given["charge"]:
            wrong.append(f"prices add up to {sum(prices)}, charge is {given['charge']}")
        if given["provider"] + given["platform"] != given["charge"]:
            wrong.append("provider and platform are not the charge")
        return wrong


def vectors() -> list[Vector]:
    """Every row of every file."""
    return [row for path in sorted(FOLDER.glob("*.txt")) for row in _rows(path)]


def _rows(path: Path) -> list[Vector]:
    tariffs: dict[str, dict[str, Any]] = {}
    found = []
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.split(" | ")]
        if line.startswith("#") or not line.strip():
            continue
        if len(cells) == 1:
            name, _, text = line.partition(" = ")
            tariffs[name] = _tariff(json.loads(text))
        else:
            what, tariff, usage, answer, rule = cells
            wanted, prices = _answer(answer)
            ask = {"tariff": tariffs[tariff], **_usage(usage)}
            found.append(Vector(what, rule, ask, wanted, prices))
    return found


def _tariff(short: dict[str, Any]) -> dict[str, Any]:
    if "windows" in short:
        return {**short, "windows": [_window(one) for one in short["windows"]]}
    return {**short, "segments": _segments(short["segments"])}


def _window(short: dict[str, Any]) -> dict[str, Any]:
    begin, _, end = short["hours"].partition("-")
    return {
        "weekdays": [int(day) for day in short.get("weekdays", "1234567")],
        "from": begin,
        "to": end,
        "month_days": short.get("days"),
        "weight": short.get("weight", 0),
        "connect_fee": short.get("fee", 0),
        "segments": _segments(short["segments"]),
    }


def _segments(rows: list[list[int]]) -> list[dict[str, int]]:
    names = ("from_second", "rate", "per_seconds", "increment_seconds")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _usage(text: str) -> dict[str, Any]:
    words = iter(text.split())
    usage: dict[str, Any] = {"connected_seconds": int(next(words)), "pauses": []}
    ask: dict[str, Any] = {"usage": usage}
    for word in words:
        if word == "balance":
            ask |= {"balance": int(next(words)), "allow_negative_balance": False}
        elif word == "owe":
            ask["allow_negative_balance"] = True
        elif word == "round":
            ask["rounding"] = {"rule": next(words), "to_multiple_of": int(next(words))}
        elif word == "split":
            ask["split"] = {"provider_bp": int(next(words))}
        elif word == "allow":
            ask.setdefault("allowances", []).append(_allowance(next(words)))
        elif word == "at":
            usage["start_utc"] = next(words)
        elif word != "pauses":
            usage["pauses"].append([int(second) for second in word.split("-")])
    return ask


def _allowance(text: str) -> dict[str, Any]:
    """`90/30` are seconds in steps, `@600` until when, `=nights` of which kind."""
    found = re.fullmatch(r"(\d+)/(\d+)(?:@(\d+))?(?:=(\w+))?", text)
    assert found, text
    seconds, step, until, kind = found.groups()
    more = {"until_second": int(until)} if until else {}
    kinds = {"kind": kind} if kind else {}
    return {"seconds": int(seconds), "step_seconds": int(step), **more, **kinds}


def _answer(text: str) -> tuple[dict[str, int | None], str | None]:
    words = text.split()
    pairs = dict(zip(words[::2], words[1::2], strict=True))
    prices = pairs.pop("prices", None)
    return {ANSWERS[k]: None if v == "-" else int(v) for k, v in pairs.items()}, prices


def _prices(text: str, count: int) -> list[int]:
    parts = text.split("+")
    if parts[-1].endswith("*"):
        parts[-1:] = [parts[-1][:-1]] * (count - len(parts) + 1)
    return [int(part) for part in parts]
