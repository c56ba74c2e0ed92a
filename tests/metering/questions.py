"""Any lawful question to `minuta quote`, with windows and without, for laws that hold for all."""

from typing import Any

from hypothesis import strategies as st

ZONES = ("UTC", "Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
STARTS = (
    "2026-03-29T00:30:00Z", "2026-10-25T00:30:00Z", "2026-03-08T06:45:00Z", "2026-11-01T05:45:00Z",
    "2026-04-04T14:45:00Z", "2026-12-31T20:50:00Z", "2026-03-02T20:55:00Z", "2028-02-28T23:55:00Z",
)  # fmt: skip
FREE_WORDS = ("up", "down", "half_up")

Segments = list[dict[str, int]]


@st.composite
def segments(draw: st.DrawFn) -> Segments:
    gaps = draw(st.lists(st.integers(1, 200), max_size=3))
    starts = [sum(gaps[:n]) for n in range(len(gaps) + 1)]
    return [
        {
            "from_second": start,
            "rate": draw(st.integers(0, 500)),
            "per_seconds": draw(st.integers(1, 90)),
            "increment_seconds": draw(st.sampled_from([1, 6, 7, 30, 60, 90])),
        }
        for start in starts
    ]


@st.composite
def windows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two halves of the day, an hour of the night that may be there twice, and a holiday."""
    border = draw(st.sampled_from(["02:00", "06:00", "23:00"]))
    hours = [(border, "12:00" if border < "12:00" else "24:00", 0, None)]
    hours.append((hours[0][1].replace("24:00", "00:00"), border, 0, None))
    hours.append(("01:00", "03:00", 1, None))
    hours.append(("00:00", "24:00", 2, ["01-01", "02-29"]))
    return [
        {
            "from": begin, "to": end, "weight": weight, "month_days": days,
            "connect_fee": draw(st.sampled_from([0, 35])), "segments": draw(segments()),
        }
        for begin, end, weight, days in hours
    ]  # fmt: skip


@st.composite
def questions(draw: st.DrawFn, windowed: bool | None = None) -> dict[str, Any]:
    if windowed is None:
        windowed = draw(st.booleans())
    tariff: dict[str, Any] = {
        "connect_fee": draw(st.sampled_from([0, 0, 35])),
        "grace_seconds": draw(st.sampled_from([0, 0, 20])),
        "free_seconds": draw(st.sampled_from([0, 0, 45, 100])),
        "free_increment_seconds": draw(st.sampled_from([1, 10, 60])),
        "min_charge": draw(st.sampled_from([0, 0, 70])),
        "max_charge": draw(st.sampled_from([None, None, 300])),
        "max_charge_strategy": draw(st.sampled_from(["free", "disconnect"])),
    }
    usage: dict[str, Any] = {"connected_seconds": draw(st.integers(0, 400))}
    usage["pauses"] = draw(
        st.lists(st.tuples(st.integers(0, 400), st.integers(0, 150)), max_size=3).map(
            lambda rows: [[begin, begin + length] for begin, length in rows]
        )
    )
    if windowed:
        tariff |= {"windows": draw(windows()), "timezone": draw(st.sampled_from(ZONES))}
        usage["start_utc"] = draw(st.sampled_from(STARTS))
    else:
        tariff["segments"] = draw(segments())
    document: dict[str, Any] = {
        "tariff": tariff,
        "rounding": {
            "rule": draw(st.sampled_from(FREE_WORDS)),
            "to_multiple_of": draw(st.sampled_from([1, 5, 50])),
        },
        "usage": usage,
        "split": {"provider_bp": draw(st.integers(0, 10_000))},
    }
    if draw(st.booleans()):
        document["balance"] = draw(st.integers(0, 3000))
        document["allow_negative_balance"] = draw(st.booleans())
    return document
