"""Two nodes on one database under a virtual clock: seeded days, faults at any await, judged.

`inline` is SQLite without its thread, `script` what happens in a day, `world` makes it happen,
`book` knows what must be true, `plants` are faults that the book must find.
"""
