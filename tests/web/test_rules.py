"""The rules for a payer: computed examples, the calculator, and what is agreed in a session."""

import hashlib
import json
from typing import Any

from broker.sessions import journal
from metering import quote
from tests.web.asking import JSON, ask
from tests.web.serving import Served, meeting
from web.rules_page import QUESTIONS, examples


def test_examples_are_what_quote_says() -> None:
    """As an accountant would write them down: connected, paid, charged, ended by money."""
    told = {one.code: (one.connected_s, one.paid_s, one.charge.minor, one.cut_s) for one in
            examples()}  # fmt: skip
    assert told == {
        "whole_minute": (60, 60, 20_00, None),
        "begun_minute": (70, 120, 40_00, None),
        "paused": (100, 60, 20_00, None),
        "only_pause": (100, 0, 0, None),
        "money_for_two": (400, 120, 40_00, 120),
        "too_little": (60, 0, 0, 0),
        "by_seconds": (61, 61, 20_34, None),
        "grace": (15, 0, 0, None),
        "after_grace": (16, 60, 20_00, None),
        "first_free": (600, 300, 100_00, None),
        "fee": (600, 600, 205_00, None),
        "at_least": (30, 60, 50_00, None),
        "at_most": (400, 180, 50_00, 180),
        "evening": (120, 120, 50_00, None),
    }
    for one in examples():
        assert quote(json.loads(one.question)) == quote(QUESTIONS[one.code])


ASKED: tuple[tuple[str, dict[str, int]], ...] = (
    ("plan=host-pays&minutes=10", {"charge": 10_00, "platform": 10_00, "paid_s": 600}),
    ("plan=client-pays&seconds=70", {"charge": 40_00, "provider": 36_00, "platform": 4_00}),
    ("plan=client-pays&rate=25&minutes=2&paused=61", {"charge": 25_00, "billable_s": 59}),
    (
        "plan=client-pays&minutes=9&balance=50",
        {"charge": 40_00, "cut_s": 120, "balance_after": 10_00},
    ),
    ("plan=client-pays&minutes=1&balance=0", {"charge": 0, "cut_s": 0}),
    ("plan=host-pays&rate=99&minutes=1", {"charge": 1_00}),
)


async def test_the_calculator(served: Served) -> None:
    for asked, wanted in ASKED:
        told = await ask(served, "GET", f"/rules?{asked}", headers=JSON)
        answer = told.value["answer"]
        flat = {k: v["minor"] if isinstance(v, dict) else v for k, v in answer.items()}
        assert {name: flat[name] for name in wanted} == wanted


async def test_the_page_in_words_and_what_is_wrong_with_a_question(served: Served) -> None:
    for asked, field in (
        ("plan=free", "plan"),
        ("plan=host-pays&minutes=x", "minutes"),
        ("plan=host-pays&seconds=99999999", "seconds"),
        ("plan=host-pays&minutes=600&seconds=1", "minutes"),
        ("plan=client-pays&rate=даром", "rate"),
        ("plan=client-pays&balance=-1", "balance"),
    ):
        told = await ask(served, "GET", f"/rules?{asked}", headers=JSON)
        assert (told.status, list(told.value["errors"])) == (422, [field])
        assert told.value["answer"] is None
    for language, words in (("ru", "Секунда считается"), ("en", "A second counts")):
        told = await ask(served, "GET", "/rules?plan=host-pays&minutes=10", language=language)
        assert told.status == 200
        assert words in told.text
        assert told.text.count('scope="row"') == len(QUESTIONS)


async def agreed(served: Served, plan: str) -> tuple[Any, Any, str]:
    """What host and client are shown, by JSON, and the page of the invitation."""
    async with served.robot() as host, served.robot() as client:
        number = await meeting(served, host, client, plan)
        path = f"/sessions/{number}/terms"
        link = (await host.get("/dashboard"))["invite"]["link"].removeprefix(served.base)
        page = await ask(served, "GET", f"{link}/terms")
        assert page.status == 200
        mine, theirs = await host.get(path), await client.get(path)
    async with served.database.reading() as db:
        facts = await journal.facts(db, number)
    assert {mine["sha256"], theirs["sha256"]} == {facts[0].body["tariff_sha256"]}
    return mine, theirs, page.text


async def test_both_read_the_frozen_tariff_of_a_paying_client(served: Served) -> None:
    mine, theirs, page = await agreed(served, "client-pays")
    assert mine["tariff"] == theirs["tariff"]
    assert hashlib.sha256(mine["tariff"].encode()).hexdigest() == mine["sha256"]
    for words in ("20,00\u00a0₽ за минуту", "90\u00a0% консультанту", "72 часа", "15\u00a0минут"):
        assert words in page, words


async def test_a_guest_learns_nothing_of_the_consultants_price(served: Served) -> None:
    mine, theirs, page = await agreed(served, "host-pays")
    assert json.loads(mine["tariff"])["payer"] == "host"
    assert theirs["tariff"] == ""
    assert "₽" not in page
    assert "Бесплатно для вас" in page or "Для вас бесплатно" in page


async def test_terms_are_for_those_with_the_link_and_both_sides(served: Served) -> None:
    async with served.robot() as host, served.robot() as client, served.robot() as petr:
        number = await meeting(served, host, client)
        await petr.enter("curator")
        other = await ask(served, "GET", f"/sessions/{number}/terms", petr.token, headers=JSON)
        nobody = await ask(served, "GET", f"/sessions/{number}/terms", headers=JSON)
        wrong = await ask(served, "GET", "/i/no-such-token/terms", headers=JSON)
        assert [told.status for told in (other, nobody, wrong)] == [404, 401, 404]
