"""Python's collector of cycles, set for a server: what was loaded stays, little is looked through.

By default the collector looks at every new object about a dozen times a second under load and at
all that was ever imported again and again; a batch of a thousand journals spent a fifth of its
time on that (docs/decisions/0009).
"""

import gc

YOUNG = 50_000  # objects made, less those gone, before the young ones are looked through
ROUNDS = 20  # of the young before the older ones are


def settle() -> None:
    """Call once when everything is loaded: those objects are never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, ROUNDS, ROUNDS)
