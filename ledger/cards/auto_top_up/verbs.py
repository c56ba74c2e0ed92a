"""Agreeing to automatic top-ups, planning one, and noting what became of it.

Every verb works in the caller's transaction; the calls to the acquirer are between two of them,
see `jobs`.
"""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger import payouts
from ledger.accounts import Account, AccountKind
from ledger.cards.auto_top_up import store
from ledger.cards.auto_top_up.errors import CardUnknown, RunUnknown
from ledger.cards.auto_top_up.runs import (
    ASKABLE,
    NEXT,
    Run,
    RunState,
    answered,
    asked,
    refused,
    run_id,
)
from ledger.cards.auto_top_up.settings import Setting, allows, clean_setting
from ledger.cards.freezes import is_frozen
from ledger.cashier import accept_payment, plan_top_up
from ledger.control import (
    SYSTEM,
    Actor,
    ControlError,
    Switch,
    SwitchedOff,
    limit_of,
    record,
    require_open,
    require_within,
)
from ledger.errors import TryAgain
from ledger.gateway import PaymentEvent, PaymentState
from ledger.money import Money
from ledger.promo import credit_of
from ledger.saved_cards import Charged, Outcome, SavedCard
from ledger.views import balance

RUNS_MAX = 20
PARTIES_MAX = 1  # a transaction: who holds the audit journal must not wait for another setting
NO_CARD = "no_card"

# --- what the owner agrees to


async def setting_of(db: AsyncConnection, party: str) -> Setting | None:
    """None when the party has never wanted automatic top-ups."""
    return await store.setting_of(db, party)


async def agree(db: AsyncConnection, wanted: Setting, actor: Actor, at: datetime) -> Setting:
    """Turn automatic top-ups on, or change their sums. Without a card they wait for one.

    Raises: BadSetting.
    """
    most = await limit_of(db, "auto_top_up.most_a_day", wanted.amount.currency)
    setting = clean_setting(replace(wanted, enabled=True, why_off=""), most)
    if await store.card_of(db, setting.party) is None:
        setting = replace(setting, enabled=False, why_off=NO_CARD)
    await store.save_setting(db, setting, at)
    await _record_setting(db, setting, actor, at)
    return setting


async def turn_off(db: AsyncConnection, party: str, why: str, actor: Actor, at: datetime) -> None:
    """Charge nothing more by itself. `why` is "owner", or what made it impossible."""
    known = await store.setting_of(db, party, lock=True)
    if known is None or not (known.enabled or known.why_off == NO_CARD):
        return
    setting = replace(known, enabled=False, why_off=why)
    await store.save_setting(db, setting, at)
    await _record_setting(db, setting, actor, at)


async def card_of(db: AsyncConnection, party: str) -> SavedCard | None:
    """The card that is charged; None when none is kept."""
    found = await store.card_of(db, party)
    return found[1] if found else None


async def remember_card(
    db: AsyncConnection, party: str, gateway: str, card: SavedCard, actor: Actor, at: datetime
) -> None:
    """Keep a card in place of the one before; automatic top-ups that waited for one begin."""
    known = await store.card_of(db, party)
    if known == (gateway, card):
        return
    await store.save_card(db, party, gateway, card, at)
    setting = await store.setting_of(db, party, lock=True)
    if setting is not None and setting.why_off == NO_CARD:
        await store.save_setting(db, replace(setting, enabled=True, why_off=""), at)
    facts = {"gateway": gateway, "brand": card.brand, "last4": card.last4}
    await record(db, actor, "card.saved", f"party:{party}", "", at, **facts)


async def remove_card(db: AsyncConnection, party: str, actor: Actor, at: datetime) -> SavedCard:
    """Forget the card and turn automatic top-ups off; tell the acquirer afterwards.

    Raises: CardUnknown.
    """
    found = await store.card_of(db, party)
    if found is None:
        raise CardUnknown(party)
    await turn_off(db, party, "owner", actor, at)
    await store.delete_card(db, party)
    facts = {"gateway": found[0], "last4": found[1].last4}
    await record(db, actor, "card.removed", f"party:{party}", "", at, **facts)
    return found[1]


async def runs_of(db: AsyncConnection, party: str, limit: int = 20) -> list[Run]:
    """A party's automatic top-ups, newest first."""
    return await store.runs_of(db, party, limit)


# --- planning


