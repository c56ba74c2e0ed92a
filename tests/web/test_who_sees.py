"""Who sees what: nobody but the payer learns a payer's sums, on any page, in any frame.

The other side walks every route as a person and as a script, and keeps every frame of the socket;
then all of it is searched for the sums that the payer's wallet had.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from ledger import Account, AccountKind, Draft, Leg, Money, post_many
from tests.web.asking import JSON, ask
from tests.web.serving import Served
from tests.web.test_socket import Wire
from tests.web.test_wiring import Live, live, see, turn
from web.keys import NEWS
from web.robot import Robot
from web.routes import routes
from web.views import about
from web.words import money_text

EMAILS = {"host": "ivan@demo.minuta.example", "client": "anna@demo.minuta.example"}
SKEW = {"host": 171_357, "client": 271_339}  # what makes the payer's balance unlike any other sum
FACES = ({}, JSON)  # a fragment is a part of its page


class Ear(Wire):
    """Keeps every frame that comes."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire.socket)
        self.heard: list[dict[str, Any]] = []

    async def drain(self) -> None:
        """What has come until now, and a little later."""
        while True:
            try:
                frame = await asyncio.wait_for(self.socket.receive(), 0.2)
            except TimeoutError:
                return
            if frame.type is not aiohttp.WSMsgType.TEXT:
                return
            self.heard.append(json.loads(frame.data))


async def give(served: Served, role: str) -> str:
    """A balance that is found nowhere by chance; the party's id."""
    async with served.database.transaction() as db:
        row = await db.exec_driver_sql(
            f"select id from parties_people where email = '{EMAILS[role]}'"
        )
        party = str(row.scalar_one())
        legs = (
            Leg(Account(AccountKind.CASH, "demo"), -SKEW[role]),
            Leg(Account(AccountKind.PREPAID, party), SKEW[role]),
        )
        [result] = await post_many(db, [Draft("t", party, "top_up", legs)], served.clock())
        result.raise_for_status()
    return party


async def sums_of(served: Served, party: str) -> set[int]:
    """Every sum that the party's wallet ever had: balances, holds, what is free."""
    query = (
        "select e.balance_after as minor from ledger_entry e join ledger_account a"
        f" on a.id = e.account_id where a.owner = '{party}' and a.kind = 2010"
    )
    async with served.database.reading() as db:
        seen = {int(minor) for minor in (await db.exec_driver_sql(query)).scalars()}
        now = f"select balance, balance - held from ledger_account where owner = '{party}'"
        seen |= {int(one) for row in await db.exec_driver_sql(now) for one in row}
    return {one for one in seen if one > 50_000 and one % 10_000}


def numbers_in(value: Any) -> Iterator[int]:
    """Every whole number of a JSON value, those inside of texts too."""
    if isinstance(value, dict):
        for one in value.values():
            yield from numbers_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from numbers_in(one)
    elif isinstance(value, int):
        yield value
    elif isinstance(value, str):
        yield from (int(one) for one in re.findall(r"\d+", value) if len(one) < 12)


def betrayed(text: str, sums: set[int]) -> list[str]:
    """The sums that a text tells, in any of our ways of writing them. Digits inside of a longer
    number, a hash or the seconds of a metric, are nobody's sum."""
    flat = re.sub(r"[\s\u00a0\u202f]|&nbsp;", "", text)
    found = []
    for minor in sums:
        written = {money_text(Money(minor), locale) for locale in ("ru", "en")}
        shapes = {re.sub(r"[\s\u00a0\u202f₽]", "", one) for one in written}
        shapes |= {str(minor), f"{minor // 100}.{minor % 100:02d}"}
        found += [one for one in shapes if re.search(rf"(?<![\d.]){re.escape(one)}(?!\d)", flat)]
    return found


def paths(number: str, known: dict[str, str]) -> list[str]:
    """Every GET of the table of routes, with what the walker knows in its holes."""
    holes = {"number": number} | known

    def filled(path: str) -> str:
        return re.sub(r"\{(\w+)[^}]*\}", lambda hole: holes.get(hole[1], "x"), path)

    return [
        filled(route.path)
        for route in routes()
        if route.method == "GET" and not route.path.endswith("/socket")
    ]


async def walk(served: Served, one: Live, walker: Robot, known: dict[str, str]) -> dict[str, str]:
    """What the walker is shown, by path and face."""
    shown = {}
    for path in paths(one.number, known):
        for face in FACES:
            told = await ask(served, "GET", path, walker.token, headers=face)
            shown[f"{path} {face}"] = told.text
    return shown


