"""One value, three faces; and JSON that cannot break out of its script block."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from ledger import Money
from tests.web.asking import ask
from tests.web.serving import Served, meeting
from web.faces import dumps, plain, script_json


class Side(Enum):
    HOST = "h"


@dataclass(frozen=True, slots=True)
class Inner:
    at: datetime
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Outer:
    sum: Money
    day: date
    inner: Inner
    roles: frozenset[str]


def test_values_are_plain_json() -> None:
    at = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
    value = Outer(Money(2000), date(2026, 11, 21), Inner(at, (Side.HOST,)), frozenset("ba"))
    assert plain(value) == {
        "sum": {"minor": 2000, "currency": "RUB"},
        "day": "2026-11-21",
        "inner": {"at": "2026-11-21T14:05:00Z", "sides": ["host"]},
        "roles": ["a", "b"],
    }


def test_a_script_block_cannot_be_closed_by_its_content() -> None:
    text = str(script_json({"topic": "</script><script>alert(1)&"}))
    assert "<" not in text
    assert ">" not in text
    assert "&" not in text
    assert dumps({"a": "ё"}) == '{"a": "ё"}'


async def test_page_block_and_json_of_one_value(served: Served) -> None:
    async with served.browser() as browser:
        async with browser.get("/") as answer:
            page = await answer.text()
            assert answer.headers["Vary"] == "Accept, HX-Request, Accept-Encoding"
        async with browser.get("/", headers={"HX-Request": "true"}) as answer:
            block = await answer.text()
        async with browser.get("/", headers={"Accept": "application/json"}) as answer:
            value = await answer.json()
    assert page.startswith("<!doctype html>")
    assert "<html" not in block
    assert block.strip() in page
    assert (value["connection_rate"]["minor"], value["connection_rate"]["currency"]) == (100, "RUB")
    assert [door["role"] for door in value["doors"]] == [
        "consultant",
        "client",
        "accountant",
        "curator",
        "colleague",
    ]


async def test_a_page_without_blocks_is_its_own_fragment(served: Served) -> None:
    """The room is one program: htmx gets it whole, not a failure."""
    async with served.robot() as host, served.robot() as guest:
        number = await meeting(served, host, guest)
        hx = {"HX-Request": "true"}
        told = await ask(served, "GET", f"/sessions/{number}/room", host.token, headers=hx)
        assert told.status == 200
        assert "<session-room" in told.text
