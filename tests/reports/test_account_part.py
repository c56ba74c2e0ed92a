"""A part of a paper that is one account: its balances follow, or it is not made."""

from dataclasses import replace

import pytest

from reports.account_part import added_up, part_from_json, part_json, part_of
from reports.errors import TotalsDiffer
from reports.statement import StatementTotals
from tests.reports.settlement_builders import earned


def test_a_part_comes_back_from_its_own_data() -> None:
    part = earned(12, 300_00)
    assert part_from_json(part_json(part)) == part
    assert not part_of("wallet", (), (0, 0)).moved
    assert part_of("wallet", (), (1, 1)).moved


def test_a_balance_that_does_not_follow_is_named_with_its_account() -> None:
    part = earned(3)
    wrong = (*part.movements[:2], replace(part.movements[2], minor=1))
    with pytest.raises(TotalsDiffer, match=r"earnings\.movements\[2\]"):
        part_of("earnings", wrong, (0, part.totals.closing))
    with pytest.raises(TotalsDiffer, match=r"reserve\.totals\.closing"):
        part_of("reserve", (), (0, 1))


def test_accounts_add_up_as_one() -> None:
    parts = (earned(2, 5_00), part_of("reserve", (), (7_00, 7_00)))
    totals = parts[0].totals
    assert added_up(parts) == replace(totals, opening=12_00, closing=totals.closing + 7_00)
    assert added_up(()) == StatementTotals(0, 0, 0, 0, 0, 0)
