"""The books on the pages: who may read them, what they show, how a month is closed."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from yarl import URL

from ledger import Account, AccountKind, Draft, Leg, post_many, seal
from ledger.books import roll_up
from tests.web.serving import Served, meeting
from tests.web.test_pages import enter, judge, outline
from web.books_query import Question, question_of
from web.chores import keep_books
from web.handlers import books as books_handlers
from web.keys import CLOCK

SESSION = "S-2026-000777"
ESCROW = Account(AccountKind.ESCROW, SESSION)
BOB = Account(AccountKind.PREPAID, "bob/odd owner")
CASH = Account(AccountKind.CASH, "demo")
COMMISSION = Account(AccountKind.COMMISSION)
OCTOBER = "first=2026-10-01&last=2026-10-31"


async def october(served: Served) -> None:
    """Bob pays 100.00 in, a session takes 60.00 in three minutes and is settled."""
    at = datetime(2026, 10, 5, 12, tzinfo=UTC)
    drafts = [Draft("psp", "demo:1", "top_up", (Leg(CASH, -10_000), Leg(BOB, 10_000)), ref="top-1")]
    drafts += [
        Draft("tick", f"{SESSION}:{n}", "minute", (Leg(BOB, -2000), Leg(ESCROW, 2000)), ref=SESSION)
        for n in range(3)
    ]
    legs = (Leg(ESCROW, -6000), Leg(COMMISSION, 6000))
    drafts += [Draft("settle", SESSION, "settlement", legs, ref=SESSION, memo="=1+1")]
    async with served.database.transaction() as db:
        for number, draft in enumerate(drafts):
            [result] = await post_many(db, [draft], at + timedelta(days=number))
            result.raise_for_status()


async def value(browser: aiohttp.ClientSession, path: str, status: int = 200) -> Any:
    """The page's value as a script gets it."""
    headers = {"Accept": "application/json"}
    async with browser.get(URL(path, encoded=True), headers=headers) as answer:
        assert answer.status == status, path
        return await answer.json()


@pytest.mark.parametrize("role", ["consultant", "client"])
async def test_the_books_are_for_officers(served: Served, role: str) -> None:
    async with served.browser() as browser:
        await enter(browser, role)
        for path in ("", "/journals", "/export/file?format=csv", "/closing", "/accounts/cash/demo"):
            await value(browser, f"/books{path}", 403)


async def test_each_number_leads_to_its_entries(served_both: Served) -> None:
    """Trial balance → accounts → statement → journal → what it is about."""
    await october(served_both)
    async with served_both.browser() as browser:
        await enter(browser, "accountant")
        trial = await value(browser, f"/books?{OCTOBER}")
        prepaid = next(line for line in trial["lines"] if line["kind"] == "prepaid")
        assert prepaid["credits"]["minor"] - prepaid["debits"]["minor"] == 4_000
        assert trial["balanced"]
        accounts = await value(browser, f"/books/accounts/prepaid?{OCTOBER}")
        assert [line["owner"] for line in accounts["lines"]] == ["bob/odd owner"]
        statement = await value(browser, f"/books/accounts/prepaid/bob%2Fodd%20owner?{OCTOBER}")
        assert statement["closing"]["minor"] == 4_000
        assert [line["kind"] for line in statement["lines"]] == ["top_up"] + 3 * ["minute"]
        minute = await value(browser, f"/books/journals/{statement['lines'][1]['journal_id']}")
        assert [entry["amount"]["minor"] for entry in minute["journal"]["entries"]] == [-2000, 2000]
        about = await value(browser, f"/books/about/{minute['journal']['ref']}")
        assert about["what"] == "session"
        assert [one["kind"] for one in about["journals"]] == 3 * ["minute"] + ["settlement"]
        found = await value(browser, f"/books/journals?{OCTOBER}&amount=60&account=commission")
        assert [one["id"] for one in found["journals"]] == [f"settle:{SESSION}"]
        platform = await value(browser, f"/books/accounts/commission/~?{OCTOBER}")
        assert platform["closing"]["minor"] == 6_000


async def test_pages_of_a_statement_and_of_journals(served: Served) -> None:
    await october(served)
    at = datetime(2026, 10, 20, tzinfo=UTC)
    drafts = [
        Draft("many", str(n), "fix", (Leg(CASH, -1), Leg(BOB, 1)), ref="many") for n in range(120)
    ]
    async with served.database.transaction() as db:
        await post_many(db, drafts, at)
    async with served.browser() as browser:
        await enter(browser, "accountant")
        for path, rows in (
            (f"/books/accounts/prepaid/bob%2Fodd%20owner?{OCTOBER}", "lines"),
            (f"/books/journals?{OCTOBER}", "journals"),
        ):
            seen, where = [], path
            while where:
                page = await value(browser, where)
                seen += page[rows]
                where = page["next"]
            assert len(seen) == 124 + (rows == "journals")


