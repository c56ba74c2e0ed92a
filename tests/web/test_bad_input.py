"""Whatever comes over the wire: a clear answer, a stable code; no money and no session moves."""

import io
import json
from collections.abc import Awaitable
from typing import Any

import pytest

from tests.web.asking import JSON, ask, both, unmoved
from tests.web.serving import Served
from tests.web.test_prejoin import invite
from tests.web.test_wiring import live, see, turn
from web import papers, wiring
from web.keys import NEWS
from web.robot import Refused

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AS_JSON = {"Content-Type": "application/json"}


async def refused(asked: Awaitable[Any]) -> tuple[int, str]:
    with pytest.raises(Refused) as told:
        await asked
    return told.value.status, told.value.code


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "there-is-no-such-token-at-all",
        "A" * 28,
        "A" * 5000,
        "%ff%fe",
        "%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82",
        "..%2F..%2Fwallet",
        "'%20or%201=1--",
    ],
)
async def test_forged_links_open_nothing(served: Served, token: str) -> None:
    async with served.robot() as host:
        await invite(served, host)
        async with unmoved(served):
            for method in ("GET", "POST"):
                for language, words in (("ru", "Такого приглашения нет"), ("en", "no such")):
                    told = await ask(served, method, f"/i/{token}", language=language)
                    assert (told.status, words in told.text) == (404, True), told.text[-600:]
                told = await ask(served, method, f"/i/{token}", headers=JSON)
                assert (told.status, told.code) == (404, "invite_unknown")


async def test_a_link_with_one_letter_changed_opens_nothing(served: Served) -> None:
    async with served.robot() as host:
        _number, _id, path = await invite(served, host)
        other = path[:-2] + ("A" if path[-2] != "A" else "B") + path[-1]
        async with unmoved(served):
            told = await ask(served, "POST", other, headers=JSON, json={"name": "Анна"})
            assert (told.status, told.code) == (404, "invite_unknown")


async def test_expired_revoked_and_used_up_links_are_told_apart(served: Served) -> None:
    async with served.robot() as host:
        _, _, expired = await invite(served, host)
        served.clock.pass_s(7 * 86_400)
        _, id, revoked = await invite(served, host)
        await host.post(f"/invites/{id}/revocation")
        number, _, used = await invite(served, host)
        async with served.database.transaction() as db:
            await db.exec_driver_sql(
                f"update sessions_invites set uses = 3 where session = '{number}'"
            )
        async with unmoved(served):
            for path, code in (
                (expired, "invite_expired"),
                (revoked, "invite_revoked"),
                (used, "invite_used_up"),
            ):
                for method in ("GET", "POST"):
                    told = await both(served, method, path)
                    assert (told.status, told.code) == (410, code)
                    assert told.value["host"] == "Иван Кузнецов"
                    assert "S-2026" not in told.text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", AS_JSON, 422),
        (b"[]", AS_JSON, 422),
        (b"null", AS_JSON, 422),
        (b'"topic"', AS_JSON, 422),
        (b'{"topic": "\xff\xfe"}', AS_JSON, 422),
        (b"\xff\xfe\x00", AS_JSON, 422),
        (b"[" * 100_000, AS_JSON, 422),
        (b'{"topic": {"a": 1}, "plan": [1], "rate": true}', AS_JSON, 422),
        (b'{"topic": "T", "plan": "host-pays", "rate": 1e400}', AS_JSON, 422),
        (b'{"topic": "\\ud800", "plan": "host-pays", "rate": 20}', AS_JSON, 422),
        (b'{"topic": "a\\u0000b", "plan": "host-pays", "rate": 20}', AS_JSON, 422),
        (b"{" + b",".join(b'"k%d":1' % n for n in range(100)) + b"}", AS_JSON, 422),
        (b"topic=%ff%fe&plan=host-pays&rate=20", FORM, 422),
        (b"topic=a%00b&plan=host-pays&rate=20", FORM, 422),
        (b"topic=%D0%A2&plan=host-pays&rate=" + b"9" * 5000, FORM, 422),
        (b"topic=" + b"a" * 1_000_000 + b"&plan=host-pays&rate=20", FORM, 422),
        (b"\x00\x01\x02", FORM, 422),
        (b"", FORM, 422),
        (b"topic", {"Content-Type": "multipart/form-data"}, 422),
        (b"topic", {"Content-Type": "multipart/form-data; boundary=x"}, 422),
        (b"--x\r\n\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, 422),
        (b"<a/>", {"Content-Type": "application/xml"}, 422),
        (b"a=b", {"Content-Type": "text/plain; charset=nonsense"}, 422),
        (b"topic=a", {"Content-Type": "application/x-www-form-urlencoded; charset=no"}, 422),
        (b"{}", {"Content-Type": "application/json; charset=no"}, 422),
    ],
)
async def test_garbage_for_a_form_makes_nothing(
    served: Served, body: bytes, headers: dict[str, str], status: int
) -> None:
    async with served.robot() as host:
        await host.enter("consultant")
        async with unmoved(served):
            for path in ("/sessions", "/wallet/top-up"):
                for accept in (JSON, {}):
                    told = await ask(
                        served, "POST", path, host.token, data=body, headers=headers | accept
                    )
                    assert told.status == status, (path, told.text[:300])
            told = await ask(served, "POST", "/login", data=body, headers=headers | JSON)
            assert told.status in (status, 422)


