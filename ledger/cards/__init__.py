"""The card rail: news of payments, fees, refunds, disputes and the daily reconciliation.

News comes through an inbox that is committed before it is applied; calls go out under keys that
were stored before the call. Rounds of work (`work_…`, `reconcile`) are given a factory of
transactions, an acquirer and a clock; no transaction waits for the network. Everything else takes
`db` first, works in the caller's transaction and never commits. Amounts are `Money` in minor
units, moments `at` are aware UTC; errors (all `LedgerError`s) are in `ledger.cards.errors`.

    receive(db, notice, at) ; work_inbox(transaction, gateway, clock) ; replay ; skip ; listed
    apply_fact(db, gateway, news, fact, at): what each fact does to the books
    refundable(db, party, currency) ; ask_refund(db, id, party, amount, actor, why, at)
    work_refunds(transaction, gateway, clock) ; decide_call(db, id, actor, why, at, ref)
    work_fees(transaction, gateway, clock) ; plan_customer, note_customer, customer_of
    disputes(db) ; is_frozen(db, party, currency) ; lift_freeze(db, party, key, actor, why, at)
    work_evidence(transaction, gateway, clock, gather) ; send_evidence(db, gateway, id, actor, …)
    reconcile(transaction, gateway, clock) ; last_reconciliation(db, gateway)
"""

from ledger.acquirer import CardGateway as CardGateway
from ledger.acquirer import DisputeStatus as DisputeStatus
from ledger.acquirer import Evidence as Evidence
from ledger.acquirer import Notice as Notice
from ledger.cards.applying import apply_fact
from ledger.cards.checking import check_cards as check_cards
from ledger.cards.customers import customer_of, note_customer, plan_customer
from ledger.cards.differences import Difference as Difference
from ledger.cards.differences import Reconciliation as Reconciliation
from ledger.cards.dispute_plan import Dispute as Dispute
from ledger.cards.dispute_rows import Warned as Warned
from ledger.cards.dispute_rows import warnings as warnings
from ledger.cards.disputes import dispute, disputed_sessions, disputes
from ledger.cards.disputes import refresh_blocks as refresh_blocks
from ledger.cards.doing import Clock as Clock
from ledger.cards.doing import Transactions as Transactions
from ledger.cards.errors import CallNotByHand as CallNotByHand
from ledger.cards.errors import CardsError as CardsError
from ledger.cards.errors import DisputeUnknown as DisputeUnknown
from ledger.cards.errors import EvidenceClosed as EvidenceClosed
from ledger.cards.errors import NewsNotDead as NewsNotDead
from ledger.cards.errors import NewsUnknown as NewsUnknown
from ledger.cards.errors import NothingFrozen as NothingFrozen
from ledger.cards.errors import NothingToRefund as NothingToRefund
from ledger.cards.errors import RefundConflict as RefundConflict
from ledger.cards.errors import RefundUnknown as RefundUnknown
from ledger.cards.evidence import amend_evidence as amend_evidence
from ledger.cards.evidence import goes as goes
from ledger.cards.evidence import pack_of as pack_of
from ledger.cards.evidence import send_evidence, work_evidence
from ledger.cards.fees import work_fees
from ledger.cards.freezes import Freeze as Freeze
from ledger.cards.freezes import freeze_wallet, freezes_of, is_frozen, lift_freeze
from ledger.cards.inbox import backlog as backlog
from ledger.cards.inbox import credited as credited
from ledger.cards.inbox import listed, receive, replay, skip, work_inbox
from ledger.cards.inbox import take_now as take_now
from ledger.cards.news import Backlog as Backlog
from ledger.cards.news import News as News
from ledger.cards.reconciling import is_due, last_reconciliation, reconcile
from ledger.cards.refund_calls import calls, decide_call, work_refunds
from ledger.cards.refund_plan import Part as Part
from ledger.cards.refund_plan import Refund as Refund
from ledger.cards.refund_plan import Refundable as Refundable
from ledger.cards.refunds import ask_refund, refund_of, refundable, refunds_of
from ledger.cards.states import CallState as CallState
from ledger.cards.states import EvidenceState as EvidenceState
from ledger.cards.states import NewsState as NewsState
from ledger.cards.states import RequestState as RequestState
from ledger.connected import PayeeKeeper as PayeeKeeper
from ledger.saved_cards import CardKeeper as CardKeeper

# The shapes that these take and give are re-exported above.
__all__ = [
    "apply_fact",
    "ask_refund",
    "calls",
    "customer_of",
    "decide_call",
    "dispute",
    "disputed_sessions",
    "disputes",
    "freeze_wallet",
    "freezes_of",
    "is_due",
    "is_frozen",
    "last_reconciliation",
    "lift_freeze",
    "listed",
    "note_customer",
    "plan_customer",
    "receive",
    "reconcile",
    "refund_of",
    "refundable",
    "refunds_of",
    "replay",
    "send_evidence",
    "skip",
    "work_evidence",
    "work_fees",
    "work_inbox",
    "work_refunds",
]
