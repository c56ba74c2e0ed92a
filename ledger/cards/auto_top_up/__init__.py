"""Saved cards and automatic top-ups: agreed to by the owner, limited, and never twice at once.

A wallet that falls below the owner's threshold is topped up from the saved card without the owner.
One run is open at a time and each counts for its day; the acquirer is asked under keys that were
committed before, outside of any transaction; what it says, or what its news says first, credits
the wallet once under the payment's own name. The owner is told each time (`ledger.payouts.untold`).

    agree(db, setting, actor, at) ; turn_off(db, party, why, actor, at) ; setting_of(db, party)
    plan_setup(db, …) ; open_setup(transaction, keeper, setup) ; finish_setup(…) ; work_setups(…)
    card_of(db, party) ; remember_card(db, party, gateway, card, actor, at) ; remove_card(db, …)
    consider(db, party, return_url, at) -> Run | None ; consider_all(db, return_url, at, after)
    work_auto_top_ups(transaction, keeper, clock) -> [Run]
    begin_confirmation(db, id, party) ; look(transaction, keeper, clock, run) ; runs_of(db, party)
"""

from ledger.cards.auto_top_up.cards import CardSetup, SetupState
from ledger.cards.auto_top_up.errors import AutoTopUpError as AutoTopUpError
from ledger.cards.auto_top_up.errors import BadSetting as BadSetting
from ledger.cards.auto_top_up.errors import CardUnknown as CardUnknown
from ledger.cards.auto_top_up.errors import RunUnknown as RunUnknown
from ledger.cards.auto_top_up.errors import SetupUnknown as SetupUnknown
from ledger.cards.auto_top_up.jobs import look, work_auto_top_ups
from ledger.cards.auto_top_up.runs import Run, RunState
from ledger.cards.auto_top_up.settings import DAY_COUNT_MOST as DAY_COUNT_MOST
from ledger.cards.auto_top_up.settings import Setting
from ledger.cards.auto_top_up.settings import least_of as least_of
from ledger.cards.auto_top_up.setups import (
    finish_setup,
    open_setup,
    plan_setup,
    setup_of,
    work_setups,
)
from ledger.cards.auto_top_up.verbs import (
    agree,
    begin_confirmation,
    card_of,
    consider,
    consider_all,
    remember_card,
    remove_card,
    run_of,
    runs_of,
    setting_of,
    turn_off,
)
from ledger.saved_cards import CardKeeper as CardKeeper
from ledger.saved_cards import SavedCard as SavedCard

__all__ = [
    "CardSetup",
    "Run",
    "RunState",
    "Setting",
    "SetupState",
    "agree",
    "begin_confirmation",
    "card_of",
    "consider",
    "consider_all",
    "finish_setup",
    "look",
    "open_setup",
    "plan_setup",
    "remember_card",
    "remove_card",
    "run_of",
    "runs_of",
    "setting_of",
    "setup_of",
    "turn_off",
    "work_auto_top_ups",
    "work_setups",
]
