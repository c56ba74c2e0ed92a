"""Earnings on their way to the payee: clearing, reserve, details with cooling-off, and the order.

How a payout travels is a rail's matter (`ledger.cards`, `ledger.bank`); this room decides whether
and how much. Earnings ripen for days that depend on the payee's standing, a part of them is kept
back for weeks, and what a dispute blocks must stay covered. Amounts are `Money`, moments `at` are
aware UTC; verbs take `db` first, work in the caller's transaction and never commit.

    cleared(db, party, currency, at) -> Clearing(pending, cleared, reserved, on_the_way, blocked)
    change_details(db, party, rail, destination, actor, at) ; payee_details(db, party)
    request_pay_out(db, id, party, amount, actor, at) ; call_off ; pay_outs_of(db, party)
    due_pay_outs(db, rail, at) ; begin_sending(db, id, at) ; put_back ; refuse
    mark_sent / mark_arrived / mark_returned(db, id, ref, at) -> PayOut
    make_pay_outs(db, period, at, after) -> Run ; go_on(db, at) -> Run | None
    keep_reserves(db, at) ; release_reserves(db, at)
    block(db, party, key, amount, why, at) ; unblock(db, party, key, at)      for disputes
    untold(db, limit) -> [Told] ; mark_told(db, id, at)                 what owners must be told

Errors are in `ledger.payouts.errors`; all are `LedgerError`s.
"""

from ledger.payouts.clearing import Clearing, Ripening, Standing
from ledger.payouts.errors import BadPayee as BadPayee
from ledger.payouts.errors import MustWait as MustWait
from ledger.payouts.errors import NotCleared as NotCleared
from ledger.payouts.errors import OutOfBounds as OutOfBounds
from ledger.payouts.errors import PayeeUnknown as PayeeUnknown
from ledger.payouts.errors import PayOutConflict as PayOutConflict
from ledger.payouts.errors import PayOutsError as PayOutsError
from ledger.payouts.errors import PayOutUnknown as PayOutUnknown
from ledger.payouts.errors import WrongPayOutState as WrongPayOutState
from ledger.payouts.pay_outs import PayOut, PayOutState, least_of, period_of
from ledger.payouts.payees import BankPlace, PayeeDetails, clean_place
from ledger.payouts.runs import Run as Run
from ledger.payouts.runs import go_on as go_on
from ledger.payouts.runs import make_pay_outs
from ledger.payouts.store import blocks_by as blocks_by
from ledger.payouts.store import pay_out_by_ref as pay_out_by_ref
from ledger.payouts.telling import Told as Told
from ledger.payouts.verbs import call_off, cleared, due_pay_outs, pay_outs_of, request_pay_out
from ledger.payouts.verbs import in_doubt as in_doubt
from ledger.payouts.verbs import open_pay_outs as open_pay_outs
from ledger.payouts.verbs import settle_approvals as settle_approvals
from ledger.payouts.verbs_payees import (
    block,
    change_details,
    payee_details,
    set_weekly,
    standing_of,
    unblock,
)
from ledger.payouts.verbs_payees import ripening_of as ripening_of
from ledger.payouts.verbs_payees import set_standing as set_standing
from ledger.payouts.verbs_payees import set_terms as set_terms
from ledger.payouts.verbs_reserve import keep_reserves, release_reserves
from ledger.payouts.verbs_telling import mark_told as mark_told
from ledger.payouts.verbs_telling import tell as tell
from ledger.payouts.verbs_telling import untold as untold
from ledger.payouts.verbs_way import (
    begin_sending,
    mark_arrived,
    mark_returned,
    mark_sent,
    put_back,
    refuse,
)
from ledger.payouts.verbs_way import pay_out as pay_out

__all__ = [
    "BankPlace",
    "Clearing",
    "PayOut",
    "PayOutState",
    "PayeeDetails",
    "Ripening",
    "Standing",
    "begin_sending",
    "block",
    "call_off",
    "change_details",
    "clean_place",
    "cleared",
    "due_pay_outs",
    "keep_reserves",
    "least_of",
    "make_pay_outs",
    "mark_arrived",
    "mark_returned",
    "mark_sent",
    "pay_outs_of",
    "payee_details",
    "period_of",
    "put_back",
    "refuse",
    "release_reserves",
    "request_pay_out",
    "set_weekly",
    "standing_of",
    "unblock",
]
