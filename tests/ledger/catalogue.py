"""What the ledger calls things for ever: acts of the audit journal, news for owners, journals.

Pages, papers and programs of others find rows by these words years later. A new word is added here
first; one that is here is never spelled otherwise, and keeps its facts.
"""

# Action → what it may be about, and its facts.
ACTS = {
    "auto_top_up.off": (
        "party",
        "amount_minor currency day_amount_minor day_count threshold_minor",
    ),
    "auto_top_up.on": ("party", "amount_minor currency day_amount_minor day_count threshold_minor"),
    "auto_top_up.owner_needed": ("top_up", "currency minor party payment try"),
    "auto_top_up.paid": ("top_up", "currency minor party payment try"),
    "auto_top_up.refused": ("top_up", "currency minor party payment try"),
    "bank_account.begun": ("bank_account", "opening_minor since"),
    "card.removed": ("party", "gateway last4"),
    "card.saved": ("party", "brand gateway last4"),
    "dispute.evidence_amended": ("dispute", "chars"),
    "dispute.evidence_sent": ("dispute", ""),
    "dispute.inquiry": ("dispute", "amount_minor party"),
    "dispute.inquiry_closed": ("dispute", "amount_minor party"),
    "dispute.lost": ("dispute", "amount_minor party"),
    "dispute.open": ("dispute", "amount_minor party"),
    "dispute.won": ("dispute", "amount_minor party"),
    "invoice.cancelled": ("invoice", ""),
    "invoice.issued": ("invoice", "amount_minor currency payer_inn"),
    "limit.set": ("limit", "currency from_minor to_minor"),
    "news.replayed": ("news", ""),
    "news.skipped": ("news", ""),
    "payee.account": ("party", "country gateway"),
    "payee.account_state": ("party", "now ref was"),
    "payee.changed": ("party", "from now rail version was"),
    "payee.standing": ("party", "now was"),
    "payee.terms": ("standing", "clearing_days reserve_bp reserve_days"),
    "payee.weekly": ("party", "weekly"),
    "payout.arrived": ("payout", "amount_minor currency news party rail ref"),
    "payout.decided": ("payout", "ref"),
    "payout.order_file": ("orders", "orders sha256 total_minor"),
    "payout.refused": ("payout", "amount_minor currency party rail ref"),
    "payout.requested": ("payout", "amount_minor currency party rail ref"),
    "payout.returned": ("payout", "amount_minor currency news party rail ref"),
    "payout.sent": ("payout", "amount_minor currency hint party rail ref"),
    "rail.closed": ("rail", ""),
    "refund.asked": ("refund", "amount_minor currency party"),
    "refund.decided": ("refund", "ref"),
    "residence.declared": ("party", "country from"),
    "statement.booked": ("statement", "file fresh questions"),
    "switch.close": ("switch", ""),
    "switch.open": ("switch", ""),
    "top_up.amount_differs": ("top_up", "amount_minor currency gateway party payment"),
    "top_up.begun": ("top_up", "amount_minor currency gateway party payment"),
    "top_up.credited": ("top_up", "amount_minor currency gateway party payment"),
    "transfer.reversal_planned": ("dispute", "amount_minor party"),
    "transfer.reversal_refused": ("payout", ""),
    "transfer.reversed": ("payout", "amount_minor ref"),
    "wallet.frozen": ("party", "key"),
    "wallet.reason_lifted": ("party", "key"),
}

# Scope and kind of a journal → the accounts that it may touch.
JOURNALS = {
    "arrived pay_out_arrived": "payout cash",
    "bank bank_fee": "fees bank",
    "bank bank_opening": "bank retained",
    "bank bank_unexplained": "bank_transit bank",
    "bank given_back": "suspense bank",
    "bank top_up": "bank prepaid",
    "bank unidentified": "bank suspense",
    "bank_decided bank_decided": "prepaid suspense retained fees bank_transit",
    "budget bonus_budget": "commission bonus",
    "cover recourse": "recourse reserve earnings",
    "dispute dispute_lost": "prepaid reserve dispute_cost disputed",
    "exchange exchange": "prepaid exchange commission",
    "firm firm_division": "member firm_divided",
    "grade bonus": "bonus earnings",
    "grade penalty": "earnings bonus",
    "member_paid member_paid": "member firm_divided",
    "pay_out pay_out": "earnings payout",
    "payout payout": "earnings payout",
    "payout_arrived payout_arrived": "payout bank cash",
    "payout_returned payout_returned": "bank payout earnings",
    "promo promo_grant": "promo_issued promo",
    "promo_expiry promo_expiry": "promo promo_issued",
    "psp processor_payout": "bank_transit cash",
    "psp subscription": "cash deferred",
    "psp top_up": "cash prepaid",
    "psp unidentified": "cash suspense",
    "psp_back processor_payout_failed": "cash bank_transit",
    "recourse recourse_paid": "earnings recourse",
    "refund refund": "prepaid cash",
    "reserve reserve_kept": "earnings reserve",
    "reserve_release reserve_released": "reserve earnings",
    "returned pay_out_returned": "cash payout earnings",
    "returned refund_returned": "cash prepaid",
    "reverse reversal": "escrow earnings commission prepaid",
    "rule ruling": (
        "prepaid promo promo_issued escrow earnings "
        "member firm_divided supplier commission promo_cost"
    ),
    "settle settlement": (
        "cash escrow firm_divided promo_cost prepaid "
        "promo promo_issued earnings member supplier commission"
    ),
    "sub subscription": "prepaid deferred",
    "sub_day subscription_day": "deferred subscriptions",
    "sub_end subscription_refund": "deferred cash prepaid",
    "tick minute": "prepaid promo promo_cost promo_issued escrow commission",
    "transfer_reversal transfer_reversed": "cash earnings",
    "txn dispute_reinstated": "cash disputed",
    "txn dispute_withdrawn": "disputed dispute_cost cash",
    "txn processor_fee": "fees cash",
    "vat vat": "commission vat",
    "vat_advance vat_advance": "vat_advances vat",
    "vat_set_off vat_set_off": "vat vat_advances",
}

# What an approval is about → the facts of its rows beside `APPROVAL`.
APPROVALS = {
    "bank": "", "journal": "", "line": "", "payout": "", "refund": "",
    "limit": "what", "residence": "country from",
}  # fmt: skip
APPROVAL = "amount_minor approval currency of proposed_by state"

# News for an owner → its facts.
TOLD = {
    "arrival_failed": "currency minor why",
    "auto_top_up_limit": "",
    "auto_top_up_owner_needed": "currency due minor reason run",
    "auto_top_up_paid": "currency due minor reason run",
    "auto_top_up_refused": "currency due minor reason run",
    "auto_top_up_waiting": "currency due minor reason run",
    "payee_account": "state why",
    "payee_changed": "from now was",
    "payout_refused": "currency minor why",
    "payout_returned": "currency minor news why",
    "payout_sent": "currency hint minor",
    "transfer_reversed": "currency minor why",
}
