"""The meter as a pure machine, against a wallet of one number."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import Account, AccountKind
from metering import AtCeiling, Meter, MeterState, Rounding, Rule, Segment, Tariff, units
from metering.ahead import due_second, overdue
from metering.effects import Charge, CutOff, Effect, Hold, Look
from metering.meter import (
    LIVE,
    TRANSITIONS,
    absent,
    advance,
    first_hold,
    funded,
    held,
    paid,
    paused,
    refused,
    resumed,
    started,
    stopped,
    unpaid,
)
from metering.runs import runs_of
from tests.metering.books import T0, seconds

BOB = Account(AccountKind.PREPAID, "bob")
MINUTES = Tariff(segments=(Segment(0, 100, 60, 60),))


@dataclass
class Wallet:
    """A ledger that a child could keep: money, and money set aside."""

    money: int
    held: int = 0
    lines: list[tuple[int, int, int]] = field(default_factory=list)
    told: list[Effect] = field(default_factory=list)

    def begin(self, tariff: Tariff) -> Meter:
        meter = Meter("S-1", tariff, BOB, Account(AccountKind.ESCROW, "S-1"))
        self.held = first_hold(meter, T0)
        return funded(started(meter, T0, self.held), self.money - self.held)

    def observe(self, meter: Meter, witnessed: list[int]) -> Meter:
        meter, rest = meter._replace(asked_s=-1), runs_of(witnessed)
        while True:
            step = advance(meter, rest)
            meter, rest = step.meter, step.rest
            ask = step.effects[-1] if step.effects else None
            self.told += [e for e in step.effects if not isinstance(e, Charge | Hold | Look)]
            if isinstance(ask, Charge):
                meter = self.charge(meter, ask)
            elif isinstance(ask, Hold):
                meter = self.hold(meter, ask)
            elif isinstance(ask, Look):
                meter = funded(meter, self.money - self.held)
            else:
                return meter

    def charge(self, meter: Meter, ask: Charge) -> Meter:
        if meter.held_minor:
            self.held -= meter.held_minor
        if self.money - self.held < ask.amount:
            meter, effects = unpaid(meter)
            self.told += effects
            return meter
        self.money -= ask.amount
        self.lines.append((ask.n, ask.second, ask.amount))
        return funded(paid(meter, ask), self.money - self.held)

    def hold(self, meter: Meter, ask: Hold) -> Meter:
        if self.money - self.held < ask.amount:
            meter, effects = refused(meter)
        else:
            self.held += ask.amount
            meter, effects = held(meter, ask)
        self.told += effects
        return meter


tariffs = st.builds(
    Tariff,
    connect_fee=st.sampled_from([0, 35]),
    grace_seconds=st.sampled_from([0, 0, 15, 100]),
    free_seconds=st.sampled_from([0, 0, 40]),
    free_increment_seconds=st.sampled_from([1, 20]),
    segments=st.sampled_from(
        [
            (Segment(0, 100, 60, 60),),
            (Segment(0, 70, 60, 30), Segment(30, 70, 60, 6)),
            (Segment(0, 60, 60, 90), Segment(90, 45, 60, 60)),
            (Segment(0, 7, 60, 1),),
        ]
    ),
    min_charge=st.sampled_from([0, 0, 130]),
    max_charge=st.sampled_from([None, None, 250]),
    max_charge_strategy=st.sampled_from(list(AtCeiling)),
    rounding=st.builds(
        Rounding, st.sampled_from([Rule.UP, Rule.DOWN, Rule.HALF_UP]), st.sampled_from([1, 10])
    ),
)
witnessed = st.lists(st.integers(T0 - 3, T0 + 500), max_size=400, unique=True)


@given(tariffs, st.integers(200, 1500), witnessed, st.data())
def test_any_cutting_of_seconds_gives_the_same_charges(
    tariff: Tariff, money: int, found: list[int], data: st.DataObject
) -> None:
    found = sorted(found)
    whole, parts = Wallet(money), Wallet(money)
    at_once = whole.observe(whole.begin(tariff), found)
    meter, left = parts.begin(tariff), list(found)
    while left:
        size = data.draw(st.integers(1, len(left)))
        meter = parts.observe(meter, left[:size])
        meter = parts.observe(meter, left[: size // 2])  # some come twice
        left = left[size:]
    assert parts.lines == whole.lines
    assert parts.told == whole.told
    assert parts.money == whole.money
    assert meter == at_once


@given(tariffs, st.integers(200, 1500), witnessed)
def test_a_meter_never_owes_and_never_counts_twice(
    tariff: Tariff, money: int, found: list[int]
) -> None:
    wallet = Wallet(money)
    meter = wallet.observe(wallet.begin(tariff), found)
    assert wallet.money >= wallet.held >= 0
    assert money - wallet.money == meter.charged_minor == sum(a for _, _, a in wallet.lines)
    assert meter.clock_s <= len([s for s in found if s >= T0])
    assert meter.clock_s <= max(meter.paid_s, tariff.grace_seconds)
    if meter.state in LIVE:
        assert meter.clock_s == len([s for s in found if s >= T0])


@given(tariffs, st.integers(1, 400))
def test_a_meter_charges_what_the_price_list_says(tariff: Tariff, length: int) -> None:
    tariff = replace(tariff, max_charge_strategy=AtCeiling.FREE)
    wallet = Wallet(100_000)
    wallet.observe(wallet.begin(tariff), seconds(0, length))
    listed = []
    if length > tariff.grace_seconds:
        for unit in units(tariff):
            if unit.from_s >= length:
                break
            listed.append((unit.n, unit.price_minor))
    assert [(n, amount) for n, _, amount in wallet.lines] == listed


def test_seconds_out_of_order_inside_one_call_all_count() -> None:
    wallet = Wallet(1000)
    meter = wallet.observe(wallet.begin(MINUTES), [T0 + 2, T0, T0 + 1, T0 + 1])
    assert meter.clock_s == 3


def test_late_seconds_of_a_paused_window_count_and_later_ones_do_not() -> None:
    wallet = Wallet(1000)
    meter = paused(wallet.begin(MINUTES), "host", T0 + 10)
    meter = wallet.observe(meter, seconds(5, 20))
    assert (meter.clock_s, meter.state) == (5, MeterState.PAUSED)
    meter = wallet.observe(resumed(meter, T0 + 30), seconds(20, 35))
    assert (meter.clock_s, meter.state) == (10, MeterState.RUNNING)


def test_the_cut_comes_with_the_last_paid_second() -> None:
    wallet = Wallet(100)
    meter = wallet.observe(wallet.begin(MINUTES), seconds(0, 59))
    assert meter.state is MeterState.FINAL
    meter = wallet.observe(meter, seconds(59, 60))
    assert (meter.state, meter.clock_s) == (MeterState.STOPPED, 60)
    assert wallet.told[-1] == CutOff("funds")


def test_silence_is_noticed_in_time() -> None:
    wallet = Wallet(1000)
    meter = wallet.observe(wallet.begin(MINUTES), seconds(0, 10))
    assert due_second(meter) == T0 + 15
    assert overdue(meter, T0 + 14) is None
    assert overdue(meter, T0 + 15) == "no_media"
    assert due_second(absent(meter)) == T0 + 100
    assert overdue(absent(meter), T0 + 99) is None
    assert overdue(absent(meter), T0 + 100) == "absence"
    asked = paused(meter, "host", T0 + 12)
    assert due_second(asked) == T0 + 12 + 900
    assert overdue(asked, T0 + 12 + 900) == "pause_limit"
    assert due_second(stopped(meter, "host", T0 + 12)) is None


def test_a_laptop_may_sleep_for_a_whole_minute() -> None:
    """Nothing of the gap is counted, and the session goes on with what the account still has."""
    wallet = Wallet(1000)
    meter = absent(wallet.observe(wallet.begin(MINUTES), seconds(0, 10)))
    assert overdue(meter, T0 + 10 + 62) is None
    before = list(wallet.lines)
    woken = wallet.observe(meter, seconds(74, 80))
    assert (woken.state, woken.clock_s) == (MeterState.RUNNING, 16)
    assert wallet.lines == before


def test_a_pause_beats_missing_media_and_resume_needs_a_pause() -> None:
    wallet = Wallet(1000)
    meter = absent(wallet.begin(MINUTES))
    asked = paused(meter, "host", T0 + 7)
    assert asked.cause == "host"
    assert resumed(meter, T0 + 9) == meter
    assert wallet.observe(asked, seconds(7, 9)).state is MeterState.PAUSED


@pytest.mark.parametrize("state", list(MeterState))
def test_the_state_table_is_complete(state: MeterState) -> None:
    assert set(TRANSITIONS) == set(MeterState)
    assert (state is MeterState.STOPPED) == (not TRANSITIONS[state])
    assert state not in TRANSITIONS[state]
