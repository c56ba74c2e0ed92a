"""Who asks, in which language, and where changing requests may come from."""

import re

import aiohttp
import pytest

from tests.web.serving import Served
from web.login import COOKIE_AGE_S
from web.robot import Refused


async def _form_token(browser: aiohttp.ClientSession, path: str = "/") -> str:
    async with browser.get(path) as answer:
        found = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
    assert found is not None
    return found[1]


async def _enter(browser: aiohttp.ClientSession, role: str = "consultant") -> None:
    token = await _form_token(browser)
    async with browser.post("/demo-login", data={"role": role, "csrf": token}) as answer:
        assert answer.status == 200, await answer.text()


async def test_a_form_of_our_own_page_is_taken_and_the_cookie_is_closed_to_scripts(
    served: Served,
) -> None:
    async with served.browser() as browser:
        token = await _form_token(browser)
        data = {"role": "consultant", "csrf": token}
        async with browser.post("/demo-login", data=data, allow_redirects=False) as answer:
            assert answer.status == 303
            cookie = answer.cookies["minuta"]
            assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
            assert cookie["max-age"] == str(COOKIE_AGE_S)
        async with browser.get("/dashboard") as answer:
            assert "Иван Кузнецов" in await answer.text()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_origin_changes_nothing(served: Served, origin: str) -> None:
    async with served.browser() as browser:
        token = await _form_token(browser)
        data, headers = {"role": "consultant", "csrf": token}, {"Origin": origin}
        async with browser.post("/demo-login", data=data, headers=headers) as answer:
            assert answer.status == 403
            assert "minuta" not in answer.cookies


async def test_a_hidden_origin_is_judged_by_the_browsers_word(served: Served) -> None:
    async with served.browser() as browser:
        data = {"role": "consultant", "csrf": await _form_token(browser)}
        for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 303)):
            headers = {"Sec-Fetch-Site": site}
            asked = browser.post("/demo-login", data=data, headers=headers, allow_redirects=False)
            async with asked as answer:
                assert answer.status == status, site


@pytest.mark.parametrize("token", [None, "", "0" * 40])
async def test_a_form_without_its_token_changes_nothing(served: Served, token: str | None) -> None:
    async with served.browser() as browser:
        await _enter(browser)
        data = {"topic": "Т", "plan": "host-pays", "rate": "20"}
        if token is not None:
            data["csrf"] = token
        headers = {"Accept": "application/json"}
        async with browser.post("/sessions", data=data, headers=headers) as answer:
            assert answer.status == 403
            assert (await answer.json())["code"] == "form_expired"


async def test_the_token_of_a_visitor_is_worth_nothing_after_the_login(served: Served) -> None:
    async with served.browser() as browser:
        before = await _form_token(browser)
        await _enter(browser)
        async with browser.post("/logout", data={"csrf": before}) as answer:
            assert answer.status == 403
        after = await _form_token(browser, "/dashboard")
        async with browser.post("/logout", data={"csrf": after}) as answer:
            assert answer.status == 200


async def test_the_token_may_come_in_a_header(served: Served) -> None:
    async with served.browser() as browser:
        await _enter(browser)
        token = await _form_token(browser, "/dashboard")
        headers = {"X-CSRF-Token": token, "HX-Request": "true"}
        async with browser.post("/logout", headers=headers) as answer:
            assert answer.status == 200


async def test_a_closed_login_opens_nothing(served: Served) -> None:
    async with served.robot() as robot:
        await robot.enter("client")
        assert (await robot.get("/wallet"))["balance"]["minor"] == 500_000
        await robot.post("/logout")
        with pytest.raises(Refused, match="401"):
            await robot.get("/wallet")


async def test_a_stranger_is_sent_to_the_login_and_back(served: Served) -> None:
    async with served.browser() as browser:
        async with browser.get("/sessions?before=1", allow_redirects=False) as answer:
            assert answer.status == 303
            assert answer.headers["Location"] == "/login?next=/sessions%3Fbefore%3D1"
        headers = {"Accept": "application/json"}
        async with browser.get("/sessions", headers=headers) as answer:
            assert answer.status == 401
            assert (await answer.json())["code"] == "login_needed"


@pytest.mark.parametrize(
    ("accepts", "word"), [("en-GB,ru;q=0.5", "en"), ("fr,ru", "ru"), ("fr", "ru"), ("", "ru")]
)
async def test_the_language_is_the_visitors(served: Served, accepts: str, word: str) -> None:
    headers = {"Accept-Language": accepts}
    async with served.browser() as browser, browser.get("/", headers=headers) as answer:
        assert f'lang="{word}"' in await answer.text()
