"""A statement in itself: its arithmetic, its days, and its way through the pipe."""

import json
from dataclasses import replace

import pytest

from ledger.bank.errors import CODES, StatementRefused
from ledger.bank.statements import (
    AMOUNT_MAX,
    LINES_MAX,
    Section,
    Statement,
    base_of,
    checked,
    days_of,
    from_json,
    joined,
    line_id,
    to_json,
)
from tests.ledger.bank.writing import NORTH, OURS, VECTOR, came, day, went

LINES = (came(2, 20, NORTH, "b", "2"), came(1, 10, VECTOR, "a", "1"))
SECTION = Section(OURS.account, day(1), day(2), 500, 3_500, LINES)
WHOLE = Statement("1c", "cp1251", (SECTION,))


def why(section: Section) -> str:
    with pytest.raises(StatementRefused) as refused:
        checked(Statement("1c", "cp1251", (section,)))
    assert refused.value.code in CODES
    return refused.value.code


def test_lines_come_in_the_common_order() -> None:
    [section] = checked(WHOLE).sections
    assert [line.reference for line in section.lines] == ["1", "2"]
    assert (section.credited, section.debited) == (3_000, 0)


def test_through_json_and_back() -> None:
    assert from_json(json.loads(json.dumps(to_json(WHOLE), default=str))) == WHOLE
    bare = replace(LINES[0], document_on=None)
    some = Statement("mt940", "utf-8", (replace(SECTION, lines=(bare,)),))
    assert from_json(json.loads(json.dumps(to_json(some), default=str))) == some


@pytest.mark.parametrize(
    ("section", "code"),
    [
        (replace(SECTION, closing=3_501), "balance_differs"),
        (replace(SECTION, last_day=day(1)), "outside"),
        (replace(SECTION, first_day=day(2)), "outside"),
        (replace(SECTION, first_day=day(3), lines=()), "outside"),
        (replace(SECTION, currency="USD"), "wrong_currency"),
        (replace(SECTION, lines=(replace(LINES[0], minor=0),)), "bad_value"),
        (replace(SECTION, lines=(replace(LINES[0], minor=AMOUNT_MAX + 1),)), "bad_value"),
        (replace(SECTION, lines=LINES * (LINES_MAX // 2 + 1)), "too_large"),
    ],
)
def test_what_does_not_add_up(section: Section, code: str) -> None:
    assert why(section) == code


def test_no_account() -> None:
    with pytest.raises(StatementRefused, match="no_account"):
        checked(Statement("1c", "cp1251", ()))


def test_the_key_of_a_line() -> None:
    """Дата, сумма, номер, счёт и который по счёту из равных; назначение банки пишут по-разному."""
    line = LINES[0]
    same = replace(line, purpose="другое", document_on=None)
    assert line_id(OURS.account, same, 1) == line_id(OURS.account, line, 1)
    others = {
        line_id(OURS.account, line, 1),
        line_id(OURS.account, line, 2),
        line_id("40817810200000000019", line, 1),
        line_id(OURS.account, replace(line, day=day(5)), 1),
        line_id(OURS.account, replace(line, minor=1), 1),
        line_id(OURS.account, replace(line, reference="3"), 1),
        line_id(OURS.account, replace(line, other=VECTOR), 1),
    }
    assert len(others) == 7
    assert all(len(one) == 32 for one in others)
    assert base_of(replace(line, other=replace(NORTH, name="x"))) == base_of(line)


def test_pages_that_continue_each_other() -> None:
    one = Section(OURS.account, day(1), day(1), 0, 100, ())
    two = Section(OURS.account, day(1), day(2), 100, 300, ())
    assert joined([one, two]) == (Section(OURS.account, day(1), day(2), 0, 300, ()),)
    for other in (
        replace(two, opening=101),
        replace(two, first_day=day(2)),
        replace(two, account="x"),
        replace(two, currency="USD"),
    ):
        assert joined([one, other]) == (one, other)


def test_days() -> None:
    assert days_of([]) is None
    assert days_of([*LINES, went(7, 5, NORTH, "x")]) == (day(1), day(7))
