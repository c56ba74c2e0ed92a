"""Seconds that this node saw and left for the owner of their meter, kept a little longer. Pure.

A pause or an end that is asked for here must first charge what was seen here. The owner may have
those seconds only in its memory yet, so they are counted here too; each counts once, whoever is
first, and what the owner has then is no news to the meter.
"""

from dataclasses import dataclass, field

from metering.runs import Runs, joined

TOLD_S = 60  # more than evidence waits in an owner's memory, with a lost lease on top


@dataclass(slots=True)
class Told:
    """By session; nothing older than `TOLD_S` is kept."""

    runs: dict[str, Runs] = field(default_factory=dict)

    def add(self, session: str, runs: Runs) -> None:
        self.runs[session] = joined((*self.runs.get(session, ()), *runs))

    def of(self, session: str) -> Runs:
        return self.runs.get(session, ())

    def forget(self, second: int) -> None:
        """What is too old at unix `second`."""
        since = second - TOLD_S
        if any(runs[0][1] < since for runs in self.runs.values()):
            kept = {
                session: tuple(run for run in runs if run[1] >= since)
                for session, runs in self.runs.items()
            }
            self.runs = {session: runs for session, runs in kept.items() if runs}
