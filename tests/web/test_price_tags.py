"""A plan by day and night: every page that names a price says the one now and when it changes."""

from dataclasses import replace

from ledger.control import Actor
from metering import Segment, Window, current_plan, publish_plan
from tests.web.asking import JSON, ask
from tests.web.serving import Served, meeting
from tests.web.test_socket import seated

WEEK = (1, 2, 3, 4, 5, 6, 7)
HOUR_S = 3600
GAP = "\u00a0"
NOW = f"20,00{GAP}₽ за минуту сейчас, с 22:00 — 30,00{GAP}₽"  # asked at 17:05 in Moscow
LATE = f"30,00{GAP}₽ за минуту сейчас, с 08:00 — 20,00{GAP}₽"


async def by_the_clock(served: Served) -> None:
    """20.00 from eight in the morning, 30.00 from ten in the evening."""
    day = Window(WEEK, 8 * HOUR_S, 22 * HOUR_S, None, 0, 0, (Segment(0, 2000, 60, 60),))
    night = Window(WEEK, 22 * HOUR_S, 8 * HOUR_S, None, 0, 0, (Segment(0, 3000, 60, 60),))
    async with served.database.transaction() as db:
        plan = (await current_plan(db, "client-pays")).tariff
        draft = replace(plan, version=plan.version + 1, segments=(), windows=(day, night))
        moscow = replace(draft, timezone="Europe/Moscow")
        await publish_plan(db, moscow, Actor("", "curator"), "night work", served.clock())


async def test_every_price_tag_knows_what_comes_next(served: Served) -> None:
    await by_the_clock(served)
    async with served.robot() as host, served.robot() as client:
        number = await meeting(served, host, client, "client-pays")
        for robot, path in (
            (host, "/dashboard"),
            (host, "/rate"),
            (host, f"/sessions/{number}"),
            (client, f"/sessions/{number}"),
            (client, "/wallet"),
        ):
            told = await ask(served, "GET", path, robot.token)
            assert NOW in told.text, path
        async with seated(client, number) as (_, welcome):
            terms = welcome["session"]["terms"]
            assert terms["price_text"] == f"{NOW} (Europe/Moscow)"
            assert terms["start_text"] == f"Начать за 20,00{GAP}₽ в минуту"
        made = await host.post("/sessions", topic="Ночью", plan="client-pays")
        door = made["link"].removeprefix(served.base)
        assert NOW in (await ask(served, "GET", door, client.token)).text
        served.clock.pass_s(5 * HOUR_S)
        assert LATE in (await ask(served, "GET", door, client.token)).text
        told = await ask(served, "GET", door, client.token, headers=JSON)
        assert (told.value["rate"]["minor"], told.value["rate"]["then_minor"]) == (3000, 2000)
        assert told.value["rate"]["changes_at"] == "2026-11-22T05:00:00Z"
