"""A tariff that somebody wants to sell: read, and refused unless it can be charged by.

What `Tariff.read` refuses is refused here too: gaps, ties of weight, unknown zones, fields that we
do not know, an increment's price beyond 63 bits. A draft must also divide: under `exact` every
part is whole steps of money, free seconds are whole steps of time, and the dearest session that
can be asked about stays within 63 bits. Each refusal names the field.
"""

import re

from metering.errors import BadTariff
from metering.fields import Fields
from metering.loader import check_divides
from metering.schedule import CONNECTED_MAX_S, MONEY_MAX, Rule, Segment
from metering.tariffs import KIND, Tariff

_CURRENCY = re.compile(r"[A-Z]{3}")


def read_draft(document: object) -> Tariff:
    """The tariff of a JSON document, fit for sale.

    Raises:
        BadTariff: names the field.
    """
    fields = Fields(document, "tariff", BadTariff)
    _check_names(fields)
    tariff = Tariff.read(fields)
    fields.finish()
    _check_steps(fields, tariff)
    check_divides(fields, tariff.segments, tariff.windows, tariff.rounding)
    _check_size(fields, tariff)
    return tariff


def _check_names(fields: Fields) -> None:
    """What has a default in a question must be said in a tariff."""
    if not KIND.fullmatch(fields.text("plan")):
        raise fields.bad("plan", "must be small letters, digits and hyphens, 40 at most")
    if not _CURRENCY.fullmatch(fields.text("currency")):
        raise fields.bad("currency", "must be three capital letters, such as RUB")
    fields.text("payer")


def _check_steps(fields: Fields, tariff: Tariff) -> None:
    if tariff.free_seconds != tariff.free_whole_s:
        step = tariff.free_increment_seconds
        raise fields.bad("free_seconds", f"is no whole number of steps of {step} seconds")
    if tariff.rounding.rule is not Rule.EXACT:
        return
    sums = {name: getattr(tariff, name) or 0 for name in ("connect_fee", "min_charge")}
    sums["max_charge"] = tariff.max_charge or 0
    for i, window in enumerate(tariff.windows):
        sums[f"windows[{i}].connect_fee"] = window.connect_fee
    for name, minor in sums.items():
        if minor % tariff.rounding.to_multiple_of:
            step = tariff.rounding.to_multiple_of
            raise fields.bad(name, f"is no multiple of {step}: it cannot be exact")


def _check_size(fields: Fields, tariff: Tariff) -> None:
    """The longest session at the price of each segment, its fee and its rounding included."""
    if tariff.max_charge is not None:
        return
    groups = [("segments", tariff.connect_fee, tariff.segments)]
    groups += [
        (f"windows[{i}].segments", window.connect_fee, window.segments)
        for i, window in enumerate(tariff.windows)
    ]
    for name, fee, segments in groups:
        for i, segment in enumerate(segments):
            dearest = fee + tariff.min_charge + _longest(segment) + tariff.rounding.to_multiple_of
            if dearest > MONEY_MAX:
                raise fields.bad(f"{name}[{i}].rate", "a long session would not fit into 63 bits")


def _longest(segment: Segment) -> int:
    increments = -(-CONNECTED_MAX_S // segment.increment_seconds)
    total = segment.price * increments
    return -(-total.numerator // total.denominator)