@asynccontextmanager
async def a_session(served: Served, plan: str, payer: str) -> Any:
    party = await give(served, payer)
    async with live(served, plan) as one:
        ears = {"host": Ear(one.host_wire), "client": Ear(one.client_wire)}
        yield one, party, ears


async def everything(
    served: Served, plan: str, payer: str
) -> tuple[dict[str, str], list[Any], str]:
    """What the other side was shown in all stages of a session, and the payer's party."""
    other = "client" if payer == "host" else "host"
    async with a_session(served, plan, payer) as (one, party, ears):
        walker = one.client if other == "client" else one.host
        pays = one.host if payer == "host" else one.client
        begun = await pays.post("/wallet/top-up", amount="7713", key="k")
        known = {"id": begun["id"], "ref": begun["id"], "what": "x", "name": "x"}
        see(served, one.number, 55)
        await turn(served)
        await ears[other].drain()
        shown = await walk(served, one, walker, known)
        await ears[payer].send("pause")
        await ears[payer].send("resume")
        see(served, one.number, 70)
        await turn(served)
        await pays.post(f"/demo-bank/{begun['id']}", decision="pay")
        await served.app[NEWS].settle()
        await ears[payer].send("end")
        await served.app[NEWS].settle()
        await ears[other].drain()
        await served.app[NEWS].settle()
        shown |= {
            f"ended {path}": text for path, text in (await walk(served, one, walker, known)).items()
        }
        return shown, ears[other].heard, party


@pytest.mark.parametrize(("plan", "payer"), [("client-pays", "client"), ("host-pays", "host")])
async def test_the_other_side_sees_none_of_the_payers_sums(
    served: Served, plan: str, payer: str
) -> None:
    shown, heard, party = await everything(served, plan, payer)
    sums = await sums_of(served, party)
    assert len(sums) > 4
    assert {message["type"] for message in heard} >= {"state", "meter"}
    for path, text in shown.items():
        assert betrayed(text, sums) == [], path
    for message in heard:
        assert betrayed(json.dumps(message, ensure_ascii=False), sums) == [], message
        assert not sums & set(numbers_in(message)), message
    for meter in (one for one in heard if one["type"] == "meter"):
        assert meter["balance_text"] is None
        left = meter["minutes_left"]
        assert left is None if payer == "host" else left == about(left)


async def test_a_guest_sees_no_money_of_the_consultant(served: Served) -> None:
    """Neither what the session costs nor what a minute does, in a session that is free for him."""
    async with a_session(served, "host-pays", "host") as (one, _party, ears):
        see(served, one.number, 130)
        await turn(served)
        await ears["host"].send("end")
        await served.app[NEWS].settle()
        await ears["client"].drain()
        await served.app[NEWS].settle()
        value = await one.client.get(f"/sessions/{one.number}")
        assert [paper["amount"]["minor"] for paper in value["papers"]] == [0]
        assert (value["cost"]["minor"], value["rate"]["minor"]) == (0, 0)
        assert (value["balance"], value["ways"], value["invoice_rate"]) == (None, [], None)
        assert {minute["price"] for minute in value["minutes"]} == {None}
        assert (await one.client.get("/documents"))["total"]["minor"] == 0
        [paper] = (await one.host.get(f"/sessions/{one.number}"))["papers"][-1:]
        assert paper["amount"]["minor"] > 0, "the consultant sees what it cost"
        for message in ears["client"].heard:
            if message["type"] == "meter":
                assert (message["cost_text"], message["minutes_left"]) == (None, None)


async def test_the_payer_sees_it_all(served: Served) -> None:
    """So the searches above look for what is really written somewhere."""
    async with a_session(served, "client-pays", "client") as (one, party, ears):
        see(served, one.number, 55)
        await turn(served)
        await ears["client"].drain()
        shown = await walk(served, one, one.client, {})
        sums = await sums_of(served, party)
        assert any(betrayed(text, sums) for path, text in shown.items() if "/wallet" in path)
        assert any(betrayed(text, sums) for path, text in shown.items() if "{}" in path)
        assert any(betrayed(json.dumps(m, ensure_ascii=False), sums) for m in ears["client"].heard)


def test_about_never_tells_more_than_a_step() -> None:
    """Whatever the balance, at least five of its minutes look alike above ten."""
    told = [about(n) for n in range(1000)]
    assert told == sorted(told)
    assert all(said <= n for n, said in enumerate(told))
    assert all(told.count(one) >= 5 for one in set(told) if one > 10)
