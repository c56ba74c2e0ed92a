"""Published versions: what a plan costs from when on, and a consultant's own rate within it.

The platform publishes whole plans. A consultant publishes a price a minute for a plan in which the
client pays; everything else of such a session (shares, floor, warnings) is the platform's plan of
the day on which the session is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from metering.drafts import read_draft
from metering.errors import BadTariff
from metering.schedule import Segment
from metering.tariffs import Tariff

PLATFORM = ""  # the owner of plans
MINUTE_S = 60
KEPT_FOR_GOOD = ("payer", "currency")  # what a plan is; another one is another plan


@dataclass(frozen=True, slots=True)
class Published:
    """Version `version` (from 1) of a plan, or of the rate of `owner` within it; never changed."""

    plan: str
    owner: str
    version: int
    tariff: Tariff
    published_at: datetime
    published_by: str = ""
    why: str = ""

    def says(self, other: "Published") -> bool:
        """The same price: of a plan every field, of a rate its segments."""
        if self.owner != PLATFORM:
            return self.tariff.segments == other.tariff.segments
        return self.tariff == other.tariff


def rate_draft(plan: Tariff, rate_minor: int, version: int) -> Tariff:
    """The plan at `rate_minor` a begun minute, as version `version` of a consultant's rate.

    Raises: BadTariff where the plan is not for own rates, or cannot be charged at this one.
    """
    if plan.payer != "client":
        raise BadTariff("tariff.payer", "of this plan is the host: there is no own rate in it")
    if rate_minor < 1:
        raise BadTariff("tariff.segments[0].rate", "must be at least 1")
    own = (Segment(0, rate_minor, MINUTE_S, MINUTE_S),)
    return checked(replace(plan, segments=own, windows=(), rate_version=version))


def at_rate(plan: Published, rate: Published | None) -> Tariff:
    """What a session pays by this plan, at the consultant's rate if there is one."""
    if rate is None:
        return plan.tariff
    own = rate.tariff
    return replace(
        plan.tariff, segments=own.segments, windows=own.windows, rate_version=rate.version
    )


def check_successor(draft: Tariff, last: Tariff, rates: Iterable[Published]) -> None:
    """May `draft` follow `last`: the same plan still, and good for every rate in force.

    Raises: BadTariff.
    """
    for name in KEPT_FOR_GOOD:
        if getattr(draft, name) != getattr(last, name):
            raise BadTariff(f"tariff.{name}", f"of this plan is {getattr(last, name)} for good")
    for own in {rate.tariff.segments for rate in rates}:
        try:
            checked(replace(draft, segments=own, windows=()))
        except BadTariff as error:
            price = own[0].rate
            why = f"a consultant's rate of {price} cannot be charged so: {error.why}"
            raise BadTariff("tariff.rounding", why) from error


def checked(tariff: Tariff) -> Tariff:
    """The tariff, fit for sale. Raises: BadTariff."""
    return read_draft(tariff.to_dict())
