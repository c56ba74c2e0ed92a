"""Log in by a code from a letter: newcomers by name, wrong codes counted, nobody told apart."""

import re

import pytest

from tests.web.serving import Served
from web.robot import Refused, Robot

ADDRESS = "new@example.org"


async def code_for(one: Robot, email: str = ADDRESS) -> str:
    """Ask for a code and read it in the mailbox of the demo."""
    await one.post("/login", email=email)
    letters = (await one.get("/mailbox"))["letters"]
    found = re.search(r"\b\d{6}\b", letters[0]["subject"] + letters[0]["text"])
    assert found is not None
    assert letters[0]["to"] == email
    return found[0]


async def test_a_newcomer_is_known_by_the_name_typed(served_both: Served) -> None:
    async with served_both.robot() as one:
        code = await code_for(one)
        answer = await one.post(
            "/login/code", email=ADDRESS, code=code, name="Мария Ким", country="RU"
        )
        one.token = answer["token"]
        value = await one.get("/dashboard")
        assert (value["name"], value["sides"]) == ("Мария Ким", ["consultant", "client"])
        assert value["first_day"] is True
        await one.post("/logout")
        with pytest.raises(Refused) as wrong:
            await one.get("/dashboard")
        assert wrong.value.status == 401


async def test_a_wrong_code_makes_nobody_and_is_counted(served_both: Served) -> None:
    async with served_both.robot() as one:
        code = await code_for(one)
        bad = "000000" if code != "000000" else "111111"
        for _ in range(5):
            with pytest.raises(Refused) as wrong:
                await one.post("/login/code", email=ADDRESS, code=bad, name="Мария")
            assert wrong.value.status == 422
        with pytest.raises(Refused):
            await one.post("/login/code", email=ADDRESS, code=code, name="Мария")
        code = await code_for(one)
        spaced = f"{code[:3]} {code[3:]}"
        one.token = (await one.post("/login/code", email=ADDRESS, code=spaced))["token"]
        assert (await one.get("/dashboard"))["name"] == "new"


async def test_known_and_unknown_addresses_look_alike(served: Served) -> None:
    async with served.robot() as one:
        known = await one.post("/login", email="anna@demo.minuta.example")
        unknown = await one.post("/login", email=ADDRESS)
        assert known | {"email": ""} == unknown | {"email": ""}
        with pytest.raises(Refused) as wrong:
            await one.post("/login", email="not an address")
        assert wrong.value.status == 422


async def test_an_old_code_and_a_used_code_do_not_open(served: Served) -> None:
    async with served.robot() as one:
        code = await code_for(one)
        served.clock.pass_s(601)
        with pytest.raises(Refused):
            await one.post("/login/code", email=ADDRESS, code=code)
        code = await code_for(one)
        await one.post("/login/code", email=ADDRESS, code=code)
        with pytest.raises(Refused):
            await one.post("/login/code", email=ADDRESS, code=code)
