"""The guest's door: who may come in by which link, and what bad links say."""

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import text

import metering
from broker import parties, sessions
from ledger import Account, AccountKind, Draft, Leg, post_many
from tests.web.serving import Served
from web import wiring
from web.keys import DB
from web.robot import Refused, Robot


async def invite(served: Served, host: Robot, plan: str = "host-pays") -> tuple[str, str, str]:
    """(number, invite id, path of the link)"""
    await host.enter("consultant")
    made = await host.post("/sessions", topic="Не проводится документ", plan=plan, rate="20")
    return made["number"], made["invite"], made["link"].removeprefix(served.base)


async def test_a_guest_sees_who_waits_and_that_it_is_free(served: Served) -> None:
    async with served.robot() as host, served.browser() as guest:
        _number, _id, path = await invite(served, host)
        async with guest.get(path) as answer:
            page = await answer.text()
    assert "Иван Кузнецов ждёт вас" in page
    assert "Для вас бесплатно" in page
    assert "Как к вам обращаться" in page
    assert "/login" not in page
    assert 'type="video"' not in page


async def test_a_guest_gives_a_name_and_is_in(served: Served) -> None:
    async with served.robot() as host, served.robot() as guest:
        number, _id, path = await invite(served, host)
        for name in ("", "   ", "x" * 200, "\u0007"):
            with pytest.raises(Refused) as wrong:
                await guest.post(path, name=name)
            assert wrong.value.status == 422
        joined = await guest.post(path, name="  Анна   Петрова ")
        assert joined["session"] == number
        guest.token = joined["token"]
        room = await guest.get(f"/sessions/{number}/room")
        assert (room["participant"], room["invite"], room["top_up"]) == ("client", None, None)
        assert room["peer"] == "Иван Кузнецов"
        assert (await host.get(f"/sessions/{number}"))["client"] == "Анна Петрова"


async def test_the_host_is_shown_the_room_and_not_the_door(served: Served) -> None:
    async with served.robot() as host:
        number, _id, path = await invite(served, host)
        assert (await host.get(path))["is_host"] is True
        room = await host.get(f"/sessions/{number}/room")
        assert room["participant"] == "host"
        assert room["invite"] == served.base + path
        assert room["top_up"].startswith("/wallet/top-up")


async def test_a_paying_client_logs_in_and_sees_the_rate(served: Served) -> None:
    async with served.robot() as host, served.robot() as client:
        number, _id, path = await invite(served, host, "client-pays")
        door = await client.get(path)
        assert door["must_login"] is True
        assert door["rate"]["minor"] == 2000
        with pytest.raises(Refused) as wrong:
            await client.post(path, name="Анна")
        assert wrong.value.status == 401
        await client.enter("client")
        door = await client.get(path)
        assert (door["must_login"], door["missing"]) == (False, None)
        assert (await client.post(path))["session"] == number


async def test_a_client_with_too_little_is_told_how_much_is_missing(served: Served) -> None:
    async with served.robot() as host, served.robot() as poor:
        _number, _id, path = await invite(served, host, "client-pays")
        await poor.post("/login", email="poor@example.org")
        code = (await poor.get("/mailbox"))["letters"][0]["text"]
        digits = "".join(c for c in code if c.isdigit())[:6]
        poor.token = (await poor.post("/login/code", email="poor@example.org", code=digits))[
            "token"
        ]
        door = await poor.get(path)
        assert door["missing"]["minor"] == 2000
        with pytest.raises(Refused) as wrong:
            await poor.post(path)
        assert wrong.value.status == 402


async def test_bad_links_say_so_and_tell_nothing_else(served: Served) -> None:
    async with served.robot() as host, served.browser() as guest:
        number, id, path = await invite(served, host)
        async with guest.get("/i/there-is-no-such-token-at-all") as answer:
            assert answer.status == 404
            assert "Такого приглашения нет" in await answer.text()
        served.clock.pass_s(8 * 86_400)
        async with guest.get(path) as answer:
            page = await answer.text()
            assert answer.status == 410
        assert "Ссылка больше не действует" in page
        assert "Вас приглашает Иван Кузнецов" in page
        assert number not in page
        assert "Не проводится" not in page
        await host.enter("consultant")
        fresh = await host.post(f"/invites/{id}/renewal")
        async with guest.get(fresh["link"].removeprefix(served.base)) as answer:
            assert answer.status == 200


async def test_used_up_and_over_are_told_apart_and_say_whom_to_ask(served: Served) -> None:
    async with served.robot() as host, served.browser() as guest:
        _number, _id, path = await invite(served, host)
        for n in range(3):
            async with served.robot() as one:
                with suppress(Refused):  # the place is taken by the first of them
                    await one.post(path, name=f"Гость {n}")
        as_json = {"Accept": "application/json"}
        async with guest.post(path, json={"name": "Ещё гость"}, headers=as_json) as answer:
            told = await answer.json()
        assert (answer.status, told["code"], told["host"]) == (
            410,
            "place_taken",
            "Иван Кузнецов",
        )
        await wiring.hang_up(served.app, _number, "host", "hung_up")
        async with guest.get(path, headers=as_json) as answer:
            told = await answer.json()
        assert (answer.status, told["code"], told["host"]) == (
            410,
            "invite_over",
            "Иван Кузнецов",
        )


