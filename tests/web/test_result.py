"""After the end: what was done, resolved or not, scores, papers; and who may see them."""

import io

import aiohttp
import pytest

from tests.web.serving import Served
from tests.web.test_wiring import live, see, turn
from web import papers, wiring
from web.keys import NEWS
from web.robot import Refused

FIVE = {"quality": "5", "punctuality": "4", "courtesy": "5"}


async def end(served: Served, number: str) -> None:
    await wiring.hang_up(served.app, number, "host", "hung_up")
    await served.app[NEWS].settle()
    await papers.issue(served.app, number)


async def test_a_resolved_session_from_both_sides(served_both: Served) -> None:
    """Анна 5000,00 - 2 x 20,00 = 4960,00; 36,00 Ивану, 4,00 платформе."""
    served = served_both
    async with live(served, "client-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        path = f"/sessions/{one.number}"
        session = await one.client.get(path)
        assert (session["billed_minutes"], session["cost"]["minor"]) == (2, 4000)
        assert session["refund"]["minor"] == 3200
        assert [way["to"] for way in session["ways"]] == ["escrow"]
        await one.host.post(f"{path}/result", result="Настроили проведение", **FIVE)
        assert (await one.client.get(path))["result"] == "Настроили проведение"
        assert (await one.client.get(path))["reviews"] == []
        await one.client.post(f"{path}/outcome", outcome="resolved", comment="Спасибо", **FIVE)
        session = await one.client.get(path)
        assert {way["to"]: way["amount"]["minor"] for way in session["ways"]} == {
            "platform": 400,
            "consultant": 3600,
        }
        assert session["balance"]["minor"] == 496_000
        assert [review["role"] for review in session["reviews"]] == ["client", "host"]
        assert (await one.host.get("/dashboard"))["earned"]["minor"] == 3600


async def test_not_resolved_needs_a_comment_and_brings_money_back(served: Served) -> None:
    async with live(served, "client-pays") as one:
        see(served, one.number, 30)
        await turn(served)
        await end(served, one.number)
        path = f"/sessions/{one.number}/outcome"
        for typed in ({"outcome": "unresolved"}, {"outcome": "unresolved", "comment": "  "}):
            with pytest.raises(Refused) as wrong:
                await one.client.post(path, **typed)
            assert wrong.value.status == 422
        for typed in ({}, {"outcome": "ruled", "comment": "x"}):
            with pytest.raises(Refused) as wrong:
                await one.client.post(path, **typed)
            assert wrong.value.status == 422
        await one.client.post(path, outcome="unresolved", comment="Ошибка появилась снова")
        session = await one.client.get(f"/sessions/{one.number}")
        assert {way["to"]: way["amount"]["minor"] for way in session["ways"]} == {
            "platform": 200,
            "consultant": 200,
            "refund": 1600,
        }


async def test_each_side_has_its_own_form(served: Served) -> None:
    async with live(served, "client-pays") as one:
        see(served, one.number, 5)
        await turn(served)
        await end(served, one.number)
        path = f"/sessions/{one.number}"
        for ask in (
            one.client.post(f"{path}/result", result="Сам себе"),
            one.host.post(f"{path}/outcome", outcome="resolved"),
        ):
            with pytest.raises(Refused) as wrong:
                await ask
            assert wrong.value.status == 403


async def test_scores_are_all_or_none_and_five_is_one_press(served: Served) -> None:
    async with live(served, "host-pays") as one:
        see(served, one.number, 5)
        await turn(served)
        await end(served, one.number)
        path = f"/sessions/{one.number}/result"
        with pytest.raises(Refused) as wrong:
            await one.host.post(path, result="Готово", quality="5")
        assert wrong.value.status == 422
        filled = await one.host.post(path, all="5", result="Готово")
        assert filled["typed"] == {
            "all": "5",
            "result": "Готово",
            "quality": "5",
            "punctuality": "5",
            "courtesy": "5",
        }
        with pytest.raises(Refused) as wrong:
            await one.host.post(path, result=" ", **FIVE)
        assert wrong.value.status == 422


async def test_the_guest_of_a_paying_consultant_sees_no_money(served: Served) -> None:
    async with live(served, "host-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        seen = await one.client.get(f"/sessions/{one.number}/result")
        session = seen["session"]
        assert (session["cost"]["minor"], session["balance"], session["ways"]) == (0, None, [])
        assert [m["price"] for m in session["minutes"]] == [None, None]
        assert session["invoice_rate"] is None
        assert session["clock_s"] == 70
        assert [paper["kind"] for paper in session["papers"]] == ["protocol"]


async def test_papers_are_for_their_readers_only(served: Served) -> None:
    async with live(served, "host-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        listed = await one.host.get("/documents")
        assert {paper["kind"] for paper in listed["papers"]} == {"protocol", "act"}
        assert listed["own"] is True
        names = {paper["kind"]: paper["number"] for paper in listed["papers"]}
        protocol, act = (f"/documents/{names[kind]}.pdf" for kind in ("protocol", "act"))
        assert (await one.host.fetch(protocol)).startswith(b"%PDF-")
        assert (await one.client.fetch(protocol)).startswith(b"%PDF-")
        async with served.robot() as other, served.robot() as accountant, served.robot() as nobody:
            await other.enter("client")
            await accountant.enter("accountant")
            assert (await accountant.fetch(act)).startswith(b"%PDF-")
            assert (await accountant.get("/documents"))["count"] == 2
            assert (await other.get("/documents"))["papers"] == []
            for stranger, status in ((other, 404), (nobody, 401)):
                for path in (protocol, f"/sessions/{one.number}", f"/sessions/{one.number}/room"):
                    with pytest.raises(Refused) as wrong:
                        await stranger.fetch(path)
                    assert wrong.value.status == status, path
        with pytest.raises(Refused) as wrong:
            await one.client.fetch(act)
        assert wrong.value.status == 404


async def test_a_document_is_verified_and_a_changed_one_is_not(served: Served) -> None:
    async with live(served, "host-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await end(served, one.number)
        paper, *_ = (await one.client.get(f"/sessions/{one.number}"))["papers"]
        pdf = await one.client.fetch(f"/documents/{paper['number']}.pdf")
        english = await one.client.fetch(f"/documents/{paper['number']}.pdf?language=en")
        assert english != pdf
        assert english == await one.client.fetch(f"/documents/{paper['number']}.pdf?language=en")
        edition = await verified(served, english)
        assert [edition[name] for name in ("code", "superseded")] == [0, False]
        at = len(pdf) // 2
        changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
        told = [await verified(served, body) for body in (pdf, changed, b"hello", b"")]
    assert [answer.get("code") for answer in told] == [0, 1, 3, None]
    assert (told[0]["session"], told[0]["minutes"]) == (one.number, 2)
    assert told[3]["errors"]["file"]


async def test_an_old_revision_is_authentic_and_says_that_there_is_a_later_one(
    served: Served,
) -> None:
    async with live(served, "client-pays") as one:
        see(served, one.number, 5)
        await turn(served)
        await end(served, one.number)
        path = f"/sessions/{one.number}"
        paper, *_ = (await one.client.get(path))["papers"]
        first = await one.client.fetch(f"/documents/{paper['number']}.pdf")
        assert [(await verified(served, first))[name] for name in ("code", "superseded")] == [
            0,
            False,
        ]
        await one.host.post(f"{path}/result", result="Настроили проведение")
        await papers.issue(served.app, one.number)
        second = await one.client.fetch(f"/documents/{paper['number']}.pdf")
        told = [await verified(served, body) for body in (first, second)]
        assert [(one["code"], one["superseded"]) for one in told] == [(0, True), (0, False)]
        newer = f"{paper['number']}-r2"
        assert [one["superseded_by"] for one in told] == [newer, ""]
        for name, link in (("-r1", f'</documents/{newer}.pdf>; rel="latest-version"'), ("-r2", "")):
            old = f"/documents/{paper['number']}{name}.pdf"
            mine = {"Authorization": f"Bearer {one.client.token}"}
            async with served.browser() as browser, browser.get(old, headers=mine) as answer:
                assert (answer.status, answer.headers.get("Link", "")) == (200, link)
        assert (await verified(served, b"hello"))["superseded"] is None


@pytest.mark.parametrize(("size", "code"), [(21 * 1024 * 1024, 422), (25 * 1024 * 1024, 413)])
async def test_a_file_that_is_too_large_is_refused_clearly(
    served: Served, size: int, code: int
) -> None:
    form = aiohttp.FormData()
    form.add_field(
        "file", io.BytesIO(bytes(size)), filename="film.pdf", content_type="application/pdf"
    )
    headers = {"Accept-Language": "ru"}
    async with (
        served.browser() as browser,
        browser.post("/verify", data=form, headers=headers) as a,
    ):
        assert a.status == code
        assert "20\u00a0МБ" in (await a.text()).replace("20 МБ", "20\u00a0МБ")


async def verified(served: Served, body: bytes) -> dict[str, object]:
    form = aiohttp.FormData()
    form.add_field("file", body, filename="file.pdf", content_type="application/pdf")
    async with served.robot() as one:
        asked = one._http.post(
            one.base / "verify", data=form, headers={"Accept": "application/json"}
        )
        async with asked as answer:
            found: dict[str, object] = await answer.json()
            return found


async def test_the_record_appears_on_the_page_by_itself(served: Served) -> None:
    """Right after the end the page asks for its own block until the papers are there."""
    async with live(served, "host-pays") as one:
        see(served, one.number, 5)
        await turn(served)
        await wiring.hang_up(served.app, one.number, "host", "hung_up")
        await served.app[NEWS].settle()
        headers = {"Authorization": f"Bearer {one.host.token}"}
        fragment = headers | {"HX-Request": "true", "HX-Target": "div#papers"}
        path = f"/sessions/{one.number}/result"
        async with served.browser() as browser:
            await papers.issue(served.app, one.number)
            async with browser.get(path, headers=fragment) as answer:
                block = await answer.text()
        assert "Скачать протокол" in block
        assert "<h1" not in block
        assert (await one.host.get(path))["session"]["papers_soon"] is True
        served.clock.pass_s(61)
        assert (await one.host.get(path))["session"]["papers_soon"] is False
