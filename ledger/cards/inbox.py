"""The inbox of news: stored before it is believed, applied once, never lost; see `states`.

`receive` is all that a webhook does: one row, committed, then 200. `work_inbox` is a round of the
worker: claim, look at the acquirer outside any transaction, apply in one transaction together with
the row itself. Dead news waits for a person: `replay` or `skip`, both audited.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payments_store
from ledger.acquirer import CardGateway, Fact, Notice, PaymentStatus
from ledger.cards import store
from ledger.cards.applying import apply_fact
from ledger.cards.doing import Clock, Transactions
from ledger.cards.errors import NewsNotDead, NewsUnknown, NotYet
from ledger.cards.news import Backlog, News
from ledger.cards.states import NEXT, NewsState, back_off, gives_up
from ledger.control import Actor, record
from ledger.errors import GatewayRefused, GatewayUnreachable, UnknownAnswer
from ledger.payments import TopUp

Look = Callable[[Notice], Awaitable[Any]]
Apply = Callable[[AsyncConnection, Notice, Any, datetime], Awaitable[str]]

CLAIMED_MAX = 20
LISTED_MAX = 200

log = structlog.get_logger("cards")


# --- from the webhook


async def receive(db: AsyncConnection, notice: Notice, at: datetime) -> bool:
    """Store news whose signature was checked; False when it is here already."""
    return await store.add_news(db, notice, at)


async def take_now(db: AsyncConnection, notice: Notice, fact: Fact, at: datetime) -> str:
    """Store news and apply it in the same transaction: for an acquirer inside this very program,
    whose fact is known without asking. Answers the verdict, "" for news that is here already.
    """
    if not await store.add_news(db, notice, at):
        return ""
    verdict = await apply_fact(db, notice.gateway, notice.id, fact, at)
    news = await store.news_by_id(db, notice.gateway, notice.id, lock=True)
    assert news is not None
    await store.put_news(db, replace(news, state=NewsState.APPLIED, verdict=verdict), at)
    return verdict


async def credited(db: AsyncConnection, worked: Sequence[News]) -> list[TopUp]:
    """The top-ups that a round of work has brought in."""
    found = []
    for news in worked:
        if news.state is NewsState.APPLIED and news.verdict == PaymentStatus.SUCCEEDED.value:
            notice = news.notice
            paid = await payments_store.paid_by(db, notice.gateway, notice.subject)
            found += [paid] if paid else []
    return found


# --- the worker


async def work_inbox(
    transaction: Transactions,
    gateway: CardGateway,
    clock: Clock,
    more: Mapping[str, tuple[Look, Apply]] | None = None,
    at_once: int = 1,
    most: int = CLAIMED_MAX,
) -> list[News]:
    """One round: news that was due, with what came of it. Errors of one piece stay with it.

    `more` adds kinds (news of connected accounts): a kind's beginning → how to look, how to apply.
    """
    async with transaction() as db:
        claimed = await store.claim_news(db, gateway.name, clock(), most)
    work = [partial(_one, transaction, gateway, clock, more or {}, news) for news in claimed]
    if at_once <= 1:
        return [await one() for one in work]
    gate = asyncio.Semaphore(at_once)

    async def gated(one: Callable[[], Awaitable[News]]) -> News:
        async with gate:
            return await one()

    return list(await asyncio.gather(*(gated(one) for one in work)))


async def _one(
    transaction: Transactions,
    gateway: CardGateway,
    clock: Clock,
    more: Mapping[str, tuple[Look, Apply]],
    news: News,
) -> News:
    """Look, then apply; whatever fails puts the news off."""
    look, apply = _way(gateway, more, news.notice)
    try:
        fact = await look(news.notice)
        async with transaction() as db:
            at = clock()
            verdict = await apply(db, news.notice, fact, at) if fact is not None else "no_subject"
            state = NewsState.APPLIED if verdict not in IGNORED else NewsState.IGNORED
            settled = await store.settle_news(db, news, state, verdict, at)
            if not settled:
                raise LeaseLost
        return replace(news, state=state, verdict=verdict)
    except LeaseLost:
        return news
    except UnknownAnswer as error:
        log.error("news with a word that we do not know", news=news.notice.id, why=str(error))
        return await _put_off(transaction, news, str(error), clock())
    except (GatewayUnreachable, GatewayRefused, NotYet) as error:
        return await _put_off(transaction, news, str(error) or type(error).__name__, clock())
    except Exception as error:
        log.exception("news could not be applied", news=news.notice.id)
        return await _put_off(transaction, news, f"{type(error).__name__}: {error}", clock())


IGNORED = frozenset({"no_subject", "not_ours"})


class LeaseLost(Exception):
    """Another worker has the news: this transaction must leave no trace."""


def _way(
    gateway: CardGateway, more: Mapping[str, tuple[Look, Apply]], notice: Notice
) -> tuple[Look, Apply]:
    for beginning, way in more.items():
        if notice.kind.startswith(beginning):
            return way

    async def apply(db: AsyncConnection, notice: Notice, fact: Fact, at: datetime) -> str:
        return await apply_fact(db, gateway.name, notice.id, fact, at)

    return gateway.look, apply


async def _put_off(transaction: Transactions, news: News, why: str, at: datetime) -> News:
    """Later again, or dead."""
    dead = gives_up(news.tries, at - news.received_at)
    state = NewsState.DEAD if dead else NewsState.DEFERRED
    due_at = at + back_off(news.notice.id, news.tries)
    async with transaction() as db:
        await store.settle_news(db, news, state, why, at, due_at)
    if dead:
        log.error("news is dead", news=news.notice.id, kind=news.notice.kind, why=why)
    return replace(news, state=state, verdict=why, due_at=due_at)


# --- a person


async def replay(
    db: AsyncConnection, gateway: str, event_id: str, actor: Actor, why: str, at: datetime
) -> News:
    """Let dead news be tried anew, from the beginning. Raises: NewsUnknown, NewsNotDead."""
    news = await _that_may(db, gateway, event_id, NewsState.STORED)
    fresh = replace(
        news, state=NewsState.STORED, tries=0, verdict="replayed", received_at=at, due_at=at
    )
    await store.put_news(db, fresh, at)
    await record(db, actor, "news.replayed", f"news:{gateway}:{event_id}", why, at)
    return fresh


async def skip(
    db: AsyncConnection, gateway: str, event_id: str, actor: Actor, why: str, at: datetime
) -> News:
    """Lay dead news aside for good, with a reason. Raises: NewsUnknown, NewsNotDead, ValueError."""
    reason = " ".join(why.split())
    if not reason:
        raise ValueError("news is skipped with a reason")
    news = await _that_may(db, gateway, event_id, NewsState.SKIPPED)
    skipped = replace(news, state=NewsState.SKIPPED, verdict=f"skipped: {reason}")
    await store.put_news(db, skipped, at)
    await record(db, actor, "news.skipped", f"news:{gateway}:{event_id}", reason, at)
    return skipped


async def _that_may(db: AsyncConnection, gateway: str, event_id: str, after: NewsState) -> News:
    news = await store.news_by_id(db, gateway, event_id, lock=True)
    if news is None:
        raise NewsUnknown(event_id)
    if after not in NEXT[news.state]:
        raise NewsNotDead(event_id, news.state.value)
    return news


async def listed(
    db: AsyncConnection, state: NewsState | None = None, subject: str = "", limit: int = 50
) -> list[News]:
    """Newest first; of one state, or about one subject."""
    return await store.listed_news(db, state, subject, min(limit, LISTED_MAX))


async def backlog(db: AsyncConnection) -> Backlog:
    return await store.backlog(db)
