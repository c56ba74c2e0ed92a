"""Allowances: who was given how many seconds, what is left of them, and what goes back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from metering import store_allowances as store
from metering.allowances import Drawn, Grant, kept_of
from metering.errors import AllowanceConflict, BadField
from metering.tariffs import KIND


async def grant_allowance(
    db: AsyncConnection,
    payer: str,
    seconds: int,
    at: datetime,
    key: str,
    kind: str = "minutes",
    step_s: int = 60,
    expires_at: datetime | None = None,
) -> Grant:
    """Give a party so many seconds, whole steps of them, for tariffs whose `allowance` is `kind`.

    `key` is natural and makes a grant single: the same again changes nothing. Raises: BadField;
    AllowanceConflict when it was granted otherwise.
    """
    if step_s < 1:
        raise BadField("step_s", "must be at least 1")
    if seconds < step_s or seconds % step_s:
        raise BadField("seconds", f"must be whole steps of {step_s} seconds")
    if not KIND.fullmatch(kind):
        raise BadField("kind", "must be small letters, digits and hyphens, 40 at most")
    if expires_at is not None and expires_at <= at:
        raise BadField("expires_at", "is over")
    wanted = Grant(f"{key}:{payer}", payer, kind, seconds, step_s, seconds, at, expires_at)
    await store.add(db, wanted)
    found = await store.named(db, wanted.id)
    if _terms(found) != _terms(wanted):
        raise AllowanceConflict(wanted.id)
    return found


def _terms(grant: Grant) -> tuple[str, str, int, int, datetime | None]:
    return grant.payer, grant.kind, grant.seconds, grant.step_s, grant.expires_at


async def allowances_of(db: AsyncConnection, payer: str) -> list[Grant]:
    """Every grant to a party, in the order of use; also those that are used up or over."""
    return await store.of_payer(db, payer)


async def seconds_used(db: AsyncConnection, session: str) -> dict[int, list[Drawn]]:
    """What allowances paid of a session, by increment."""
    return (await store.uses_of(db, [session])).get(session, {})


async def seconds_used_of_each(
    db: AsyncConnection, sessions: Collection[str]
) -> dict[str, dict[int, list[Drawn]]]:
    """The same of many sessions, by session."""
    return await store.uses_of(db, sessions)


async def return_seconds(
    db: AsyncConnection, session: str, kept_bp: int, at: datetime
) -> tuple[tuple[str, int], ...]:
    """An unresolved session keeps a share of the seconds that it took, those that it took first;
    the rest goes back to its grants. What went back, by grant; again: nothing.
    """
    used = await seconds_used(db, session)
    if not used or session in await store.returned_by(db, [session]):
        return ()
    sums: dict[str, tuple[int, int]] = {}
    for drawn in used.values():
        for one in drawn:
            covered_s, taken_s = sums.get(one.grant, (0, 0))
            sums[one.grant] = covered_s + one.covered_s, taken_s + one.taken_s
    grants = sorted([await store.named(db, id) for id in sums], key=lambda grant: grant.place)
    back = kept_of([(Drawn(g.id, *sums[g.id]), g.step_s) for g in grants], kept_bp)
    for id, seconds in sorted(back):
        await store.move(db, id, seconds)
    await store.write_returns(db, session, back, at)
    return back
