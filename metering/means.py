"""What stands beside money at a meter: seconds held for the next increment, and caps. Pure."""

from dataclasses import dataclass, replace

from metering.allowances import Drawn, sum_s

CAP = "cap"  # why a session whose payer has money cannot go on


@dataclass(frozen=True, slots=True)
class Means:
    """`held` pays a part of the next increment; `cap_minor` is the payer's for this session;
    `member` spends for the payer, "" where it is the payer; `refused_by` is `cap`, or "".
    """

    held: tuple[Drawn, ...] = ()
    cap_minor: int | None = None
    member: str = ""
    refused_by: str = ""

    @property
    def held_s(self) -> int:
        """How much of the next increment is covered."""
        return sum_s(self.held)

    def refused(self, cause: str) -> "Means":
        by = CAP if cause == CAP else ""
        return self if by == self.refused_by else replace(self, refused_by=by)

    def with_held(self, held: tuple[Drawn, ...]) -> "Means":
        return self if held == self.held else replace(self, held=held)


PLAIN = Means()  # money is all there is
