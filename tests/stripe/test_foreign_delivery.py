"""A webhook that nobody here wrote: localstripe signs it, our whole server takes it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from ledger.cards import listed
from tests.stripe.foreign import localstripe
from tests.stripe.oracles import why_missing
from tests.web.serving import Served, serving
from web import metrics
from web.settings import Secret, StripeSettings

KEY, SECRET = "sk_test_localstripe", "whsec_localstripe"
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2034", "cvc": "123"}
LOOKS_MAX = 200


async def asked(http: aiohttp.ClientSession, path: str, **form: str) -> dict[str, str]:
    async with http.post(f"/v1/{path}", data=form) as answer:
        assert answer.status == 200, await answer.text()
        return dict(await answer.json())


async def paid(foreign: str, hook: str, secret: str) -> str:
    """A payment at localstripe, which tells our address of it; its id."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession(foreign, headers=headers) as http:
        told = {"url": hook, "secret": secret, "events": ["payment_intent.succeeded"]}
        async with http.post("/_config/webhooks/minuta", json=told) as answer:
            assert answer.status == 200
        card = {f"card[{name}]": value for name, value in CARD.items()}
        method = await asked(http, "payment_methods", type="card", **card)
        made = await asked(
            http, "payment_intents", amount="5000", currency="eur",
            payment_method=method["id"], confirm="true",
        )  # fmt: skip
    return made["id"]


async def news_of(served: Served, subject: str) -> list[str]:
    async with served.database.reading() as db:
        return [one.notice.kind for one in await listed(db, subject=subject)]


def refused() -> int:
    """How many deliveries had a signature that is not ours, in this process."""
    return int(metrics.NEWS_REFUSED.labels("bad_signature")._value.get())


async def until(true: Callable[[], Awaitable[object]]) -> None:
    for _ in range(LOOKS_MAX):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing came")


@pytest.mark.slow
async def test_foreign_news_is_stored_and_forged_news_is_not(tmp_path: Path) -> None:
    if why_missing("localstripe"):
        pytest.skip(why_missing("localstripe"))
    async with localstripe() as foreign:
        account = StripeSettings(Secret(KEY), Secret(SECRET), foreign)
        url = f"sqlite:///{tmp_path}/minuta.db"
        async with serving(url, tmp_path, stripe=account) as served:
            served.clock.at = datetime.now(UTC)  # the foreign one signs by the wall clock
            hook = f"{served.base}/hooks/stripe"
            before = refused()

            async def one_was_refused() -> bool:
                return refused() == before + 1

            forged = await paid(foreign, hook, "whsec_somebody_else")
            await until(one_was_refused)
            intent = await paid(foreign, hook, SECRET)
            await until(lambda: news_of(served, intent))
            assert await news_of(served, intent) == ["payment_intent.succeeded"]
            assert await news_of(served, forged) == []
