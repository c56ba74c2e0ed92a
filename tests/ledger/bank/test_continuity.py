"""What a section adds to what is known, and why it may not."""

from datetime import date
from typing import Any

import pytest

from ledger.bank.continuity import Known, Plan, continue_books, from_beginning
from ledger.bank.errors import StatementRefused
from ledger.bank.statements import Line, Section
from tests.ledger.bank.writing import NORTH, OURS, VECTOR, came, day, went

A, B, C = came(1, 10, NORTH, "a", "1"), came(2, 20, NORTH, "b", "2"), came(3, 30, NORTH, "c", "3")


def section(opening: int, *lines: Line, days: tuple[int, int] | None = None) -> Section:
    first, last = days or (lines[0].day.day - 1, lines[-1].day.day - 1)
    closing = opening + sum(line.minor for line in lines)
    return Section(OURS.account, day(first), day(last), opening, closing, lines)


def known(before: int, *lines: Line, spans: Any = (), since: int = 1) -> Known:
    told = tuple((day(first), day(last)) for first, last in spans)
    return Known(day(since), 0, before, lines, told)


def fresh(plan: Plan) -> list[tuple[str, int]]:
    return [(line.reference, ordinal) for line, ordinal in plan.new]


def why(seen: Known, asked: Section) -> tuple[str, str]:
    with pytest.raises(StatementRefused) as refused:
        continue_books(seen, asked)
    return refused.value.code, refused.value.detail


def test_the_first_section_is_new() -> None:
    plan = continue_books(known(0), section(0, A, B))
    assert (fresh(plan), plan.seen, plan.turned) == ([("1", 1), ("2", 1)], 0, 3_000)


def test_an_overlap_brings_what_is_beyond_it() -> None:
    plan = continue_books(known(1_000, B, spans=[(1, 2)]), section(1_000, B, C))
    assert (fresh(plan), plan.seen) == ([("3", 1)], 1)


def test_equal_lines_are_told_by_their_count() -> None:
    """Два одинаковых платежа за день: второй не теряется и не удваивается."""
    once, twice = section(0, A), section(0, A, A)
    assert fresh(continue_books(known(0, spans=[]), twice)) == [("1", 1), ("1", 2)]
    assert fresh(continue_books(known(0, A, spans=[(1, 1)]), twice)) == [("1", 2)]
    assert fresh(continue_books(known(0, A, A, spans=[(1, 1)]), twice)) == []
    assert fresh(continue_books(known(0, A, A, spans=[(1, 1)]), once)) == []


def test_a_gap_names_the_days() -> None:
    assert why(known(1_000, spans=[(1, 1)]), section(3_000, C)) == ("gap", "02.11.2026–03.11.2026")
    assert why(known(0, since=1), section(3_000, C)) == ("gap", "02.11.2026–03.11.2026")


def test_quiet_days_may_be_left_out() -> None:
    assert fresh(continue_books(known(1_000, spans=[(1, 1)]), section(1_000, C))) == [("3", 1)]


def test_another_opening_balance() -> None:
    told = why(known(1_000, B, spans=[(1, 2)]), section(999, B))
    assert told == ("opening_differs", "03.11.2026: 9.99 ≠ 10.00")


def test_another_line_of_a_known_day() -> None:
    other = came(2, 20, VECTOR, "b", "2")
    code, detail = why(known(1_000, B, spans=[(1, 2)]), section(1_000, other))
    assert (code, detail) == ("lines_differ", "03.11.2026 № 2")


def test_a_new_line_inside_a_whole_day() -> None:
    """Выписка за 1–3 рассказала о втором дне целиком."""
    more = came(2, 5, VECTOR, "d", "9")
    seen = known(1_000, B, C, spans=[(1, 3)])
    assert why(seen, section(1_000, B, more)) == ("contradiction", "03.11.2026")


def test_the_last_day_may_grow_until_the_next_is_told() -> None:
    more = came(2, 5, VECTOR, "d", "9")
    assert fresh(continue_books(known(1_000, B, spans=[(1, 2)]), section(1_000, B, more))) == [
        ("9", 1)
    ]
    seen = known(1_000, B, C, spans=[(1, 2), (3, 3)])
    assert why(seen, section(1_000, B, more))[0] == "contradiction"


def test_lines_that_move_no_balance_may_fill_a_gap() -> None:
    """+5 и −5 в день, о котором выписки не было."""
    back = went(2, 500, VECTOR, "e", "8")
    seen = known(1_000, C, spans=[(1, 1), (3, 3)])
    quiet = section(1_000, came(2, 5, VECTOR, "d", "9"), back)
    assert fresh(continue_books(seen, quiet)) == [("9", 1), ("8", 1)]


def test_a_part_of_a_day_goes_on_where_the_books_stop() -> None:
    second = came(1, 7, NORTH, "x", "5")
    seen = known(0, A, spans=[(1, 1)])
    assert fresh(continue_books(seen, section(1_000, second))) == [("5", 1)]
    assert why(seen, section(1_000, A, second))[0] == "opening_differs"
    later = known(0, A, B, spans=[(1, 2)])
    assert why(later, section(1_000, second))[0] == "opening_differs"


def test_a_known_part_of_a_day_changes_nothing() -> None:
    first, second = A, came(1, 7, NORTH, "x", "5")
    seen = known(0, first, second, spans=[(1, 1)])
    assert fresh(continue_books(seen, section(1_000, second))) == []
    assert why(seen, section(1_001, second))[0] == "opening_differs"


def test_days_before_the_beginning_are_left_out() -> None:
    cut = from_beginning(section(0, A, B, C), day(2), 1_000)
    assert (cut.first_day, cut.opening, cut.lines) == (day(2), 1_000, (B, C))
    assert from_beginning(section(1_000, B), day(2), 1_000).lines == (B,)
    for asked, opening in ((section(0, A), 1_000), (section(0, A, B), 999)):
        with pytest.raises(StatementRefused) as refused:
            from_beginning(asked, day(2), opening)
        assert refused.value.code == "before_beginning"


def test_quiet_days_add_only_their_telling() -> None:
    quiet = section(1_000, days=(2, 4))
    plan = continue_books(known(1_000, spans=[(1, 1)]), quiet)
    assert (fresh(plan), plan.seen) == ([], 0)
    assert known(0, spans=[(1, 1), (2, 4)]).told_until == date(2026, 11, 5)
    assert why(known(900, spans=[(1, 1)]), quiet)[0] == "gap"
