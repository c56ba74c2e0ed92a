"""What stands beside money at a meter: seconds held for the next increment, and caps. Pure."""

from dataclasses import dataclass, replace

from metering.allowances import Drawn, sum_s

CAP = "cap"  # why a session whose payer has money cannot go on


@dataclass(frozen=True, slots=True)
class Means:
    """`held` pays a part of the next increment; `cap_minor` is the payer's for this session;
    `member` spends for the payer, "" where it is the payer; `refused_by` is `cap`, or "".
    `again` is how often a lowered cap gave back what was held for the next increment: a hold that
    has ended cannot be made again, so the next one needs another key.
    """

    held: tuple[Drawn, ...] = ()
    cap_minor: int | None = None
    member: str = ""
    refused_by: str = ""
    again: int = 0

    @property
    def held_s(self) -> int:
        """How much of the next increment is covered."""
        return sum_s(self.held)

    def refused(self, cause: str) -> "Means":
        by = CAP if cause == CAP else ""
        return self if by == self.refused_by else replace(self, refused_by=by)

    def paid(self) -> "Means":
        """The next increment is another one: nothing is held for it, and nothing was."""
        if not (self.held or self.refused_by or self.again):
            return self
        return replace(self, held=(), refused_by="", again=0)

    def with_held(self, held: tuple[Drawn, ...]) -> "Means":
        return self if held == self.held else replace(self, held=held)


PLAIN_MEANS = Means()  # money is all there is
