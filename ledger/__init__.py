"""Who has how much; money moves only by balanced journals.

Amounts are integer minor units (kopecks) with a currency; credit is positive, so what we owe a
party is zero or more. A journal has two or more entries that sum to zero in each currency, carries
a natural key that is unique for ever, and is never changed: corrections are new journals. Balances
are stored with every entry, and the database itself refuses a prepaid account below zero.

Every verb takes `db` first, works in the caller's transaction and never commits. Replays are
harmless: the same key and content answer as the first time, other content is a conflict.
Errors are in `ledger.errors`; adapters of acquirers are reached by full name.
"""

from ledger.accounts import Account, AccountKind
from ledger.appraisals import Appraisal as Appraisal
from ledger.appraisals import budget as budget
from ledger.appraisals import budget_draft as budget_draft
from ledger.asof import balance_at as balance_at
from ledger.asof import first_version_from as first_version_from
from ledger.audit import Fault as Fault
from ledger.audit import check
from ledger.cashier import (
    accept_payment,
    begin_top_up,
    top_up,
)
from ledger.cashier import ask_checkout as ask_checkout
from ledger.cashier import note_checkout as note_checkout
from ledger.cashier import plan_top_up as plan_top_up
from ledger.credit import charge_legs as charge_legs
from ledger.driver import fetch as fetch
from ledger.driver import lost as lost
from ledger.driver import met as met
from ledger.driver import plain_column as plain_column
from ledger.driver import text_column as text_column
from ledger.errors import AccountFrozen as AccountFrozen
from ledger.errors import InsufficientFunds as InsufficientFunds
from ledger.errors import KeyConflict as KeyConflict
from ledger.errors import LedgerError as LedgerError
from ledger.errors import PenaltyTooHigh as PenaltyTooHigh
from ledger.errors import RoleUnknown as RoleUnknown
from ledger.errors import RuledOtherwise as RuledOtherwise
from ledger.errors import TryAgain as TryAgain
from ledger.exchange import exchange_draft as exchange_draft
from ledger.flows import appraise as appraise
from ledger.flows import collect_claim as collect_claim
from ledger.flows import collect_claims as collect_claims
from ledger.flows import divide_in_firm as divide_in_firm
from ledger.flows import earn_days as earn_days
from ledger.flows import end_subscription as end_subscription
from ledger.gateway import Checkout as Checkout
from ledger.gateway import Gateway as Gateway
from ledger.gateway import PaymentEvent as PaymentEvent
from ledger.gateway import PaymentState as PaymentState
from ledger.grants import APPLICATION as APPLICATION
from ledger.grants import grant as grant
from ledger.holds import ask_many as ask_many
from ledger.holds import expire_holds as expire_holds
from ledger.holds import hold, void_hold
from ledger.journals import Ask as Ask
from ledger.journals import Balance as Balance
from ledger.journals import Draft, Leg
from ledger.journals import Entry as Entry
from ledger.journals import HoldDraft as HoldDraft
from ledger.journals import JournalView as JournalView
from ledger.journals import Result as Result
from ledger.journals import StatementLine as StatementLine
from ledger.journals import Status as Status
from ledger.money import CURRENCIES as CURRENCIES
from ledger.money import WHOLE_BP as WHOLE_BP
from ledger.money import Money
from ledger.money import divide_down as divide_down
from ledger.money import divide_half_up as divide_half_up
from ledger.money import divide_up as divide_up
from ledger.outgoings import pay_out as pay_out
from ledger.outgoings import refund
from ledger.payments import Outgoing as Outgoing
from ledger.payments import TopUp as TopUp
from ledger.payments import TopUpState as TopUpState
from ledger.requisites import fault_in_inn as fault_in_inn
from ledger.requisites import fault_in_kpp as fault_in_kpp
from ledger.requisites import fault_in_ogrn as fault_in_ogrn
from ledger.requisites_eu import compact as compact
from ledger.requisites_eu import fault_in_iban as fault_in_iban
from ledger.requisites_eu import fault_in_vat_id as fault_in_vat_id
from ledger.rulings import Ruling as Ruling
from ledger.seals import seal as seal
from ledger.settlement import Cost as Cost
from ledger.settlement import Outcome
from ledger.settlement import Settlement as Settlement
from ledger.settlement import Terms as Terms
from ledger.settling import foresee as foresee
from ledger.settling import rule, settle
from ledger.split import Portion as Portion
from ledger.split import Share
from ledger.split import apportion as apportion
from ledger.subscriptions import Pause as Pause
from ledger.subscriptions import Subscription as Subscription
from ledger.subscriptions import taken_in as taken_in
from ledger.sums import DIVIDING as DIVIDING
from ledger.sums import Moved as Moved
from ledger.sums import moved_about as moved_about
from ledger.sums import owners_moved as owners_moved
from ledger.verbs import lock_accounts as lock_accounts
from ledger.verbs import post_many
from ledger.verbs import reverse as reverse
from ledger.views import TrialBalance as TrialBalance
from ledger.views import balance, journals_of, statement, trial_balance
from ledger.views import currencies as currencies
from ledger.views import journals_of_each as journals_of_each
from ledger.views import posted_of_each as posted_of_each
from ledger.writer import Writer as Writer

# What other rooms speak with; the shapes it takes and gives are re-exported above.
__all__ = [
    "Account",
    "AccountKind",
    "Draft",
    "Leg",
    "Money",
    "Outcome",
    "Share",
    "accept_payment",
    "balance",
    "begin_top_up",
    "check",
    "hold",
    "journals_of",
    "post_many",
    "refund",
    "rule",
    "settle",
    "statement",
    "top_up",
    "trial_balance",
    "void_hold",
]