async def test_a_file_comes_in_pieces(served_both: Served) -> None:
    await october(served_both)
    async with served_both.browser() as browser:
        await enter(browser, "accountant")
        async with browser.get(f"/books/export/file?{OCTOBER}&format=csv") as answer:
            assert answer.status == 200
            assert answer.headers["Content-Disposition"].endswith('2026-10-01-2026-10-31.csv"')
            rows = list(csv.DictReader(io.StringIO(await answer.text(), newline="")))
        assert len(rows) == 11
        assert rows[-2]["memo"] == "'=1+1"
        async with browser.get(f"/books/export/file?{OCTOBER}&format=xlsx") as answer:
            assert (await answer.read())[:2] == b"PK"
        async with browser.get(f"/books/export/file?{OCTOBER}&format=pdf") as answer:
            assert answer.status == 422
        async with browser.get("/books/export/file?first=2026-02-02&last=2026-02-01") as answer:
            assert answer.status == 422
            assert answer.content_type == "text/html"


async def test_a_file_that_fails_is_not_whole(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> AsyncIterator[bytes]:
        yield b"batch,journal\r\n"
        raise RuntimeError("the database went away")

    monkeypatch.setattr(books_handlers.books, "export_journal", broken)
    async with served.browser() as browser:
        await enter(browser, "accountant")
        with pytest.raises(aiohttp.ClientError):
            async with browser.get(f"/books/export/file?{OCTOBER}&format=csv") as answer:
                await answer.read()


async def test_a_month_is_closed_with_a_confirmation(served_both: Served) -> None:
    await october(served_both)
    async with served_both.browser() as browser:
        await enter(browser, "accountant")
        assert (await value(browser, "/books"))["to_close"] == "2026-10-01"
        shown = await value(browser, "/books/closing?first=2026-10-01")
        assert (shown["balanced"], shown["problem"]) == (True, "")
        assert await close(browser, "2026-10-01", "") == 422
        assert await close(browser, "2026-11-01", "yes") == 409
        assert await close(browser, "2026-10-01", "yes") == 200
        assert await close(browser, "2026-10-01", "yes") == 409
        books = await value(browser, "/books")
        assert [month["first"] for month in books["closed"]] == ["2026-10-01"]
        assert books["to_close"] is None
        audit = await value(browser, "/control/journal?action=period.closed")
        assert [line["subject"] for line in audit["lines"]] == ["period:2026-10-01"]


async def close(browser: aiohttp.ClientSession, first: str, sure: str) -> int:
    """The status of the page where a press on the button ends."""
    async with browser.get("/books/closing", params={"first": first}) as answer:
        token = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
    assert token is not None
    form = {"first": first, "sure": sure, "csrf": token[1]}
    async with browser.post("/books/closing", data=form) as answer:
        return answer.status


async def test_an_officer_comes_from_a_session_to_its_money(served: Served) -> None:
    async with served.robot() as host, served.robot() as guest, served.browser() as browser:
        number = await meeting(served, host, guest)
        await enter(browser, "accountant")
        async with browser.get(f"/sessions/{number}", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, f"/books/about/{number}")
        await value(browser, "/sessions/S-2026-999999", 404)
        await enter(browser, "client")
        await value(browser, f"/sessions/{number}", 404)


async def test_the_chore_seals_and_sums(served_both: Served) -> None:
    await october(served_both)
    await keep_books(served_both.app)
    async with served_both.database.transaction() as db:
        assert await seal(db, served_both.app[CLOCK]()) is None
        assert await roll_up(db) == 0


async def test_every_page_in_both_languages(served: Served) -> None:
    await october(served)
    async with served.browser() as browser:
        await enter(browser, "curator")
        for path in (
            f"/books?{OCTOBER}",
            "/books?first=2020-01-01&last=2020-01-31",
            "/books?first=2026-02-02&last=2026-02-01",
            f"/books/accounts/escrow?{OCTOBER}&by=recorded&currency=USD",
            f"/books/accounts/prepaid/bob%2Fodd%20owner?{OCTOBER}",
            f"/books/journals?{OCTOBER}&amount=none",
            f"/books/journals/settle:{SESSION}",
            f"/books/about/{SESSION}",
            "/books/export",
            "/books/closing?first=2026-10-01",
        ):
            for language in ("ru", "en"):
                browser.cookie_jar.update_cookies({"language": language}, URL(served.base))
                judge(await outline(browser, path, language), path, language)
        for path in ("/books/journals/none:1", "/books/about/nothing", "/books/accounts/nothing"):
            async with browser.get(path) as answer:
                assert answer.status == 404


def ask(**query: str) -> Question:
    return question_of(query, datetime(2026, 11, 21, tzinfo=UTC).date(), str)


def test_what_is_asked_without_words() -> None:
    usual = ask()
    assert (str(usual.first), str(usual.last), usual.currency) == (
        "2026-11-01", "2026-11-30", "RUB",
    )  # fmt: skip
    assert ask(first="2026-02-30").errors == {"first": "This is no day"}
    assert ask(first="2026-03-01", last="2026-02-01").errors["last"]
    assert str(ask(last="2026-02-10").first) == "2026-02-01"
    assert ask(currency="=1").currency == "RUB"
    assert ask(by="recorded", currency="EUR").query.endswith("by=recorded&currency=EUR")
