"""Where a party lives: at sign-up, in the profile, and what follows for its money."""

import pytest

from ledger import control
from tests.web.asking import JSON, ask
from tests.web.serving import Served, meeting
from tests.web.test_login_pages import ADDRESS, code_for
from web.robot import Refused


async def test_a_newcomer_says_the_country(served: Served) -> None:
    async with served.robot() as one:
        code = await code_for(one)
        for country in ("", "XX"):
            with pytest.raises(Refused) as refused:
                await one.post(
                    "/login/code", email=ADDRESS, code=code, name="Мария", country=country
                )
            assert refused.value.status == 422
        page = await ask(
            served, "POST", "/login/code", data={"email": ADDRESS, "code": code, "name": "Мария"}
        )
        assert "Выберите страну" in page.text
        assert 'value="Мария"' in page.text
        made = await one.post("/login/code", email=ADDRESS, code=code, name="Мария", country="KZ")
        one.token = made["token"]
        value = await one.get("/profile")
        assert (value["country"], value["rails"], value["asked"]) == ("KZ", ["card"], "")


async def test_nobody_learns_from_the_country_which_addresses_are_known(served: Served) -> None:
    async with served.robot() as one:
        for email in ("anna@demo.minuta.example", ADDRESS):
            await one.post("/login", email=email)
            told = await ask(
                served,
                "POST",
                "/login/code",
                headers=JSON,
                json={"email": email, "code": "000000", "name": "Икс", "country": "XX"},
            )
            assert (told.status, list(told.value["errors"])) == (422, ["code"])


async def test_a_move_without_money_and_with_money(served: Served) -> None:
    async with served.robot() as one:
        one.token = (await one.post("/login/code", email=ADDRESS, code=await code_for(one)))[
            "token"
        ]
        assert (await one.get("/profile"))["country"] == ""
        await one.post("/profile/residence", country="RU")
        assert (await one.get("/profile"))["rails"] == ["bank"]
        begun = await one.post("/wallet/top-up", amount="100", key="k")
        await one.post(f"/demo-bank/{begun['id']}", decision="pay")
        await one.post("/profile/residence", country="DE", why="переезд")
        value = await one.get("/profile")
        assert (value["country"], value["asked"]) == ("RU", "DE")
        page = await ask(served, "GET", "/profile", one.token)
        assert "Смена страны на «Германия» ждёт куратора" in page.text
        with pytest.raises(Refused) as other:
            await one.post("/profile/residence", country="FR")
        assert other.value.status == 409
        async with served.robot() as curator:
            await curator.enter("curator")
            [waiting] = (await curator.get("/control"))["waiting"]
            assert (waiting["action"], waiting["facts"]) == (
                "residence",
                {"country": "DE", "from": "RU"},
            )
            await curator.post(f"/control/approvals/{waiting['id']}", decision="approve")
        assert (await one.get("/profile"))["rails"] == ["card"]


async def test_what_is_no_country_and_who_has_no_profile(served: Served) -> None:
    async with served.robot() as host, served.robot() as guest:
        await meeting(served, host, guest)
        with pytest.raises(Refused) as no_country:
            await host.post("/profile/residence", country="")
        assert no_country.value.status == 422
        for ask_for in (guest.get("/profile"), guest.post("/profile/residence", country="RU")):
            with pytest.raises(Refused) as refused:
                await ask_for
            assert refused.value.status == 403


async def test_parties_of_two_rails_have_no_paid_session(served: Served) -> None:
    """A page and JSON that say so; nothing is charged and the place stays free."""
    async with served.database.transaction() as db:
        found = {}
        for role, country in (("ivan", "RU"), ("anna", "DE")):
            row = await db.exec_driver_sql(
                f"select id from parties_people where email = '{role}@demo.minuta.example'"
            )
            found[role] = row.scalar_one()
            at = served.clock()
            await control.declare_residence(db, found[role], country, control.SYSTEM, at)
    async with served.robot() as host, served.robot() as client:
        with pytest.raises(Refused) as apart:
            await meeting(served, host, client, "client-pays")
        assert (apart.value.status, apart.value.code) == (403, "rails_apart")
