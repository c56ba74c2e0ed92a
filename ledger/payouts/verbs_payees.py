"""Where payees are paid, how well they are known, and what a dispute keeps from leaving."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import Actor, Rail, record, require_rail
from ledger.errors import TryAgain
from ledger.money import Money
from ledger.payouts import store
from ledger.payouts.clearing import Ripening, Standing
from ledger.payouts.pay_outs import WAITING, earnings_of
from ledger.payouts.payees import Destination, PayeeDetails, clean_destination, effective_from
from ledger.verbs import lock_accounts


async def change_details(
    db: AsyncConnection,
    party: str,
    rail: Rail,
    destination: Destination,
    actor: Actor,
    at: datetime,
) -> PayeeDetails:
    """Say where a party is paid from now on; said again, nothing changes.

    The new details cool off first, and payouts that have not left wait for them and go there. The
    owner is told. Raises: BadPayee, WrongRail.
    """
    wanted = clean_destination(rail, destination)
    await require_rail(db, party, rail)
    known = await store.details_of(db, party)
    if known is not None and (known.rail, known.destination) == (rail, wanted):
        return known
    made = PayeeDetails(
        party=party,
        version=known.version + 1 if known else 1,
        rail=rail,
        destination=wanted,
        made_at=at,
        effective_from=effective_from(rail, known, at),
        made_by=actor.party,
    )
    if not await store.add_details(db, made):
        raise TryAgain(f"payee:{party}:{made.version}")
    await store.redirect(db, made, WAITING)
    key = f"payee:{party}:{made.version}"
    told = {
        "was": known.hint if known else "",
        "now": made.hint,
        "from": made.effective_from.isoformat(),
    }
    await store.add_told(db, key, party, "payee_changed", told, at)
    facts = {**told, "rail": rail.value, "version": made.version}
    await record(db, actor, "payee.changed", f"party:{party}", "", at, **facts)
    return made


async def payee_details(db: AsyncConnection, party: str) -> PayeeDetails | None:
    """The newest, whether it still cools off or not; None when nothing was said."""
    return await store.details_of(db, party)


async def standing_of(db: AsyncConnection, party: str) -> tuple[Standing, bool]:
    """How well a payee is known, and whether the weekly run pays him."""
    return await store.payee_of(db, party)


async def ripening_of(db: AsyncConnection, party: str) -> Ripening:
    """The terms of the payee's standing."""
    return await store.terms_of(db, party)


async def set_weekly(
    db: AsyncConnection, party: str, weekly: bool, actor: Actor, at: datetime
) -> None:
    """Whether the weekly run pays this party by itself."""
    standing, was = await store.payee_of(db, party)
    if was != weekly:
        await store.save_payee(db, party, standing, weekly, at)
        facts = {"weekly": "yes" if weekly else "no"}
        await record(db, actor, "payee.weekly", f"party:{party}", "", at, **facts)


async def set_standing(
    db: AsyncConnection, party: str, standing: Standing, actor: Actor, why: str, at: datetime
) -> None:
    """Trust a payee, or trust him no more; his earnings ripen by the new terms at once."""
    was, weekly = await store.payee_of(db, party)
    await store.save_payee(db, party, standing, weekly, at)
    facts = {"was": was.value, "now": standing.value}
    await record(db, actor, "payee.standing", f"party:{party}", why, at, **facts)


async def set_terms(
    db: AsyncConnection, standing: Standing, terms: Ripening, actor: Actor, why: str, at: datetime
) -> None:
    """Change how long earnings of a standing ripen, and what is kept of those that come."""
    await store.save_terms(db, standing, terms)
    facts: dict[str, str | int] = {
        "clearing_days": terms.clearing.days,
        "reserve_bp": terms.reserve_bp,
        "reserve_days": terms.reserve.days,
    }
    await record(db, actor, "payee.terms", f"standing:{standing.value}", why, at, **facts)


async def block(
    db: AsyncConnection, party: str, key: str, amount: Money, why: str, at: datetime
) -> bool:
    """Keep so much of a payee's earnings from leaving until `unblock`; False when the key was used
    before. Payouts not yet sent wait as long as what would remain does not cover it."""
    await lock_accounts(db, [earnings_of(party, amount.currency)])
    return await store.add_block(db, party, key, amount, why, at)


async def unblock(db: AsyncConnection, party: str, key: str, at: datetime) -> bool:
    """False when there was no such block, or no more."""
    return await store.end_block(db, party, key, at)
