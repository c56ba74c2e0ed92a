"""Typed keys of what the application and each request carry.

`request.app[DB]` and `request[PARTY]` are checked by mypy; nothing is looked up by a bare string.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from broker.parties import Login, Party
    from ledger.cards import CardGateway, CardKeeper, PayeeKeeper
    from metering import Clock, MeteringLoop
    from relay import Engine, RelaySettings
    from reports import Sealer
    from web.db import Database
    from web.hub import Hub
    from web.news import News
    from web.paths import Paths
    from web.records import Records
    from web.settings import Settings
    from web.signers import Cosigning
    from web.taping import Taping
    from web.tickets import Tickets
    from web.vault import Vault

DB: Final[web.AppKey["Database"]] = web.AppKey("database")
CLOCK: Final[web.AppKey["Clock"]] = web.AppKey("clock")
SETTINGS: Final[web.AppKey["Settings"]] = web.AppKey("settings")
ENGINE: Final[web.AppKey["Engine"]] = web.AppKey("engine")
LOOP: Final[web.AppKey["MeteringLoop"]] = web.AppKey("loop")
GATEWAY: Final[web.AppKey["CardGateway"]] = web.AppKey("gateway")
CARD_NEWS: Final[web.AppKey[asyncio.Event]] = web.AppKey("card_news", asyncio.Event)
CARDS: Final[web.AppKey["CardKeeper"]] = web.AppKey("cards")
PAYEES: Final[web.AppKey["PayeeKeeper"]] = web.AppKey("payees")
MONEY_DUE: Final[web.AppKey[asyncio.Event]] = web.AppKey("money_due", asyncio.Event)
CARD_ROUND: Final[web.AppKey[asyncio.Lock]] = web.AppKey("card_round", asyncio.Lock)
MONEY_ROUND: Final[web.AppKey[asyncio.Lock]] = web.AppKey("money_round", asyncio.Lock)
CLOSING_DUE: Final[web.AppKey[asyncio.Event]] = web.AppKey("closing_due", asyncio.Event)
EXPORT_DUE: Final[web.AppKey[asyncio.Event]] = web.AppKey("export_due", asyncio.Event)
HUB: Final[web.AppKey["Hub"]] = web.AppKey("hub")
SEALER: Final[web.AppKey["Sealer"]] = web.AppKey("sealer")
#: One paper of a session, and one of a period, is under way at a time.
SESSION_PRESS: Final[web.AppKey[asyncio.Lock]] = web.AppKey("session_press", asyncio.Lock)
PERIOD_PRESS: Final[web.AppKey[asyncio.Lock]] = web.AppKey("period_press", asyncio.Lock)
MEDIA: Final[web.AppKey["RelaySettings"]] = web.AppKey("media")
TAPING: Final[web.AppKey["Taping"]] = web.AppKey("taping")
COSIGNING: Final[web.AppKey["Cosigning"]] = web.AppKey("cosigning")
PATHS: Final[web.AppKey["Paths"]] = web.AppKey("paths")
RECORDS: Final[web.AppKey["Records"]] = web.AppKey("records")
NEWS: Final[web.AppKey["News"]] = web.AppKey("news")
VAULT: Final[web.AppKey["Vault"]] = web.AppKey("vault")
TICKETS: Final[web.AppKey["Tickets"]] = web.AppKey("tickets")

# Set on every request by web/login.py, before any handler runs.
LOGIN: Final[web.RequestKey["Login | None"]] = web.RequestKey("login", object)  # type: ignore[arg-type]
PARTY: Final[web.RequestKey["Party | None"]] = web.RequestKey("party", object)  # type: ignore[arg-type]
LOCALE: Final[web.RequestKey[str]] = web.RequestKey("locale", str)
CSRF: Final[web.RequestKey[str]] = web.RequestKey("csrf", str)
REQUEST_ID: Final[web.RequestKey[str]] = web.RequestKey("request_id", str)
