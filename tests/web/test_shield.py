"""Every answer has its headers; errors are told politely and give nothing away."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from tests.web.serving import Served
from web import shield
from web.keys import SETTINGS
from web.robot import Refused
from web.settings import Secret, Settings, StripeSettings


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/healthz", "/sessions"])
async def test_every_answer_has_security_headers(served: Served, path: str) -> None:
    async with served.browser() as browser, browser.get(path, allow_redirects=False) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


def test_https_and_stripe_add_what_they_need() -> None:
    stripe = StripeSettings(Secret("sk"), Secret("wh"))
    headers = shield.security_headers(Settings(origin="https://minuta.example", stripe=stripe))
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert "form-action 'self' https://checkout.stripe.com" in headers["Content-Security-Policy"]


async def test_an_unknown_page_is_a_page_and_for_programs_a_code(served: Served) -> None:
    async with served.browser() as browser:
        async with browser.get("/no-such-page") as answer:
            assert answer.status == 404
            assert "<h1>" in await answer.text()
        headers = {"Accept": "application/json"}
        async with browser.get("/no-such-page", headers=headers) as answer:
            assert answer.status == 404
            assert (await answer.json())["code"] == "not_found"


async def test_a_wrong_method_is_told_as_such(served: Served) -> None:
    headers = {"Accept": "application/json"}
    async with served.robot() as robot, robot._http.put(robot.base, headers=headers) as answer:
        assert answer.status == 405


async def test_what_nobody_foresaw_has_a_number_and_no_details(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("broker.parties.by_email", fail)
    async with served.browser() as browser:
        data, headers = {"role": "client"}, {"Accept": "application/json"}
        async with browser.post("/demo-login", data=data, headers=headers) as answer:
            told = await answer.json()
            assert answer.status == 500
            assert told["code"] == "broken"
            assert len(told["number"]) == 8
            assert "canary" not in await answer.text()


async def test_too_many_tries_are_told_to_wait(served: Served) -> None:
    async with served.robot() as robot:
        for _ in range(shield.LIMITS["login"]):
            with pytest.raises(Refused, match="422"):
                await robot.post("/login", email="not an address")
        url, headers = robot.base / "login", {"Accept": "application/json"}
        async with robot._http.post(url, data={"email": "a"}, headers=headers) as answer:
            assert answer.status == 429
            assert answer.headers["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("proxies", "header", "wanted"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.7", "10.0.0.7"),
        (2, "6.6.6.6, 10.0.0.7, 10.0.0.8", "10.0.0.7"),
        (1, "", "127.0.0.1"),
    ],
)
async def test_only_trusted_proxies_say_who_knocks(proxies: int, header: str, wanted: str) -> None:
    async def told(request: web.Request) -> web.Response:
        return web.Response(text=shield.address_of(request))

    app = web.Application()
    app[SETTINGS] = Settings(proxies=proxies)
    app.router.add_get("/", told)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/", headers={"X-Forwarded-For": header})
        assert await answer.text() == wanted
