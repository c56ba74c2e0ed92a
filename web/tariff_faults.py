"""Why a tariff is refused, in the reader's language: metering says it in English, for programs."""

import re
from collections.abc import Callable

Say = Callable[..., str]

# What metering says -> what a person is told; holes are taken from the groups.
_FAULTS: tuple[tuple[str, Callable[[Say, re.Match[str]], str]], ...] = (
    (r"is missing.*", lambda _, m: _("Fill this in")),
    (r"must be at least (\d+)", lambda _, m: _("At least {n}", n=m[1])),
    (r"must be at most (\d+) basis points", lambda _, m: _("At most 100 %")),
    (r"must be at most (\d+)", lambda _, m: _("At most {n}", n=m[1])),
    (r"must be one of (.*)", lambda _, m: _("One of: {names}", names=m[1])),
    (r"is not a time zone we know", lambda _, m: _("There is no such time zone")),
    (
        r"an increment costs .*: cannot be exact",
        lambda _, m: _("A step would cost a fraction: choose another step or a rounding"),
    ),
    (
        r"is no multiple of .*: it cannot be exact",
        lambda _, m: _("This is no whole number of rounding steps"),
    ),
    (r".*63 bits", lambda _, m: _("Too dear for a long session")),
    (
        r"the first segment must start at 0.*",
        lambda _, m: _("The first price must begin at 0"),
    ),
    (
        r"must be later than the segment before it",
        lambda _, m: _("Must be later than the price before it"),
    ),
    (r"must be a wall clock.*|must be before 24:00", lambda _, m: _("Write a time as 08:30")),
    (r"equals from: .*", lambda _, m: _("The end equals the beginning")),
    (r"must be different numbers from 1.*", lambda _, m: _("Choose a day of the week")),
    (r"must be a day of the year.*", lambda _, m: _("There is no such day")),
    (
        r"there is a gap: no price on weekday (\d)(?:, (\d\d)-(\d\d))? at (\S+)",
        lambda _, m: _("No price is said for weekday {n}, {clock}", n=m[1], clock=m[4]),
    ),
    (
        r"equals that of windows\[(\d+)\] at the same time",
        lambda _, m: _(
            "Price {n} is in force at the same time: give one of them more weight",
            n=int(m[1]) + 1,
        ),
    ),
    (r"is below min_charge", lambda _, m: _("The ceiling is below the least charge")),
    (
        r"is no whole number of steps of .*",
        lambda _, m: _("This is no whole number of free steps"),
    ),
    (
        r"a consultant's rate of .* cannot be charged so.*",
        lambda _, m: _("A consultant's rate in force cannot be charged so"),
    ),
    (
        r"would bring the consultant nothing",
        lambda _, m: _("Only where the consultant pays: else the consultant would get nothing"),
    ),
    (r"of this plan is .* for good", lambda _, m: _("This can't be changed in a plan")),
)


def fault_text(why: str, _: Say) -> str:
    """What is wrong with a field; what has no words yet is said as metering says it."""
    for pattern, told in _FAULTS:
        found = re.fullmatch(pattern, why)
        if found:
            return told(_, found)
    return _("Look at this field: {why}", why=why)