async def test_a_form_that_only_says_it_is_one_is_refused_with_a_cookie_too(
    served: Served,
) -> None:
    """The token against forgery is looked for in the body before any handler sees it."""
    async with unmoved(served), served.browser() as browser:
        await browser.get("/login")
        kind = {"Content-Type": "multipart/form-data"}
        async with browser.post("/login", data=b"csrf", headers=kind | JSON) as answer:
            assert (answer.status, (await answer.json())["code"]) == (422, "bad_form")


async def test_a_body_without_end_is_refused(served: Served) -> None:
    async with served.robot() as host:
        await host.enter("consultant")
        async with unmoved(served):
            for headers in (FORM, AS_JSON):
                body = b"a" * (25 * 1024 * 1024)
                told = await ask(
                    served,
                    "POST",
                    "/sessions",
                    host.token,
                    data=io.BytesIO(body),
                    headers=headers | JSON,
                )
                assert (told.status, told.code) == (413, "request_entity_too_large")


async def test_a_guest_sees_one_session_and_no_other(served: Served) -> None:
    async with served.robot() as guest, live(served, "client-pays") as other:
        see(served, other.number, 5)
        await turn(served)
        await wiring.hang_up(served.app, other.number, "host", "hung_up")
        await served.app[NEWS].settle()
        await papers.issue(served.app, other.number)
        [*found] = (await other.client.get(f"/sessions/{other.number}"))["papers"]
        own, _id, path = await invite(served, other.host)
        guest.token = (await guest.post(path, name="Гость"))["token"]
        async with unmoved(served):
            gone = f"/sessions/{other.number}"
            for asked in (gone, f"{gone}/room", f"{gone}/result", "/sessions/S-2026-999999"):
                assert (await both(served, "GET", asked, guest.token)).code == "not_found"
            for asked in (
                f"{gone}/tickets",
                f"{gone}/result",
                f"{gone}/outcome",
                f"{gone}/review",
            ):
                form = {"result": "x", "outcome": "resolved", "quality": "5"}
                form |= {"punctuality": "5", "courtesy": "5"}
                told = await both(served, "POST", asked, guest.token, data=form)
                assert (told.status, told.code) == (404, "not_found")
            for paper in found:
                told = await both(served, "GET", f"/documents/{paper['number']}.pdf", guest.token)
                assert (told.status, told.code) == (404, "not_found")
            told = await both(served, "POST", "/sessions", guest.token, data={"topic": "x"})
            assert (told.status, told.code) == (403, "other_role")
            assert (await guest.get(f"/sessions/{own}"))["number"] == own


METHODS = (
    ("POST", "/dashboard"),
    ("PUT", "/sessions"),
    ("DELETE", "/sessions/S-2026-000001"),
    ("PATCH", "/wallet"),
    ("GET", "/logout"),
    ("GET", "/login/code"),
    ("GET", "/sessions/S-2026-000001/outcome"),
    ("GET", "/hooks/demo-bank"),
    ("DELETE", "/i/whatever"),
)


@pytest.mark.parametrize(("method", "path"), METHODS)
async def test_wrong_methods_are_named(served: Served, method: str, path: str) -> None:
    async with unmoved(served):
        told = await both(served, method, path)
        assert (told.status, told.code) == (405, "method_not_allowed")


async def test_strangers_are_sent_to_log_in_and_roles_are_kept(served: Served) -> None:
    async with served.robot() as accountant, served.robot() as client:
        await accountant.enter("accountant")
        await client.enter("client")
        async with unmoved(served):
            for path in ("/dashboard", "/wallet", "/sessions", "/documents"):
                assert (await both(served, "GET", path)).code == "login_needed"
                forged = await ask(served, "GET", path, "A" * 43, headers=JSON)
                assert (forged.status, forged.code) == (401, "login_needed")
            told = await both(served, "POST", "/sessions", accountant.token, data={"topic": "x"})
            assert (told.status, told.code) == (403, "other_role")
            told = await both(served, "POST", "/sessions", client.token, data={"topic": "x"})
            assert (told.status, told.code) == (403, "other_role")
        token = client.token
        await client.post("/logout")
        client.token = token
        assert await refused(client.get("/wallet")) == (401, "login_needed")


async def test_forms_from_elsewhere_are_refused(served: Served) -> None:
    async with served.robot() as host:
        await host.enter("consultant")
        form = {"topic": "x", "plan": "host-pays", "rate": "20"}
        async with unmoved(served):
            for origin in ("https://evil.example", "null", served.base + ".evil.example"):
                told = await ask(
                    served,
                    "POST",
                    "/sessions",
                    host.token,
                    data=form,
                    headers=JSON | {"Origin": origin},
                )
                assert (told.status, told.code) == (403, "foreign_origin")