async def consider(db: AsyncConnection, party: str, return_url: str, at: datetime) -> Run | None:
    """Plan an automatic top-up if the wallet is low and everything allows it; else None.

    However many ask at once, one is planned: the setting is locked, and the database keeps one
    open run a party. Raises: TryAgain.
    """
    setting = await store.setting_of(db, party, lock=True)
    kept = await store.card_of(db, party)
    if setting is None or not setting.enabled or kept is None:
        return None
    currency = setting.amount.currency
    if await _means(db, party, currency, at) >= setting.threshold:
        return None
    if await store.open_run(db, party):
        return None
    day = at.astimezone(UTC).date()
    count, last, taken = await store.used_in(db, party, day, currency)
    if not allows(setting, count, taken):
        await payouts.tell(db, f"auto_top_up_limit:{party}:{day}", party, "auto_top_up_limit", at)
        return None
    if await is_frozen(db, party, currency):
        return None
    gateway, card = kept
    run = Run(
        id=run_id(party, day, last + 1),
        party=party,
        gateway=gateway,
        amount=setting.amount,
        day=day,
        day_no=last + 1,
        customer=card.customer,
        card=card.ref,
        state=RunState.PLANNED,
        created_at=at,
        due_at=at,
    )
    try:
        await require_open(db, Switch.AUTO_TOP_UPS)
        await require_within(db, "auto_top_up.most_a_day", run.amount, taken)
        await plan_top_up(db, gateway, party, run.amount, return_url, at, run.id, actor=SYSTEM)
    except ControlError:
        return None  # stopped, another rail, or the day's limit of top-ups: asked again later
    if not await store.add_run(db, run):
        raise TryAgain(run.id)
    return run


async def consider_all(
    db: AsyncConnection, return_url: str, at: datetime, after: str = ""
) -> tuple[list[Run], str]:
    """Plan for some of those whose wallet is low; go on after the second of the answer, in a new
    transaction, until that is ""."""
    parties = await store.low_parties(db, after, PARTIES_MAX)
    found = [run for party in parties if (run := await consider(db, party, return_url, at))]
    return found, parties[-1] if len(parties) == PARTIES_MAX else ""


# --- around the calls


async def claim(db: AsyncConnection, gateway: str, at: datetime) -> list[Run]:
    """Runs about which the acquirer is to be asked now; commit before asking.

    What is in doubt is followed whatever the switches say: only new charges stop.
    """
    for run in await store.due_runs(db, gateway, {RunState.OWNER_NEEDED}, at, RUNS_MAX):
        await _end(db, run, "owner_absent", at)
    states = ASKABLE if await _open(db) else (RunState.IN_DOUBT,)
    claimed = []
    for run in await store.due_runs(db, gateway, states, at, RUNS_MAX):
        why_not = "" if run.state is RunState.IN_DOUBT else await _why_not(db, run, at)
        if why_not:
            await _end(db, run, why_not, at)
            continue
        going = asked(run, at)
        await store.save_run(db, going)
        claimed.append(going)
    return claimed


async def _open(db: AsyncConnection) -> bool:
    try:
        await require_open(db, Switch.AUTO_TOP_UPS)
    except SwitchedOff:
        return False
    return True


async def _means(db: AsyncConnection, party: str, currency: str, at: datetime) -> Money:
    """Money and promo credit: whoever can pay by credit needs no card."""
    wallet = await balance(db, Account(AccountKind.PREPAID, party, currency))
    return wallet.available + (await credit_of(db, party, currency, at)).available


async def _why_not(db: AsyncConnection, run: Run, at: datetime) -> str:
    """What has come between since the run was planned or declined; "" for nothing."""
    setting = await store.setting_of(db, run.party)
    kept = await store.card_of(db, run.party)
    if setting is None or not setting.enabled or kept is None:
        return "turned_off"
    if kept[1].ref != run.card:
        return "card_changed"
    if await is_frozen(db, run.party, run.amount.currency):
        return "frozen"
    means = await _means(db, run.party, run.amount.currency, at)
    return "not_needed" if means >= setting.threshold else ""


