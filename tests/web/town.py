"""A server with something to show on every page, and the list of pages that show it.

`TOWN` has for each GET route who looks at it and where; what gives no page is in `NO_PAGES`. A
route that is in neither fails `test_every_page.py`, so a new page joins by a line here.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.web.serving import Served, serving
from tests.web.test_auto_top_up import HOME as AUTO
from tests.web.test_auto_top_up import TERMS
from tests.web.test_bank import billed, came, resident, sent, statement
from tests.web.test_books import october
from tests.web.test_company import called
from tests.web.test_disputes import opened, paid, told
from tests.web.test_earnings import earned
from tests.web.test_rulings import contested
from tests.web.test_wiring import live
from web import wiring
from web.keys import SETTINGS
from web.robot import Robot

TOPIC = "Не проводится документ"
ROLES = ("consultant", "client", "accountant", "curator", "colleague")

# Route -> "who path", with what was made in the holes.
TOWN: dict[str, tuple[str, ...]] = {
    "/": ("nobody /", "client /"),
    "/help": ("nobody /help",),
    "/help/device": ("nobody /help/device",),
    "/design": ("nobody /design",),
    "/login": ("nobody /login",),
    "/login/passkey/offer": ("client /login/passkey/offer",),
    "/account-deleted": ("nobody /account-deleted",),
    "/settings": ("client /settings", "consultant /settings"),
    "/settings/security": ("client /settings/security",),
    "/settings/security/deletion": ("client /settings/security/deletion",),
    "/mailbox": ("nobody /mailbox", "client /mailbox"),
    "/dashboard": (
        "consultant /dashboard",
        "consultant /dashboard?side=client",
        "client /dashboard",
        "colleague /dashboard",
    ),
    "/rules": (
        "nobody /rules",
        "nobody /rules?plan=client-pays&rate=20&minutes=12&seconds=30&balance=100",
        "nobody /rules?plan=client-pays&rate=much&minutes=-1",
    ),
    "/rate": ("consultant /rate", "consultant /rate?rate=25"),
    "/profile": ("consultant /profile", "client /profile"),
    "/wallet": ("client /wallet", "colleague /wallet"),
    "/wallet/top-up": ("client /wallet/top-up",),
    "/wallet/top-up/{id}": ("client /wallet/top-up/{top_up}", "client /wallet/top-up/{refused}"),
    "/wallet/refund": ("client /wallet/refund",),
    "/wallet/invoice": ("client /wallet/invoice",),
    "/wallet/invoice/{number}": ("client /wallet/invoice/{bill}",),
    "/wallet/auto-top-up": ("client /wallet/auto-top-up", "colleague /wallet/auto-top-up"),
    "/earnings": ("consultant /earnings", "colleague /earnings"),
    "/demo-bank/cards/{id}": ("client {cards}",),
    "/demo-bank/{ref}": ("client /demo-bank/{top_up}",),
    "/sessions": ("consultant /sessions", "client /sessions", "colleague /sessions"),
    "/sessions/{number}": (
        "consultant /sessions/{ended}",
        "client /sessions/{ended}",
        "consultant /sessions/{waiting}",
    ),
    "/sessions/{number}/terms": ("client /sessions/{ended}/terms",),
    "/sessions/{number}/room": ("consultant /sessions/{waiting}/room",),
    "/sessions/{number}/result": (
        "consultant /sessions/{ended}/result",
        "client /sessions/{ended}/result",
    ),
    "/sessions/{number}/dispute": (
        "client /sessions/{ended}/dispute",
        "consultant /sessions/{ended}/dispute",
    ),
    "/invites/{id}": (
        "consultant /invites/{waiting_invite}",
        "consultant /invites/{off_invite}",
    ),
    "/i/{token}": ("nobody {waiting_link}", "nobody {off_link}", "nobody /i/unknown-token"),
    "/i/{token}/terms": ("nobody {waiting_link}/terms",),
    "/c/{token}": ("colleague {call}",),
    "/books": ("accountant /books",),
    "/books/accounts/{kind}": ("accountant /books/accounts/prepaid",),
    "/books/accounts/{kind}/{owner:.+}": ("accountant /books/accounts/cash/demo",),
    "/books/journals": ("accountant /books/journals",),
    "/books/journals/{id:.+}": ("accountant /books/journals/settle%3AS-2026-000777",),
    "/books/about/{ref:.+}": ("accountant /books/about/S-2026-000777",),
    "/books/export": ("accountant /books/export",),
    "/books/closing": ("accountant /books/closing",),
    "/bank": ("accountant /bank",),
    "/bank/accounts/{number}": ("accountant /bank/accounts/{account}",),
    "/bank/import": ("accountant /bank/import",),
    "/bank/questions": ("accountant /bank/questions",),
    "/rulings": ("curator /rulings", "curator /rulings?which=all"),
    "/rulings/{number}": ("curator /rulings/{ended}",),
    "/disputes": ("accountant /disputes",),
    "/disputes/{gateway}/{id}": ("accountant /disputes/demo/dp_1",),
    "/documents": ("consultant /documents", "accountant /documents", "colleague /documents"),
    "/documents/months": ("accountant /documents/months", "curator /documents/months"),
    "/documents/{number}": ("client /documents/U-2026-000001",),
    "/documents/{number}/einvoice": ("client /documents/U-2026-000001/einvoice",),
    "/reports": ("consultant /reports", "client /reports", "accountant /reports"),
    "/documents/period": ("client /documents/period", "accountant /documents/period"),
    "/documents/{number}/upd": ("client /documents/U-2026-000001/upd",),
    "/exports": ("client /exports", "colleague /exports"),
    "/verify": ("nobody /verify",),
    "/log": ("nobody /log",),
    "/plans": ("curator /plans",),
    "/plans/{plan}": ("curator /plans/client-pays",),
    "/control": ("curator /control",),
    "/control/journal": ("curator /control/journal",),
    "/control/journal/check": ("curator /control/journal/check",),
    "an unknown address": ("nobody /nowhere", "client /nowhere"),
    "for another role": ("client /control",),
}
# Files, JSON, a socket, and ways on that show no page of their own.
NO_PAGES = {
    "/wallet/auto-top-up/{id}/confirmed",
    "/wallet/cards/{id}",
    "/earnings/account",
    "/sessions/{number}/socket",
    "/sessions/{number}/files/{id}",
    r"/sessions/{number}/recordings/{n:\d{1,4}}",
    "/books/export/file",
    "/bank/orders/{number}.txt",
    "/documents/{number}.pdf",
    "/sessions/register",
    "/login/passkey",
    "/exports/{id}",
    "/seal.pem",
    "/log/key",
    "/log/checkpoint",
    "/log/checkpoints",
    "/log/proof",
    "/log/consistency",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/openapi.json",
}


@dataclass
class Town:
    """A server where everything has happened. holes: what the paths of TOWN want to know."""

    served: Served
    tokens: dict[str, str] = field(default_factory=dict)
    holes: dict[str, str] = field(default_factory=dict)

    def views(self) -> list[tuple[str, str]]:
        """Who looks at which path."""
        told = [line.split(" ", 1) for lines in TOWN.values() for line in lines]
        return [(who, re.sub(r"\{(\w+)\}", lambda m: self.holes[m[1]], path)) for who, path in told]

    def cookies(self, who: str) -> list[dict[str, str]]:
        """What a browser of that role has to bring; nothing for nobody."""
        name = self.served.app[SETTINGS].cookie
        token = self.tokens.get(who)
        return [{"name": name, "value": token, "url": self.served.base}] if token else []


@asynccontextmanager
async def a_town(folder: Path) -> AsyncIterator[Town]:
    """All that TOWN shows, on SQLite, with a relay without media and a clock that stands."""
    async with (
        serving(f"sqlite:///{folder}/minuta.db", folder) as served,
        AsyncExitStack() as open_,
    ):
        town = Town(served)
        robots = {}
        for role in ROLES:
            robots[role] = served.robot()
            await robots[role].enter(role)
            town.tokens[role] = robots[role].token
        await _a_quarrel(town, robots["client"])
        await _money(town, robots)
        await _sessions(town, robots["consultant"], open_)
        yield town


async def _a_quarrel(town: Town, client: Robot) -> None:
    """A session that was paid for, "not resolved", with its papers and an act for the period."""
    async with contested(town.served) as (one, _curator):
        town.holes["ended"] = one.number
    facts = {"kind": "client", "name": "ООО «Ромашка»", "inn": "7707083893", "kpp": "773601001"}
    await client.post("/documents/period", **facts)
    await client.post("/exports", form="xlsx", since="2026-11-01", until="2026-11-30")


async def _money(town: Town, robots: dict[str, Robot]) -> None:
    """Top-ups in every state, an invoice, a statement with a question, earnings, a dispute."""
    served, client, accountant = town.served, robots["client"], robots["accountant"]
    for name, key, decision in (("top_up", "t1", ""), ("refused", "t2", "refuse")):
        begun = await client.post("/wallet/top-up", amount="500", key=key)
        town.holes[name] = begun["id"]
        if decision:
            await client.post(f"/demo-bank/{begun['id']}", decision=decision)
    sent_on = await client.post(AUTO, key="k1", **TERMS)
    town.holes["cards"] = str(sent_on["location"]).removeprefix(served.base)
    payment, _token = await paid(served, "100")
    await told(served, opened(payment, 10_000))
    await october(served)
    await earned(served)
    await robots["consultant"].post("/earnings/account")
    await resident(client)
    town.holes["bill"] = (await billed(client))["number"]
    _, seen = await sent(served, accountant, statement(came(700, "Оплата по письму")))
    await accountant.post(f"/bank/import/{seen['sha256']}")
    town.holes["account"] = (await accountant.get("/bank"))["accounts"][0]["number"]


async def _sessions(town: Town, host: Robot, open_: AsyncExitStack) -> None:
    """One that runs with a colleague called, one that waits for a client, one called off."""
    one = await open_.enter_async_context(live(town.served, "host-pays"))
    town.holes["call"] = await called(one)
    for name in ("off", "waiting"):
        made = await host.post("/sessions", topic=TOPIC, plan="host-pays", rate="20")
        invite = (await host.get("/dashboard"))["invite"]
        assert invite["session"] == made["number"]
        town.holes |= {name: made["number"], f"{name}_invite": invite["id"]}
        town.holes[f"{name}_link"] = made["link"].removeprefix(town.served.base)
        if name == "off":
            await wiring.hang_up(town.served.app, made["number"], "host", "hung_up")
