"""Publishing tariffs and finding the one that a session takes.

The number of a version is its key: whoever publishes says which number the new version is to have.
The same content again changes nothing, other content under a number that is taken is refused. A
session copies what is in force when it is made, so that a later version is for later sessions.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import Actor, NothingSaid, record
from metering import store_tariffs as store
from metering.drafts import read_draft
from metering.errors import BadTariff, TariffConflict, UnknownPlan
from metering.published import PLATFORM, Published, at_rate, check_successor, rate_draft
from metering.tariffs import Tariff

HISTORY_MAX = 100
WHY_CHARS_MAX = 500
RATES_WITHIN = "client-pays"  # the plan for which consultants publish rates of their own


async def current_plans(db: AsyncConnection) -> list[Published]:
    """The platform's plans in force, by name."""
    return await store.plans(db)


async def current_plan(db: AsyncConnection, plan: str) -> Published:
    """Raises: UnknownPlan."""
    found = await store.versions(db, plan)
    if not found:
        raise UnknownPlan(plan)
    return found[0]


async def current_rate(
    db: AsyncConnection, owner: str, plan: str = RATES_WITHIN
) -> Published | None:
    """The consultant's own rate; None: never published, the plan's price holds."""
    found = await store.versions(db, plan, owner)
    return found[0] if found else None


async def tariff_versions(
    db: AsyncConnection, plan: str, owner: str = PLATFORM, limit: int = HISTORY_MAX
) -> list[Published]:
    """Every version of a plan, or of a consultant's rate in it, the newest first."""
    return await store.versions(db, plan, owner, min(limit, HISTORY_MAX))


async def tariff_for(db: AsyncConnection, plan: str, host: str) -> Tariff:
    """What a session of this consultant pays by, if it is made now. Raises: UnknownPlan."""
    found = await current_plan(db, plan)
    own = await current_rate(db, host, plan) if found.tariff.payer == "client" else None
    return at_rate(found, own)


async def look_at_plan(db: AsyncConnection, document: object) -> Tariff:
    """A draft of a plan's next version, checked as `publish_plan` does; nothing is written.

    Raises: BadTariff, UnknownPlan.
    """
    draft = read_draft(document)
    if draft.rate_version:
        raise BadTariff("tariff.rate_version", "belongs to a consultant's rate")
    if draft.allowance and draft.payer != "host":
        # They leave nothing in escrow; a subscription may say who is paid from its price.
        raise BadTariff("tariff.allowance", "would bring the consultant nothing")
    last = await current_plan(db, draft.plan)
    check_successor(draft, last.tariff, await store.rates(db, draft.plan))
    return draft


async def publish_plan(
    db: AsyncConnection, draft: Tariff, actor: Actor, why: str, at: datetime
) -> Published:
    """Publish a plan of the platform as the version that the draft names.

    Raises: BadTariff, UnknownPlan, NothingSaid, TariffConflict.
    """
    reason = why.strip()[:WHY_CHARS_MAX]
    if not reason:
        raise NothingSaid("tariff.publish")
    made = Published(draft.plan, PLATFORM, draft.version, draft, at, actor.party, reason)
    if known := await _known(db, made):
        return known
    await look_at_plan(db, draft.to_dict())
    return await _publish(db, made, (await current_plan(db, draft.plan)).version, actor)


async def look_at_rate(
    db: AsyncConnection, rate_minor: int, version: int, plan: str = RATES_WITHIN
) -> Tariff:
    """What sessions at this rate would pay by; nothing is written. Raises: BadTariff."""
    return rate_draft((await current_plan(db, plan)).tariff, rate_minor, version)


async def publish_rate(
    db: AsyncConnection,
    owner: str,
    rate_minor: int,
    version: int,
    actor: Actor,
    at: datetime,
    plan: str = RATES_WITHIN,
) -> Published:
    """Publish a consultant's own price a minute, as version `version` of it.

    Raises: BadTariff, UnknownPlan, TariffConflict.
    """
    tariff = await look_at_rate(db, rate_minor, version, plan)
    made = Published(plan, owner, version, tariff, at, actor.party)
    if known := await _known(db, made):
        return known
    last = await current_rate(db, owner, plan)
    return await _publish(db, made, last.version if last else 0, actor)


def next_version(draft: Tariff, last: Published) -> Tariff:
    """The draft under the number after `last`; under its own number if it says the same."""
    same = replace(draft, version=last.version)
    return same if same == last.tariff else replace(draft, version=last.version + 1)


async def _known(db: AsyncConnection, wanted: Published) -> Published | None:
    """The version of that number, if it says the same. Raises: TariffConflict if it does not."""
    found = await store.version(db, wanted.plan, wanted.owner, wanted.version)
    if found is not None and not found.says(wanted):
        raise TariffConflict(wanted.plan, wanted.owner, wanted.version)
    return found


async def _publish(db: AsyncConnection, wanted: Published, after: int, actor: Actor) -> Published:
    """Write it, unless somebody else writes the same number at this moment."""
    if wanted.version == after + 1:
        await store.add(db, wanted)
    found = await _known(db, wanted)
    if found is None:
        raise TariffConflict(wanted.plan, wanted.owner, wanted.version)
    if found == wanted:
        await _record(db, found, actor)
    return found


async def _record(db: AsyncConnection, made: Published, actor: Actor) -> None:
    await record(
        db,
        actor,
        "tariff.publish",
        f"tariff:{made.plan}" + (f":{made.owner}" if made.owner else ""),
        made.why,
        made.published_at,
        version=made.version,
        minute_minor=made.tariff.minute_minor,
        currency=made.tariff.currency,
    )
