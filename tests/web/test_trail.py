"""Money actions of the product leave rows: who, from where, why; and only once."""

from pathlib import Path

from ledger import control
from tests.web.asking import JSON, ask
from tests.web.serving import Served, serving
from tests.web.test_wiring import live, see, turn
from web import chores
from web.keys import NEWS


async def rows_of(served: Served, subject: str) -> list[control.AuditRow]:
    async with served.database.reading() as db:
        assert await control.check_trail(db) == []
        return await control.audit_trail(db, subject=subject)


async def party_of(served: Served, email: str) -> str:
    async with served.database.reading() as db:
        query = f"select id from parties_people where email = '{email}'"
        return str((await db.exec_driver_sql(query)).scalar_one())


async def test_a_session_that_the_consultant_ended(served_both: Served) -> None:
    """Платит консультант, 3 минуты по 1,00: всё платформе, в минуту завершения."""
    served = served_both
    async with live(served, "host-pays") as one:
        see(served, one.number, 130)
        await turn(served)
        await one.host_wire.send("end")
        await one.client_wire.next("bye")
        await served.app[NEWS].settle()
        [row] = await rows_of(served, f"session:{one.number}")
    assert row.action == "settlement"
    ivan = await party_of(served, "ivan@demo.minuta.example")
    assert row.actor == control.Actor(ivan, "self", "127.0.0.1")
    assert (row.facts["total_minor"], row.facts["platform_minor"]) == (300, 300)


async def test_an_outcome_said_twice_is_one_row(served: Served) -> None:
    """Не решено: из 60,00 платформе 6,00, консультанту 6,00, клиенту назад 48,00."""
    async with live(served, "client-pays") as one:
        see(served, one.number, 130)
        await turn(served)
        await one.host_wire.send("end")
        await one.client_wire.next("bye")
        await served.app[NEWS].settle()
        assert await rows_of(served, f"session:{one.number}") == []
        where = f"/sessions/{one.number}/outcome"
        for _ in range(2):
            await one.client.post(where, outcome="unresolved", comment="не помогло")
        [row] = await rows_of(served, f"session:{one.number}")
    anna = await party_of(served, "anna@demo.minuta.example")
    assert (row.actor.party, row.why) == (anna, "не помогло")
    parts = ("total_minor", "platform_minor", "provider_minor", "refunded_minor")
    assert [row.facts[part] for part in parts] == [6_000, 600, 600, 4_800]
    assert row.facts["outcome"] == "unresolved"


async def test_silence_is_the_systems_act(served: Served) -> None:
    async with live(served, "client-pays") as one:
        see(served, one.number, 5)
        await turn(served)
        await one.host_wire.send("end")
        await one.client_wire.next("bye")
        await served.app[NEWS].settle()
        served.clock.pass_s(73 * 3600)
        await chores.settle_due(served.app)
        [row] = await rows_of(served, f"session:{one.number}")
    assert (row.actor, row.facts["outcome"]) == (control.SYSTEM, "resolved")


async def test_the_address_is_what_the_trusted_proxy_saw(tmp_path: Path) -> None:
    """Behind one proxy the last hop counts, and what a client writes there himself never does."""
    forged = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"} | JSON
    for proxies, address in ((0, "127.0.0.1"), (1, "198.51.100.7")):
        folder = tmp_path / str(proxies)
        folder.mkdir()
        async with serving(f"sqlite:///{folder}/m.db", folder, proxies=proxies) as served:
            entered = await ask(
                served, "POST", "/demo-login", headers=JSON, json={"role": "curator"}
            )
            body = {"open": "no", "why": "проверка"}
            await ask(
                served,
                "POST",
                "/control/switches/payouts",
                entered.value["token"],
                headers=forged,
                json=body,
            )
            [row] = await rows_of(served, "switch:payouts")
            assert row.actor.address == address
