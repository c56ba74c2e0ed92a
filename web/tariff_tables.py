"""Preview tables: what sessions come to by a tariff that is published, or is to be."""

from datetime import datetime

from ledger import Money
from metering import Line, Tariff, dry_run, first_moments
from web.shapes_tariffs import PreviewLine, PreviewTable

RATE_MINUTES = (1, 10, 30, 60)
PLAN_MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)


def rate_lines(tariff: Tariff, at: datetime) -> tuple[PreviewLine, ...]:
    """A minute, ten, half an hour, an hour."""
    wanted = {n * 60 for n in RATE_MINUTES}
    return tuple(_line(tariff, one) for one in dry_run(tariff, at) if one.connected_s in wanted)


def plan_tables(tariff: Tariff, at: datetime) -> tuple[PreviewTable, ...]:
    """One table, or one for each window, with the seconds at which the rules change."""
    if not tariff.windows:
        return (PreviewTable(_lines(tariff, None)),)
    return tuple(
        PreviewTable(_lines(tariff, start) if start else (), n, start)
        for n, start in enumerate(first_moments(tariff, at), 1)
    )


def _lines(tariff: Tariff, start: datetime | None) -> tuple[PreviewLine, ...]:
    wanted = {n * 60 for n in PLAN_MINUTES}
    return tuple(
        _line(tariff, one)
        for one in dry_run(tariff, start)
        if one.connected_s in wanted or one.connected_s % 60
    )


def _line(tariff: Tariff, one: Line) -> PreviewLine:
    return PreviewLine(
        connected_s=one.connected_s,
        paid_s=one.paid_s,
        free_s=one.free_s,
        charge=Money(one.charge, tariff.currency),
        provider=Money(one.provider, tariff.currency),
        platform=Money(one.platform, tariff.currency),
        cause=one.cause,
    )
