"""A database that fails, and by failure mode the tests that go further than test_failures.py."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.metering.books import House

ALSO = {
    "kill": (
        "tests/metering/test_killed.py::test_a_thousand_rounds_of_two_nodes",
        "tests/metering/test_killed.py::test_fifty_rounds_of_two_nodes",
        "tests/metering/test_loop.py::test_killed_between_any_two_statements",
        "tests/test_simulation.py::test_a_hundred_days",
    ),
    "unheard commit": (
        "tests/ledger/test_writer_cut.py::test_the_draft_moves_once_and_the_caller_hears_it",
    ),
    "stopped owner": (
        "tests/metering/test_shards.py::test_epochs_guard_a_row_that_nobody_changed",
    ),
    "clocks": (
        "tests/metering/test_vectors.py::test_there_are_enough_and_each_says_where_it_comes_from",
        "tests/metering/test_loop.py::test_how_often_the_loop_wakes_changes_nothing",
    ),
    "hang-up": (
        "tests/metering/test_loop.py::test_hang_up_charges_what_is_still_remembered",
        "tests/metering/test_loop.py::test_both_gone_for_ninety_seconds_ends_the_session",
    ),
    "final": ("tests/metering/test_verbs.py::test_a_top_up_in_the_last_seconds_takes_it_back",),
    "price": ("tests/metering/test_verbs_tariffs.py::test_a_plan_changes_under_a_rate",),
    "outbox": (
        "tests/web/test_courier.py::test_a_letter_is_sent_once",
        "tests/broker/notices/test_letters.py::test_both_sides_are_told_of_the_end_once",
    ),
    "after settle": (
        "tests/ledger/test_triggers.py::test_what_is_written_stays",
        "tests/ledger/cards/test_disputes.py::test_lost_after_it_was_spent",
        "tests/ledger/test_rulings.py::test_a_ruling_moves_what_is_there_and_tells_what_is_not",
    ),
}


class Away:
    """A database that is not there between two seconds of the clock, or that fails otherwise."""

    def __init__(self, house: House, begin: int, end: int, error: Exception) -> None:
        self.house, self.span, self.error = house, range(begin, end), error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        if self.house.clock.second in self.span:
            raise self.error
        async with self.house.transaction() as db:
            yield db
