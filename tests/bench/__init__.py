"""The format of results; nothing is timed here."""
