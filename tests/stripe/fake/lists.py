"""Lists with cursors and filters, and `expand[]`: what all resources have in common."""

import copy
from collections.abc import Iterable
from typing import Any

from tests.stripe.fake.errors import invalid
from tests.stripe.fake.world import Call, Object, World

_CURSORS = {"limit", "starting_after", "ending_before", "expand", "created", "query", "page"}
_RANGES = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def page(call: Call, found: Iterable[Object], url: str = "", **matched: Any) -> Object:
    """One page of a list, newest first; other parameters filter by equality."""
    wanted = {k: v for k, v in call.form.items() if k not in _CURSORS} | matched
    rows = [o for o in found if _in_range(call, o) and _matches(o, wanted)]
    limit = call.number("limit") or 10
    if not 1 <= limit <= 100:
        raise invalid("Limit is out of bounds.", "parameter_invalid_integer", "limit")
    after, before = call.text("starting_after"), call.text("ending_before")
    if after:
        rows = rows[_place(rows, after, "starting_after") + 1 :]
    if before:
        rows = rows[: _place(rows, before, "ending_before")][-limit:]
    more = len(rows) > limit
    return {"object": "list", "data": rows[:limit], "has_more": more, "url": url or call.path}


def _place(rows: list[Object], id: str, param: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == id:
            return place
    raise invalid(f"No such object: '{id}'", "resource_missing", param)


def _in_range(call: Call, row: Object) -> bool:
    asked = call.form.get("created")
    if isinstance(asked, dict):
        return all(_RANGES[op](row["created"], int(edge)) for op, edge in asked.items())
    return asked is None or row["created"] == int(asked)


def _matches(row: Object, wanted: dict[str, Any]) -> bool:
    return all(
        row.get("type") in value if name == "types" else str(row.get(name)) == str(value)
        for name, value in wanted.items()
    )


def expanded(world: World, answer: Object, call: Call) -> Object:
    """A copy of the answer in which the asked ids are replaced by their objects."""
    copied = copy.deepcopy(answer)
    for path in call.form.get("expand") or ():
        _expand(world, call.account, copied, str(path).split("."))
    return copied


def _expand(world: World, account: str, here: Any, parts: list[str]) -> None:
    if isinstance(here, list):
        for one in here:
            _expand(world, account, one, parts)
        return
    name, rest = parts[0], parts[1:]
    if not isinstance(here, dict) or name not in here:
        raise invalid(f"This property cannot be expanded ({name}).", param="expand")
    if isinstance(here[name], str):
        found = world.objects.get(account, {}).get(here[name])
        found = found or world.objects.get("", {}).get(here[name])
        if found is None:
            raise invalid(f"This property cannot be expanded ({name}).", param="expand")
        here[name] = copy.deepcopy(found)
    if rest and here[name] is not None:
        _expand(world, account, here[name], rest)
