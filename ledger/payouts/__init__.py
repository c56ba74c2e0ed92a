"""Earnings on their way to the payee: clearing, reserve, details with cooling-off, and the order.

How a payout travels is a rail's matter (`ledger.cards`, `ledger.bank`); this room decides whether
and how much.
"""
