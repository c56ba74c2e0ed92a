"""The composition root: settings to a running application; the only place that picks adapters."""

import asyncio
import contextlib
import platform
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.cards import CardGateway
from metering import Clock, MeteringLoop, utc_now
from relay import Engine, RelaySettings
from web import (
    card_work,
    chores,
    closing_work,
    cosigning,
    courier,
    desk,
    exports,
    log_page,
    login,
    metrics,
    recordings,
    shield,
    squeeze,
    teller,
    wiring,
)
from web.adapters import cards_of, engine_of, gateway_of, payees_of, sealer_of
from web.db import Database
from web.hub import Hub
from web.keys import (
    CARD_NEWS,
    CARD_ROUND,
    CARDS,
    CLOCK,
    CLOSING_DUE,
    COSIGNING,
    DB,
    ENGINE,
    EXPORT_DUE,
    GATEWAY,
    HUB,
    LOOP,
    MEDIA,
    MONEY_DUE,
    MONEY_ROUND,
    NEWS,
    PATHS,
    PAYEES,
    PERIOD_PRESS,
    RECORDS,
    SEALER,
    SESSION_PRESS,
    SETTINGS,
    TAPING,
    TICKETS,
    VAULT,
)
from web.news import News
from web.node_key import node_key
from web.paths import Paths
from web.payee import payee_of
from web.records import Records
from web.routes import routes
from web.settings import Settings
from web.signers import Cosigning
from web.taping import Taping
from web.tickets import Tickets
from web.vault import Vault

BODY_BYTES_MAX = 24 * 1024 * 1024  # a document sent to /verify
STATIC = Path(__file__).parent / "static"

Job = Callable[[web.Application], Coroutine[Any, Any, None]]
JOBS: tuple[Job, ...] = (
    wiring.clerk,
    chores.pulse,
    chores.sweep,
    chores.nightly,
    courier.deliver,
    card_work.work,
    teller.work,
    recordings.work,
    cosigning.watch,
    log_page.tend,
    exports.work,
    closing_work.work,
)


def build(
    settings: Settings,
    database: Database,
    clock: Clock = utc_now,
    gateway: CardGateway | None = None,
    engine: Engine | None = None,
) -> web.Application:
    """An application that is ready to run; tests bring a clock, a gateway, an engine of theirs."""
    app = web.Application(
        middlewares=[
            metrics.measure,
            squeeze.squeeze,
            shield.headers,
            shield.errors,
            shield.limiter(),
            login.login,
            login.csrf,
            shield.plain_address,
            wiring.papers_follow,
            shield.repeat,
        ],
        client_max_size=BODY_BYTES_MAX,
    )
    app[SETTINGS], app[DB], app[CLOCK] = settings, database, clock
    app[HUB], app[NEWS], app[TICKETS] = Hub(), News(), Tickets()
    app[PATHS] = Paths()
    app[VAULT] = Vault(settings.folder / "files")
    app[MEDIA], app[TAPING] = relay_settings(settings), Taping()
    app[GATEWAY], app[CARD_NEWS] = gateway or gateway_of(settings), asyncio.Event()
    app[CARD_ROUND] = asyncio.Lock()
    app[CARDS], app[PAYEES] = cards_of(settings), payees_of(settings)
    app[EXPORT_DUE], app[CLOSING_DUE] = asyncio.Event(), asyncio.Event()
    app[MONEY_DUE], app[MONEY_ROUND] = asyncio.Event(), asyncio.Lock()
    app[SEALER] = sealer_of(settings, clock())
    app[SESSION_PRESS], app[PERIOD_PRESS] = asyncio.Lock(), asyncio.Lock()
    payee_of(settings)  # a wrong file is told now, not at the first invoice
    app[COSIGNING] = Cosigning(node_key(settings.folder))
    app[RECORDS] = Records(app[COSIGNING].counter)
    app[LOOP] = _metering_loop(app)
    app[ENGINE] = engine or engine_of(
        settings, app[MEDIA], lambda event: wiring.relay_saw(app, event), clock
    )
    app.add_routes(routes())
    if STATIC.is_dir():
        app.router.add_static("/static/", STATIC)
    app.cleanup_ctx.append(_work)
    app.on_shutdown.append(_say_goodbye)
    return app


def relay_settings(settings: Settings) -> RelaySettings:
    media = settings.media
    return RelaySettings(
        addresses=media.addresses or ("auto",),
        port_min=media.port_min,
        port_max=media.port_max,
        turn_urls=media.turn_urls,
        turn_secret=media.turn_secret.reveal(),
    )


def _metering_loop(app: web.Application) -> MeteringLoop:
    async def record(db: AsyncConnection, events: Sequence[Any]) -> None:
        await wiring.record(app, db, events)

    def publish(events: Sequence[Any]) -> None:
        wiring.metered(app, events)

    owner = (
        f"{platform.node()}:{app[SETTINGS].port}"  # the same after a restart: no wait for a lease
    )
    database = app[DB]
    return MeteringLoop(
        database.transaction,
        app[CLOCK],
        record,
        publish,
        owner=owner,
        shards_max=app[SETTINGS].shards_max,
        one_writer=database.sqlite,
    )


async def _work(app: web.Application) -> AsyncIterator[None]:
    """Meters, clerk, pulse, sweep, audit and courier run while the application does."""
    await chores.after_restart(app)
    tasks = [asyncio.create_task(app[LOOP].run(), name="meters")]
    tasks += [asyncio.create_task(job(app), name=job.__name__) for job in JOBS]
    yield
    await app[NEWS].settle()
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await app[ENGINE].close()
    await app[LOOP].close()
    await wiring.write_news(app)
    await app[NEWS].settle()
    for vendor in (app[GATEWAY], app[CARDS], app[PAYEES]):
        await vendor.close()


async def _say_goodbye(app: web.Application) -> None:
    await app[HUB].close()
    for peer in app[HUB].away():
        app[NEWS].spawn(desk.left(app, peer))