async def test_who_is_in_comes_back_by_a_link_that_is_no_good_any_more(served: Served) -> None:
    """The tab was closed, the link is used up: Anna's cookie still leads her to the room, then to
    the result; to anybody else the link says nothing."""
    async with served.robot() as host, served.browser() as anna, served.browser() as other:
        number, _id, path = await invite(served, host)
        async with anna.post(path, data={"name": "Анна"}, allow_redirects=False) as answer:
            assert answer.headers["Location"] == f"/sessions/{number}/room"
        async with served.database.transaction() as db:
            await db.exec_driver_sql(
                f"update sessions_invites set uses = 3 where session = '{number}'"
            )
        for place in ("room", "result"):
            async with anna.get(path, allow_redirects=False) as answer:
                assert answer.status == 303
                assert answer.headers["Location"] == f"/sessions/{number}/{place}"
            async with other.get(path, allow_redirects=False) as answer:
                assert answer.status == 410
            await wiring.hang_up(served.app, number, "host", "hung_up")


async def test_two_sessions_of_one_moment_have_links_of_their_own(served: Served) -> None:
    """The clock stands still: only chance tells the links apart, and each is shown again."""
    async with served.robot() as host:
        made = [await invite(served, host) for _ in range(3)]
        assert len({path for _, _, path in made}) == 3
        for _number, id, path in made:
            assert (await host.get(f"/invites/{id}"))["invite"]["link"] == served.base + path
        fresh = [await host.post(f"/invites/{made[0][1]}/renewal") for _ in range(2)]
        assert fresh[0]["link"] != fresh[1]["link"]


async def test_a_session_called_off_opens_to_nobody(served: Served) -> None:
    async with served.robot() as host, served.robot() as guest:
        number, id, path = await invite(served, host)
        await host.post(f"/invites/{id}/revocation")
        assert (await host.get(f"/sessions/{number}"))["state"] == "cancelled"
        assert (await host.get("/dashboard"))["invite"] is None
        with pytest.raises(Refused) as wrong:
            await guest.get(path)
        assert (wrong.value.status, wrong.value.code) == (410, "invite_revoked")


async def test_somebody_elses_invite_is_not_shown(served: Served) -> None:
    async with served.robot() as host, served.robot() as other:
        _number, id, _path = await invite(served, host)
        await other.enter("client")
        for ask in (other.get(f"/invites/{id}"), other.post(f"/invites/{id}/revocation")):
            with pytest.raises(Refused) as wrong:
                await ask
            assert wrong.value.status == 404


async def test_what_cannot_be_taken_comes_back_with_a_reason(served: Served) -> None:
    async with served.robot() as host:
        await host.enter("consultant")
        for topic, plan, rate in (
            ("", "host-pays", "20"),
            ("Тема", "nobody-pays", "20"),
            ("Тема", "host-pays", "даром"),
            ("Тема", "host-pays", ""),
            ("т" * 300, "host-pays", "20"),
        ):
            with pytest.raises(Refused) as wrong:
                await host.post("/sessions", topic=topic, plan=plan, rate=rate)
            assert wrong.value.status == 422
        assert (await host.get("/sessions"))["rows"] == []


async def test_who_pays_may_say_at_the_door_what_it_may_cost(served: Served) -> None:
    async with served.robot() as host, served.robot() as client:
        number, _id, path = await invite(served, host, "client-pays")
        await client.enter("client")
        for typed in ("много", "-5", "1,234"):
            with pytest.raises(Refused) as wrong:
                await client.post(path, cap=typed)
            assert wrong.value.status == 422
        assert (await client.post(path, cap="1 250,50"))["session"] == number
    async with served.app[DB].reading() as db:
        assert (await sessions.session(db, number)).spend_cap_minor == 125_050


async def test_minutes_in_advance_open_the_door_without_money(served: Served) -> None:
    """Анна вернула все деньги; минуты у неё есть, и тариф их принимает."""
    async with served.robot() as host, served.robot() as client:
        number, _id, path = await invite(served, host, "client-pays")
        await client.enter("client")
        async with served.app[DB].transaction() as db:
            anna = await parties.by_email(db, "anna@demo.minuta.example")
            assert anna
            payer = Account(AccountKind.PREPAID, anna.id)
            spent = Draft(
                "test", "spent", "test",
                (Leg(payer, -500_000), Leg(Account(AccountKind.COMMISSION), 500_000)),
            )  # fmt: skip
            await post_many(db, [spent], served.clock())
        assert (await client.get(path))["missing"]["minor"] == 2000
        async with served.app[DB].transaction() as db:
            tariff = replace((await sessions.session(db, number)).tariff, allowance="minutes")
            await db.execute(
                text("UPDATE sessions_sessions SET tariff = :t"), {"t": tariff.to_json()}
            )
            await metering.grant_allowance(db, anna.id, 3600, served.clock(), "june")
        assert (await client.get(path))["missing"] is None
        wallet = await client.get("/wallet")
        assert [one["left_s"] for one in wallet["allowances"]] == [3600]