@pytest.mark.parametrize("path", ["/hooks/demo-bank", "/hooks/stripe"])
async def test_unsigned_payment_news_are_refused(served: Served, path: str) -> None:
    async with served.robot() as client:
        await client.enter("client")
        top_up = await client.post("/wallet/top-up", amount="500", key="k")
        news = {"id": "e1", "state": "paid", "ref": top_up["id"], "amount_minor": 50_000}
        async with unmoved(served):
            for body in (b"", b"{}", b"\xff", json.dumps(news).encode(), b"a" * 300_000):
                for signature in ("", "t=1,v1=00", "t=99999999999999999999,v1=ab", "\u00e9"):
                    headers = JSON | {"Demo-Bank-Signature": signature, "Stripe-Signature": "t=1"}
                    told = await ask(served, "POST", path, data=body, headers=headers)
                    assert told.status in (400, 413), told.text
                    assert told.code in ("bad_request", "request_entity_too_large")


QUERIES = (
    "/wallet?before=-1",
    "/wallet?before=99999999999999999999999999",
    "/wallet?before=%D9%A3",
    "/wallet?before=%ff",
    "/sessions?before=%00",
    "/sessions?before=S-2026-99999999999999999999",
    "/sessions?before='",
    "/documents?since=0000-00-00&until=9999-12-31&kind=%00&party=%ff",
    "/documents?since=2026-01-01&until=2025-01-01",
    "/documents?party=%00",
    "/login?next=//evil.example",
    "/wallet/top-up?back=javascript:alert(1)",
)


@pytest.mark.parametrize("path", QUERIES)
async def test_strange_questions_have_plain_answers(served_both: Served, path: str) -> None:
    async with served_both.robot() as client:
        await client.enter("client")
        async with unmoved(served_both):
            told = await ask(served_both, "GET", path, client.token)
            assert told.status in (200, 303, 422), told.text[:300]
            assert "evil.example" not in told.text.replace("next=//evil.example", "")


IDS = ("%00", "%ff", "..%2f..", "A" * 3000, "'", "S-2026-000001%00", "%F0%9F%92%A9", "0")
PLACES = (
    "/sessions/{}",
    "/sessions/{}/room",
    "/sessions/{}/result",
    "/invites/{}",
    "/documents/{}.pdf",
    "/wallet/top-up/{}",
    "/demo-bank/{}",
)


@pytest.mark.parametrize("id", IDS)
async def test_ids_of_nothing_are_not_found(served_both: Served, id: str) -> None:
    async with served_both.robot() as client:
        await client.enter("client")
        async with unmoved(served_both):
            for place in PLACES:
                told = await ask(served_both, "GET", place.format(id), client.token, headers=JSON)
                assert (told.status, told.code) == (404, "not_found"), place


async def test_names_codes_and_scores_that_are_none(served_both: Served) -> None:
    served = served_both
    async with served.robot() as guest, live(served, "client-pays") as one:
        see(served, one.number, 5)
        await turn(served)
        await wiring.hang_up(served.app, one.number, "host", "hung_up")
        await served.app[NEWS].settle()
        path = f"/sessions/{one.number}"
        async with unmoved(served):
            for form in (
                {},
                {"outcome": "maybe"},
                {"outcome": "unresolved"},
                {"outcome": "unresolved", "comment": " \t "},
                {"outcome": "resolved", "quality": "5"},
                {"outcome": "resolved", "quality": "9", "punctuality": "5", "courtesy": "5"},
                {"outcome": "resolved", "quality": "٥", "punctuality": "x", "courtesy": "5"},
                {"outcome": "resolved", "comment": "\u0000"},
                {"outcome": "resolved", "comment": "я" * 100_000},
            ):
                status, _code = await refused(one.client.post(f"{path}/outcome", **form))
                assert status == 422, form
            for form in ({}, {"result": " "}, {"result": "\u0000"}, {"result": "я" * 100_000}):
                status, _code = await refused(one.host.post(f"{path}/result", **form))
                assert status == 422, form
            for scores in ({}, dict.fromkeys(("quality", "punctuality", "courtesy"), "0")):
                status, _code = await refused(one.host.post(f"{path}/review", **scores))
                assert status == 422, scores
            assert await refused(one.host.post(f"{path}/outcome", outcome="resolved")) == (
                403,
                "other_side",
            )
            for email in ("", "x", "a@", "a b@c.example", "я" * 400 + "@c.example", "a\u0000@b.c"):
                assert (await refused(guest.post("/login", email=email)))[0] == 422, email
            for code in ("", "000000", "1" * 5000, "\u0000", "١٢٣٤٥٦"):
                asked = guest.post("/login/code", email="nobody@example.org", code=code)
                assert (await refused(asked))[0] == 422, code