async def note(db: AsyncConnection, id: str, try_no: int, answer: Charged, at: datetime) -> Run:
    """What the acquirer has said about a try. The wallet is credited under the payment's own name,
    so news of the same payment credits nothing more. Raises: RunUnknown."""
    found = await _locked(db, id)
    if found.try_no != try_no or found.state not in (RunState.IN_DOUBT, RunState.OWNER_NEEDED):
        return found
    after = answered(found, answer, at)
    if answer.outcome is Outcome.PAID:
        event = PaymentEvent(
            gateway=found.gateway,
            id=f"answer:{found.idempotency_key}",
            state=PaymentState.PAID,
            payment=answer.payment,
            top_up=found.id,
            amount=answer.amount,
        )
        await accept_payment(db, event, at)
    await _changed(db, found, after, at, card_is_dead=answer.outcome is Outcome.CARD_DEAD)
    return after


async def give_up(db: AsyncConnection, id: str, try_no: int, at: datetime) -> Run:
    """The acquirer has been asked too long ago and knows nothing of it: nothing was charged."""
    found = await _locked(db, id)
    if found.try_no == try_no and found.state is RunState.IN_DOUBT:
        return await _end(db, found, "never_made", at)
    return found


async def settle_by_news(db: AsyncConnection, at: datetime) -> list[Run]:
    """Runs whose money came by news, while we waited for the owner or for another try."""
    settled = []
    for id in await store.paid_by_news(db, RUNS_MAX):
        found = await _locked(db, id)
        if RunState.PAID in NEXT[found.state]:
            after = replace(found, state=RunState.PAID, reason="", ended_at=at)
            await _changed(db, found, after, at)
            settled.append(after)
    return settled


async def begin_confirmation(db: AsyncConnection, id: str, party: str) -> tuple[Run, str]:
    """The owner is here and wants to confirm: the run and the key of this call, to be committed
    first. Raises: RunUnknown."""
    found = await _locked(db, id)
    if found.party != party or found.state is not RunState.OWNER_NEEDED:
        raise RunUnknown(id)
    counted = replace(found, confirms=found.confirms + 1)
    await store.save_run(db, counted)
    return counted, f"auto_top_up:{id}:confirm:{counted.confirms}"


async def run_of(db: AsyncConnection, id: str, party: str) -> Run:
    """Raises: RunUnknown (also for another party's)."""
    found = await store.run_by_id(db, id)
    if found is None or found.party != party:
        raise RunUnknown(id)
    return found


async def _locked(db: AsyncConnection, id: str) -> Run:
    found = await store.run_by_id(db, id, lock=True)
    if found is None:
        raise RunUnknown(id)
    return found


async def _end(db: AsyncConnection, run: Run, why: str, at: datetime) -> Run:
    ended = refused(run, why, at)
    await _changed(db, run, ended, at)
    return ended


async def _changed(
    db: AsyncConnection, before: Run, after: Run, at: datetime, card_is_dead: bool = False
) -> None:
    """Save, and tell the owner what has happened to the money without him."""
    await store.save_run(db, after)
    if after.state is before.state:
        return
    tried_out = after.state is RunState.REFUSED and before.state is RunState.IN_DOUBT
    if card_is_dead or (tried_out and after.reason != "never_made"):
        await turn_off(db, after.party, after.reason, SYSTEM, at)
    facts = {"minor": str(after.amount.minor), "currency": after.amount.currency}
    told = facts | {"run": after.id, "reason": after.reason, "due": after.due_at.isoformat()}
    key = f"auto_top_up:{after.id}:{after.state.value}:{after.try_no}"
    await payouts.tell(db, key, after.party, f"auto_top_up_{after.state.value}", at, **told)
    if after.state is not RunState.WAITING:
        action, why = f"auto_top_up.{after.state.value}", after.reason
        facts_of: dict[str, str | int] = {
            "party": after.party,
            "payment": after.payment,
            "try": after.try_no,
            **facts,
        }
        await record(db, SYSTEM, action, f"top_up:{after.id}", why, at, **facts_of)


async def _record_setting(
    db: AsyncConnection, setting: Setting, actor: Actor, at: datetime
) -> None:
    facts: dict[str, str | int] = {
        "threshold_minor": setting.threshold.minor,
        "amount_minor": setting.amount.minor,
        "day_count": setting.day_count,
        "day_amount_minor": setting.day_amount.minor,
        "currency": setting.amount.currency,
    }
    action = "auto_top_up.on" if setting.enabled else "auto_top_up.off"
    await record(db, actor, action, f"party:{setting.party}", setting.why_off, at, **facts)
