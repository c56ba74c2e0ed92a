"""The statement of account: every balance follows from the one before, minutes are gathered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reports.canonical import parse
from reports.errors import TotalsDiffer
from reports.statement import (
    Movement,
    gathered,
    statement_from_json,
    statement_json,
    statement_of,
    told_by,
)
from tests.reports.period_builders import BEGIN, CUSTOMER, statement


def entry(n: int, kind: str, ref: str, minor: int, balance: int) -> Movement:
    at = BEGIN + timedelta(minutes=n)
    return Movement(at, at, kind, ref, int(kind == "minute"), minor, balance)


def test_minutes_of_one_session_in_a_row_are_one_line() -> None:
    entries = [
        entry(0, "top_up", "t", 100_00, 100_00),
        entry(1, "minute", "S-1", -20_00, 80_00),
        entry(2, "minute", "S-1", -20_00, 60_00),
        entry(3, "minute", "S-2", -10_00, 50_00),
        entry(4, "minute", "S-1", -20_00, 30_00),
    ]
    found = gathered(entries)
    assert [(one.ref, one.charges, one.minor, one.balance) for one in found] == [
        ("t", 0, 100_00, 100_00),
        ("S-1", 2, -40_00, 60_00),
        ("S-2", 1, -10_00, 50_00),
        ("S-1", 1, -20_00, 30_00),
    ]
    assert found[1].until - found[1].at == timedelta(minutes=1)


def test_totals() -> None:
    one = statement()
    totals = one.totals
    assert totals.closing == totals.opening + totals.credits - totals.debits
    assert totals.credits == 3 * 2_000_00 + 3 * 192_00
    assert statement(0).totals.closing == statement(0).totals.opening


def test_a_balance_that_does_not_follow_is_refused() -> None:
    one = statement()
    balances = (one.totals.opening, one.totals.closing)
    wrong = (replace(one.movements[0], balance=1), *one.movements[1:])
    with pytest.raises(TotalsDiffer, match=r"movements\[0\]"):
        statement_of(one.heading, one.issuer, one.scope, CUSTOMER, wrong, balances)
    with pytest.raises(TotalsDiffer, match="closing"):
        statement_of(one.heading, one.issuer, one.scope, CUSTOMER, one.movements[:-1], balances)


def test_there_and_back_and_what_counts() -> None:
    one = statement()
    assert statement_from_json(parse(statement_json(one))) == one
    assert told_by(replace(one, heading=replace(one.heading, revision=2))) == told_by(one)
    assert told_by(statement(8)) != told_by(one)
