"""Two persons, residence and rails: acts that may have to wait for somebody else.

The room that proposed carries the granted act out itself (`approval_of` answers how it stands);
changes of residence and of limits are carried out here, in the transaction of the approval.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.control import store
from ledger.control.actors import KEEPERS, SYSTEM, Actor, require_role, said
from ledger.control.approvals import APPROVAL_LIFE, Approval, ApprovalState, decided
from ledger.control.errors import ApprovalConflict, ApprovalUnknown, RailsApart
from ledger.control.limits import loosens
from ledger.control.rails import Rail, Residence, clean_country, gate, rails_for
from ledger.control.trail import Fact
from ledger.control.verbs import limit_of, record
from ledger.errors import TryAgain
from ledger.money import Money
from ledger.store import us_of

WAITING_MAX = 200

# --- two persons


async def propose(
    db: AsyncConnection,
    action: str,
    subject: str,
    amount: Money,
    actor: Actor,
    why: str,
    at: datetime,
    *,
    party: str = "",
    facts: Mapping[str, str] | None = None,
) -> Approval:
    """Ask for leave to do `action`: granted at once up to the limit "<action>.two_persons",
    else (and where there is no such limit) it waits for a second person.

    `party` is who profits and may not decide either; `facts` are what is to be done, for whoever
    carries it out. Proposed again, answers how it stands; what was declined or has expired is
    proposed anew. Raises: ApprovalConflict for another amount or other facts.
    """
    most = await limit_of(db, f"{action}.two_persons", amount.currency)
    waits = most is None or amount > most
    return await _propose(db, action, subject, amount, actor, why, at, waits, party, facts or {})


async def approve(db: AsyncConnection, approval_id: str, actor: Actor, at: datetime) -> Approval:
    """Raises: ApprovalUnknown, ApprovalEnded, SamePerson, RoleRefused."""
    found = await _decide(db, approval_id, ApprovalState.GRANTED, actor, "", at)
    if found.action == "residence":
        country, party = found.facts["country"], found.party
        await store.save_residence(db, Residence(party, country, found.proposed_by, at))
    elif found.action == "limit":
        await store.save_limit(db, found.facts["what"], found.amount)
    await _record(db, actor, "approval.granted", found, found.why, at)
    return found


async def decline(
    db: AsyncConnection, approval_id: str, actor: Actor, reason: str, at: datetime
) -> Approval:
    """Raises: NothingSaid, and as `approve`."""
    told = said(reason, "approval.declined")
    found = await _decide(db, approval_id, ApprovalState.DECLINED, actor, told, at)
    await _record(db, actor, "approval.declined", found, told, at)
    return found


async def approval(db: AsyncConnection, id: str, at: datetime) -> Approval:
    """How it stands now. Raises: ApprovalUnknown."""
    found = await store.approval_by_id(db, id)
    if found is None:
        raise ApprovalUnknown(id)
    return found.as_of(at)


async def approval_of(
    db: AsyncConnection, action: str, subject: str, at: datetime
) -> Approval | None:
    """How the newest approval of an act stands; None when nobody proposed it."""
    found = await store.newest_approval(db, action, subject)
    return found.as_of(at) if found else None


async def waiting_approvals(db: AsyncConnection, at: datetime | None = None) -> list[Approval]:
    """Oldest first; with `at`, without those whose time is over."""
    found = await store.waiting_approvals(db, WAITING_MAX)
    return found if at is None else [one for one in found if at < one.expires_at]


async def ended_approvals(db: AsyncConnection, limit: int = 20) -> list[Approval]:
    """What second persons decided, newest first."""
    return await store.ended_approvals(db, limit)


async def _propose(
    db: AsyncConnection,
    action: str,
    subject: str,
    amount: Money,
    actor: Actor,
    why: str,
    at: datetime,
    waits: bool,
    party: str,
    facts: Mapping[str, str],
) -> Approval:
    known = await store.newest_approval(db, action, subject, lock=True)
    known = known.as_of(at) if known else None
    if known and known.state in (ApprovalState.WAITING, ApprovalState.GRANTED):
        if (known.amount, dict(known.facts)) != (amount, dict(facts)):
            raise ApprovalConflict(known.id)
        return known
    if known and known.state is ApprovalState.EXPIRED and known.decided_at is None:
        await store.save_approval(db, replace(known, decided_at=at))
    fresh = Approval(
        id=uuid4().hex,
        action=action,
        subject=subject,
        amount=amount,
        state=ApprovalState.WAITING if waits else ApprovalState.GRANTED,
        proposed_by=actor.party,
        why=" ".join(why.split()),
        proposed_at=at,
        expires_at=at + APPROVAL_LIFE,
        party=party,
        decided_at=None if waits else at,
        facts=facts,
    )
    if not await store.add_approval(db, fresh):
        raise TryAgain(f"approval:{action}:{subject}")
    await _record(db, actor, "approval.proposed", fresh, fresh.why, at)
    return fresh


async def _decide(
    db: AsyncConnection,
    id: str,
    state: ApprovalState,
    actor: Actor,
    reason: str,
    at: datetime,
) -> Approval:
    found = await store.approval_by_id(db, id, lock=True)
    if found is None:
        raise ApprovalUnknown(id)
    after = decided(found, state, actor, reason, at)
    await store.save_approval(db, after)
    return after


async def _record(
    db: AsyncConnection, actor: Actor, action: str, one: Approval, why: str, at: datetime
) -> None:
    facts: dict[str, Fact] = {
        "approval": one.id,
        "of": one.action,
        "state": one.state.value,
        "amount_minor": one.amount.minor,
        "currency": one.amount.currency,
        "proposed_by": one.proposed_by,
        **one.facts,
    }
    await record(db, actor, action, one.subject, why, at, **facts)


# --- limits


async def set_limit(
    db: AsyncConnection, what: str, amount: Money, actor: Actor, why: str, at: datetime
) -> Approval | None:
    """Set a limit. Tightened it is in force at once; a person who loosens it waits for a second
    one, and the approval is the answer. Raises: RoleRefused, NothingSaid, ValueError.
    """
    require_role(actor, KEEPERS, "limit.set")
    reason = said(why, "limit.set")
    if amount.minor < 0:
        raise ValueError(f"a limit of {amount.minor}")
    before = await limit_of(db, what, amount.currency)
    if loosens(what, before, amount) and actor.role != "system":
        subject = f"limit:{what}:{amount.currency}:{us_of(at)}"
        facts = {"what": what}
        return await _propose(db, "limit", subject, amount, actor, reason, at, True, "", facts)
    await store.save_limit(db, what, amount)
    was = before.minor if before else -1
    sums = {"from_minor": was, "to_minor": amount.minor}
    coin = amount.currency
    await record(db, actor, "limit.set", f"limit:{what}", reason, at, currency=coin, **sums)
    return None


# --- residence and rails


async def declare_residence(
    db: AsyncConnection, party: str, country: str, actor: Actor, at: datetime, why: str = ""
) -> Approval | None:
    """Say in which country (ISO 3166 alpha-2) a party lives. Where the party has money, or some is
    on its way, a person's word waits for a curator, and the approval is the answer.

    Raises: CountryUnknown; ApprovalConflict when a change to another country waits already.
    """
    code = clean_country(country)
    before = await store.residence_of(db, party, lock=True)
    if before is not None and before.country == code:
        return None
    was = before.country if before else ""
    money = await store.at_stake(db, party) if actor.role != "system" else []
    if money:
        subject = f"residence:{party}:{us_of(before.declared_at) if before else 0}"
        asked = {"country": code, "from": was}
        return await _propose(
            db, "residence", subject, money[0], actor, why, at, True, party, asked
        )
    await store.save_residence(db, Residence(party, code, actor.party, at))
    facts_of: dict[str, Fact] = {"country": code, "from": was}
    await record(db, actor, "residence.declared", f"party:{party}", why, at, **facts_of)
    return None


async def residence(db: AsyncConnection, party: str) -> Residence | None:
    """None when none was declared."""
    return await store.residence_of(db, party)


async def residence_asked(db: AsyncConnection, party: str, at: datetime) -> Approval | None:
    """The change of residence that waits for a curator; None when none does."""
    before = await store.residence_of(db, party)
    subject = f"residence:{party}:{us_of(before.declared_at) if before else 0}"
    found = await store.newest_approval(db, "residence", subject)
    return found if found and found.as_of(at).state is ApprovalState.WAITING else None


async def rails_of(db: AsyncConnection, party: str) -> frozenset[Rail]:
    """The rails that move real money and are the party's: none before a residence is declared."""
    found = await store.residence_of(db, party)
    return rails_for(found.country if found else "")


async def require_same_rail(db: AsyncConnection, payer: str, payee: str) -> None:
    """Money that came by one rail never leaves by the other: a payer and a payee who have both
    declared a residence share a rail. Raises: RailsApart.
    """
    one, other = await store.residence_of(db, payer), await store.residence_of(db, payee)
    if one is None or other is None:
        return
    rails = rails_for(one.country)
    if rails.isdisjoint(rails_for(other.country)):
        raise RailsApart(payee, min(rail.value for rail in rails), other.country)


async def require_rail(db: AsyncConnection, party: str, rail: Rail) -> None:
    """Raises: WrongRail."""
    found = await store.residence_of(db, party)
    demo = rail is Rail.DEMO and await store.demo_is_open(db)
    gate(party, found.country if found else "", rail, demo)


async def close_demo_rail(db: AsyncConnection, at: datetime) -> None:
    """From now on this database holds real money: the demo rail is refused, and no verb opens it
    again. Closing again changes nothing."""
    if await store.demo_is_open(db):
        await store.close_demo(db, us_of(at))
        await record(db, SYSTEM, "rail.closed", "rail:demo", "production", at)
