"""The accountant's view: turnover, statements, the journal as a file, closed periods.

Everything here reads, but for the closing of a period, which is written once.
"""
