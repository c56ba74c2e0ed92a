"""Who may move money, by which rail, within which limits, and who did: the ledger's control room.

Switches stop a kind of movement at once, limits and two persons guard large ones, residence keeps
the rails apart, and every money action leaves a row in a hash-chained audit journal.
"""
