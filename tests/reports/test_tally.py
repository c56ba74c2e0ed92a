"""Whatever sessions are divided by, the parts are the whole."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from reports import tally
from reports.tally import OUTCOMES, TOP, SessionLine, Sums

MOSCOW = ZoneInfo("Europe/Moscow")
FIRST = datetime(2026, 10, 1, tzinfo=MOSCOW)
DAYS = [date(2026, 10, 1) + timedelta(days=n) for n in range(31)]
SECONDS = 31 * 86_400 - 1
STATES = (("settled", "resolved"), ("settled", "unresolved"), ("settled", ""), ("ended", ""))


@st.composite
def lines(draw: st.DrawFn) -> SessionLine:
    state, outcome = draw(st.sampled_from(STATES))
    ended = FIRST + timedelta(seconds=draw(st.integers(0, SECONDS)))
    parts = [draw(st.integers(0, 10**9)) for _ in range(3)]
    if state == "ended":
        parts = [0, 0, 0]
    host, client = (draw(st.sampled_from(("a", "b", "c"))) for _ in range(2))
    return SessionLine(
        number="S",
        began_at=ended,
        ended_at=ended.astimezone(UTC),
        topic="",
        plan=draw(st.sampled_from(("client-pays", "host-pays"))),
        state=state,
        outcome=outcome,
        host=(host, host.upper()),
        client=(client, client.upper()),
        clock_s=draw(st.integers(0, 86_400)),
        charged=sum(parts) + (draw(st.integers(0, 10**6)) if state == "ended" else 0),
        platform=parts[0],
        consultant=parts[1],
        refunded=parts[2],
        currency="RUB",
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(lines(), max_size=12))
def test_every_cut_ends_in_the_same_sums(found: list[SessionLine]) -> None:
    whole = tally.sums_of(found)
    cuts = (tally.by_client, tally.by_consultant, tally.by_pair, tally.by_outcome)
    tables = [*(cut(found) for cut in cuts), tally.by_day(found, DAYS, MOSCOW)]
    for table in tables:
        assert sum((row.sums for row in table), Sums()) == whole
    parts = whole.consultant + whole.platform + whole.refunded + whole.waits
    assert whole.paid + whole.connection == parts


SAMPLE = SessionLine(
    "S", FIRST, FIRST, "", "client-pays", "settled", "resolved",
    ("h", "Иван"), ("c", "Анна"), 60, 2000, 200, 1800, 0, "RUB",
)  # fmt: skip


def test_those_beyond_the_top_are_one_row() -> None:
    many = [replace(SAMPLE, client=(str(n), f"К{n}"), clock_s=60 + n) for n in range(TOP + 7)]
    table = tally.by_client(many)
    assert (len(table), table[-1].merged, table[-1].names) == (TOP + 1, 7, ())
    assert table[0].names == (f"К{TOP + 6}",), "the longest first"
    assert sum(row.sums.sessions for row in table) == TOP + 7


def test_a_day_is_the_readers() -> None:
    """At 23:30 in UTC it is the next day in Moscow."""
    late = replace(SAMPLE, ended_at=datetime(2026, 10, 5, 23, 30, tzinfo=UTC))
    rows = tally.by_day([late], DAYS, MOSCOW)
    assert [row.names for row in rows if row.sums.sessions] == [("2026-10-06",)]
    assert len(rows) == len(DAYS)


def test_namesakes_are_two() -> None:
    two = [SAMPLE, replace(SAMPLE, client=("d", "Анна"))]
    assert [row.names for row in tally.by_client(two)] == [("Анна",), ("Анна",)]


def test_what_became_of_each_state() -> None:
    became = [
        replace(SAMPLE, state=state, outcome=outcome).became
        for state, outcome in (*STATES, ("cancelled", ""), ("live", ""), ("settled", "ruled"))
    ]
    assert became == [
        *("resolved", "unresolved", "done", "undecided", "cancelled", "open", "ruled"),
    ]
    assert set(became) == set(OUTCOMES)
