"""Every page in both languages: whole, strict about scripts, one heading, a title, known icons."""

import re
from html.parser import HTMLParser

import aiohttp
import pytest

from tests.web.serving import Served, meeting
from web.keys import CLOCK

PUBLIC = (
    "/",
    "/login",
    "/verify",
    "/help",
    "/rules",
    "/log",
    "/mailbox",
    "/nowhere",
    "/i/unknown-token",
)
CONSULTANT = ("/dashboard", "/wallet", "/wallet/top-up", "/sessions", "/documents")
ROLES = {
    "consultant": (*CONSULTANT, "/dashboard?side=client", "/rate", "/rate?rate=25"),
    "client": ("/dashboard", "/wallet", "/sessions", "/documents"),
    "accountant": ("/documents", "/documents?kind=act&since=2026-01-01&party=x", "/dashboard"),
    "curator": ("/documents", "/dashboard", "/plans", "/plans/client-pays"),
}


class Outline(HTMLParser):
    """What matters of a page: headings, scripts, forms and their tokens, attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.headings = 0
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.posts = 0
        self.tokens = 0
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        self.headings += tag == "h1"
        self.posts += tag == "form" and given.get("method") == "post"
        self.tokens += given.get("name") == "csrf" and tag == "input"
        self.ids += [given["id"] or ""] if "id" in given else []
        self.wrong += [f"{tag} {name}" for name in given if name == "style" or name[:2] == "on"]
        if tag == "script" and not given.get("src") and given.get("type") != "application/json":
            self.wrong.append("inline script")
        if tag == "style":
            self.wrong.append("inline style")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


async def outline(browser: aiohttp.ClientSession, path: str, language: str) -> Outline:
    async with browser.get(path, headers={"Accept-Language": language}) as answer:
        page = await answer.text()
        assert answer.status < 500, path
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    found = Outline()
    found.feed(page)
    assert re.search(r"<title>[^<]+ · (Минута|Minuta)</title>", page), path
    return found


def judge(found: Outline, path: str, language: str) -> None:
    assert found.headings == 1, path
    assert found.wrong == [], path
    assert found.posts == found.tokens, path
    assert len(found.ids) == len(set(found.ids)), path
    assert found.language == language, path


async def enter(browser: aiohttp.ClientSession, role: str) -> None:
    async with browser.get("/") as answer:
        token = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
    assert token is not None
    await browser.post("/demo-login", data={"role": role, "csrf": token[1]})


async def test_public_pages_in_both_languages(served: Served) -> None:
    async with served.browser() as browser:
        for language in ("ru", "en"):
            for path in PUBLIC:
                judge(await outline(browser, path, language), path, language)


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_pages_of_each_role(served: Served, role: str) -> None:
    async with served.browser() as browser:
        await enter(browser, role)
        for path in ROLES[role]:
            judge(await outline(browser, path, "ru"), path, "ru")


async def test_pages_of_a_session_that_waits(served: Served) -> None:
    async with served.browser() as browser, served.robot() as host, served.robot() as client:
        number = await meeting(served, host, client)
        await enter(browser, "consultant")
        value = await host.get("/dashboard")
        assert value["running"] is None
        assert value["invite"]["session"] == number
        for path in (
            f"/sessions/{number}",
            f"/sessions/{number}/result",
            f"/sessions/{number}/terms",
            f"/sessions/{number}/room",
            f"/invites/{value['invite']['id']}",
            "/dashboard",
            value["invite"]["link"].removeprefix(served.base),
        ):
            judge(await outline(browser, path, "ru"), path, "ru")


async def test_english_pages_speak_no_russian(served: Served) -> None:
    """Names of people and of languages are theirs; all other words are English."""
    async with served.browser() as browser:
        for path in ("/", "/login", "/help", "/rules", "/verify", "/nowhere"):
            found = await outline(browser, path, "en")
            words = re.findall(r"[А-Яа-яёЁ]+", " ".join(found.text))
            assert set(words) <= {
                "Русский", "Иван", "Кузнецов", "Анна", "Петрова",
                "Ольга", "Смирнова", "Пётр", "Орлов", "Мария", "Белова",
            }, path  # fmt: skip


async def test_language_and_theme_are_chosen_and_keep_the_page(served: Served) -> None:
    async with served.browser() as browser:
        found = await outline(browser, "/help", "ru")
        assert found.language == "ru"
        async with browser.get("/help") as answer:
            token = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
        assert token is not None
        data = {"csrf": token[1], "next": "/help", "language": "en", "theme": "dark"}
        async with browser.post("/settings/language", data=data) as answer:
            assert answer.url.path == "/help"
            assert 'lang="en"' in await answer.text()
        async with browser.post("/settings/theme", data=data) as answer:
            assert 'data-theme="dark"' in await answer.text()
        for field in ("language", "theme"):
            wrong = data | {field: "klingon"}
            async with browser.post(f"/settings/{field}", data=wrong) as answer:
                assert answer.status == 422


async def test_words_of_people_are_escaped(served: Served) -> None:
    topic = "<script>alert(1)</script> & \"'"
    async with served.browser() as browser, served.robot() as host:
        await host.enter("consultant")
        made = await host.post("/sessions", topic=topic, plan="host-pays", rate="20")
        await enter(browser, "consultant")
        for path in ("/dashboard", "/sessions", f"/sessions/{made['number']}", made["link"]):
            async with browser.get(path.removeprefix(served.base)) as answer:
                page = await answer.text()
            assert "<script>alert" not in page
            assert "alert(1)" in page


async def test_a_server_that_is_no_demo_has_no_doors(served: Served) -> None:
    """Doors and mailbox are for demonstrations; the application says so by its settings."""
    assert served.app[CLOCK] is served.clock
    async with served.robot() as one:
        assert len((await one.get("/"))["doors"]) == 5
