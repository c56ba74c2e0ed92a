"""Payouts through an acquirer of cards: payees' accounts there, transfers to them, and back.

The payee opens an account at the acquirer, which asks the questions that the law wants; when it
takes transfers it becomes the payee's details in `ledger.payouts`. A transfer moves our money to
that account under a key that was committed before; what is in doubt is looked for, and after a day
a person decides. News of connected accounts comes through the inbox of `ledger.cards`.

    plan_account(db, party, gateway, country, email, actor, at) ; open_account(transaction, …)
    onboarding_url(keeper, account, return_url, refresh_url) ; see_account(transaction, …)
    work_accounts / work_pay_outs / work_reversals(transaction, keeper, clock)
    ways(keeper, look, apply_own)            for the inbox: kinds of news → how to look and apply
    plan_recovery(db, key, party, gateway, amount, actor, why, at)      after a lost dispute
    decide(db, id, actor, why, at, ref)      a payout whose outcome cannot be looked up any more
"""

from ledger.cards.connect.accounts import AccountState, Connected
from ledger.cards.connect.errors import ConnectError as ConnectError
from ledger.cards.connect.errors import NoAccount as NoAccount
from ledger.cards.connect.errors import NotByHand as NotByHand
from ledger.cards.connect.errors import NothingToReverse as NothingToReverse
from ledger.cards.connect.onboarding import (
    account_of,
    apply_arrival,
    arrivals_of,
    note_account,
    onboarding_url,
    open_account,
    plan_account,
    see_account,
    ways,
    work_accounts,
)
from ledger.cards.connect.recovery import plan_recovery, work_reversals
from ledger.cards.connect.reversals import Reversal, ReversalState
from ledger.cards.connect.transfers import decide, send, work_pay_outs
from ledger.connected import PayeeKeeper as PayeeKeeper

__all__ = [
    "AccountState",
    "Connected",
    "Reversal",
    "ReversalState",
    "account_of",
    "apply_arrival",
    "arrivals_of",
    "decide",
    "note_account",
    "onboarding_url",
    "open_account",
    "plan_account",
    "plan_recovery",
    "see_account",
    "send",
    "ways",
    "work_accounts",
    "work_pay_outs",
    "work_reversals",
]
