"""What must be true after every step, by plain SQL and by pure recomputation; and at the end.

A crash may lose evidence that was not stored yet, and nothing else; always in the payer's favour.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from ledger import Account, AccountKind
from ledger import check as ledger_check
from metering import Receipt, Tariff, check, receipt_faults
from metering.shards import shard_of
from tests.simulation.bill import Line, bill
from tests.simulation.script import Script

ASIDE_S = 12  # a meter that broke a batch waits for so long

BOOKS = """
SELECT (SELECT coalesce(sum(balance), 0) FROM ledger_account),
  (SELECT count(*) FROM ledger_account a JOIN ledger_account_kind k ON k.code = a.kind
   WHERE k.floor IS NOT NULL AND a.balance - a.held < k.floor),
  (SELECT coalesce(sum(held), 0) FROM ledger_account),
  (SELECT coalesce(sum(amount), 0) FROM ledger_hold WHERE key NOT IN
   (SELECT hold_key FROM ledger_hold_end))
"""
TICKS = """
SELECT (SELECT coalesce(sum(ticks), 0) FROM metering_meters),
  (SELECT count(*) FROM metering_charges),
  (SELECT count(*) FROM outbox WHERE kind = 'MinuteCharged'),
  (SELECT count(DISTINCT session || ':' || n) FROM outbox WHERE kind = 'MinuteCharged'),
  (SELECT count(*) FROM metering_meters WHERE state = 'stopped'),
  (SELECT count(*) FROM outbox WHERE kind = 'MeterStopped')
"""
EPOCHS = "SELECT sum(epoch) FROM metering_shards"
METERS = """
SELECT session, version, state, clock_s, charged_minor, held_minor, ticks, receipt_hash,
  since_second FROM metering_meters
"""
RUNS = "SELECT from_second, to_second FROM metering_segments WHERE session = ? ORDER BY 1"
CHARGES = """
SELECT c.n, c.from_s, c.to_s, c.amount_minor, c.second, c.currency, r.total_minor, r.prev, r.hash
FROM metering_charges c LEFT JOIN metering_receipts r ON r.session = c.session AND r.n = c.n
WHERE c.session = ? ORDER BY c.n
"""
JOURNALS = """
SELECT j.key, sum(CASE WHEN e.amount < 0 THEN -e.amount ELSE 0 END) FROM ledger_journal j
JOIN ledger_entry e ON e.journal_id = j.id JOIN ledger_account a ON a.id = e.account_id
WHERE j.ref = ? AND j.scope = 'tick' AND a.kind IN (?, ?) GROUP BY j.id, j.key ORDER BY j.id
"""
HOLDS = """
SELECT amount FROM ledger_hold WHERE key GLOB 'meter:' || ? || ':*'
  AND key NOT IN (SELECT hold_key FROM ledger_hold_end)
"""
USES = "SELECT n, sum(covered_s) FROM metering_allowance_uses WHERE session = ? GROUP BY n"
SECONDS = """
SELECT (SELECT coalesce(sum(seconds - left_s), 0) FROM metering_allowances),
  (SELECT coalesce(sum(taken_s), 0) FROM metering_allowance_uses),
  (SELECT count(*) FROM metering_allowances WHERE left_s < 0 OR left_s > seconds)
"""
WALLETS = (AccountKind.PREPAID.code, AccountKind.PROMO.code)


class Heard(NamedTuple):
    """Who heard of a second, in which life, when; and whether it owned the meter then."""

    node: str
    life: int
    at: int
    owned: bool


@dataclass(slots=True)
class Story:
    """Of one session: its terms, what was permitted and heard, and when what was counted."""

    tariff: Tariff
    shard: int
    windows: list[list[int | None]] = field(default_factory=list)
    heard: dict[int, list[Heard]] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)
    touched: int = -1
    version: int = -1
    state: str = "armed"
    stopped_at: int = 0
    until: int | None = None
    lost: int = 0
    cap_minor: int | None = None


class Book:
    """`troubles` are the seconds of the day in which something was made to fail."""

    def __init__(self, script: Script, raw: sqlite3.Connection) -> None:
        self.raw, self.script = raw, script
        self.stories = {
            name: Story(terms.tariff, shard_of(Account(AccountKind.PREPAID, terms.payer)))
            for name, terms in script.terms.items()
        }
        self.deaths: dict[tuple[str, int], int] = {}
        self.troubles: list[int] = []
        self.epochs = 0
        self.turns: list[tuple[int, str, int]] = []

    # What the world tells.

    def shard(self, session: str) -> int:
        return self.stories[session].shard

    def trouble(self, second: int) -> None:
        self.troubles.append(second)

    def died(self, node: str, life: int, second: int) -> None:
        self.deaths[node, life] = second
        self.trouble(second)

    def ran(self, node: str, second: int) -> None:
        """A turn of this node came to its end."""
        self.turns.append((len(self.turns), node, second))

    def opened(self, session: str, begin: int, at: int) -> None:
        story = self.stories[session]
        if not story.windows or story.windows[-1][1] is not None:
            story.windows.append([begin, None])
        story.touched = at

    def capped(self, session: str, minor: int | None, charged: int = 0) -> None:
        """It may cost so much from now on; what it has cost by now stays."""
        self.stories[session].cap_minor = None if minor is None else max(minor, charged)

    def shut(self, session: str, until: int, at: int) -> None:
        story = self.stories[session]
        if story.windows and story.windows[-1][1] is None:
            story.windows[-1][1] = until
        story.touched = at

    def heard(self, session: str, second: int, node: str, life: int, at: int, owned: bool) -> None:
        heard = self.stories[session].heard.setdefault(second, [])
        heard.append(Heard(node, life, at, owned))

    # After every step.

    def look(self, second: int) -> None:
        """Raises: AssertionError."""
        total, below, held, open_holds = self._row(BOOKS)
        assert total == 0, f"the books are out of balance by {total}"
        assert below == 0, "an account is below its floor"
        assert held == open_holds, f"{held} held by accounts, {open_holds} by holds"
        ticks, charges, told, once, stopped, ends = self._row(TICKS)
        assert ticks == charges == told == once, (
            f"{ticks} on meters, {charges} charges, {told} letters about {once} minutes"
        )
        assert stopped == ends, f"{stopped} meters have stopped, {ends} letters say so"
        epochs = self._row(EPOCHS)[0]
        if epochs != self.epochs:
            self.epochs = epochs
            self.trouble(
                second
            )  # a shard has a new owner: it may not know all that the old one did
        for row in self.raw.execute(METERS).fetchall():
            story = self.stories[row[0]]
            if row[1] != story.version:
                story.version = row[1]
                self._look_at(story, second, *row)

    def _look_at(
        self,
        story: Story,
        second: int,
        name: str,
        _version: int,
        state: str,
        clock_s: int,
        charged: int,
        held: int | None,
        ticks: int,
        receipt_hash: str,
        since: int | None,
    ) -> None:
        counted = self._counted(name)
        assert len(set(counted)) == len(counted) == clock_s, (
            f"{name}: {len(counted)} seconds in runs, {len(set(counted))} once, clock {clock_s}"
        )
        assert story.counted.keys() <= set(counted), f"{name}: a counted second is gone"
        strange = [s for s in counted if s not in story.heard or not _within(s, story.windows)]
        assert not strange, f"{name}: nobody saw {strange}, or nobody permitted it"
        for one in counted:
            story.counted.setdefault(one, second)
        if state == "stopped" and story.state != "stopped":
            story.stopped_at, story.until = second, since
        story.state = state
        rows = self.raw.execute(CHARGES, (name,)).fetchall()
        billed = [Line(*row[:5]) for row in rows]
        if story.tariff.allowance:
            self._look_at_seconds(name, billed, counted)
        else:
            _assert_billed(name, story.tariff, billed, counted)
        assert sum(row[3] for row in rows) == charged
        assert story.cap_minor is None or charged <= story.cap_minor, (
            f"{name}: {charged} charged, {story.cap_minor} permitted"
        )
        self._look_at_money(name, rows, state, held, ticks)
        chain = [_receipt(name, row) for row in rows]
        assert receipt_faults(chain) == [], f"{name}: {receipt_faults(chain)}"
        assert [one.hash for one in chain] == [row[8] for row in rows], f"{name}: another's receipt"
        assert not chain or chain[-1].hash == receipt_hash, f"{name}: the chain ends elsewhere"

    def _look_at_seconds(self, name: str, billed: list[Line], counted: list[int]) -> None:
        """The same increments; what seconds paid of them need not be paid in money, nor does it
        fill the ceiling.
        """
        tariff = self.stories[name].tariff
        covered = dict(self.raw.execute(USES, (name,)).fetchall())
        if not covered:
            _assert_billed(name, tariff, billed, counted)
            return
        full = bill(replace(tariff, max_charge=None), counted) or []
        shapes = [[line._replace(minor=0) for line in lines] for lines in (billed, full)]
        assert shapes[0] == shapes[1], f"{name}: {billed} of {full}"
        assert covered.keys() <= {line.n for line in billed}, f"{name}: seconds for no increment"
        for line in full:
            seconds = covered.get(line.n, 0)
            assert 0 <= seconds <= line.to_s - line.from_s, f"{name}: {seconds} s of {line}"
        paid, full_minor = (sum(line.minor for line in lines) for lines in (billed, full))
        assert paid <= full_minor, f"{name}: {paid} with seconds, {full_minor} without"
        assert tariff.max_charge is None or paid <= tariff.max_charge

    def _look_at_money(
        self, name: str, rows: list[Any], state: str, held: int | None, ticks: int
    ) -> None:
        keys = [(f"{name}:{row[0]}", row[3]) for row in rows if row[3]]
        journals = self.raw.execute(JOURNALS, (name, *WALLETS)).fetchall()
        assert journals == keys, f"{name}: journals {journals}, charges {keys}"
        holds = [row[0] for row in self.raw.execute(HOLDS, (name,))]
        assert sum(holds) == (held or 0), f"{name}: holds {holds}, the meter knows of {held}"
        assert not holds or state in ("running", "paused", "final"), (
            f"{name}: {state}, held {holds}"
        )

    def _counted(self, name: str) -> list[int]:
        runs = self.raw.execute(RUNS, (name,)).fetchall()
        return [second for begin, end in runs for second in range(begin, end)]

    def _row(self, query: str) -> Any:
        return self.raw.execute(query).fetchone()

    # When everybody has caught up.

    def settled(self, now: int) -> None:
        """Whatever a living node heard and could store is counted. Raises: AssertionError."""
        for name, story in self.stories.items():
            for second, hearings in sorted(story.heard.items()):
                if second in story.counted or not _within(second, story.windows):
                    continue
                kept = [one for one in hearings if not self._excused(story, second, one)]
                assert not kept, f"{name}: second {second} was heard by {kept} and is not counted"
                story.lost += any((one.node, one.life) in self.deaths for one in hearings)

    def _excused(self, story: Story, second: int, one: Heard) -> bool:
        """Too late for the order of seconds, lost with a process, or the session was over."""
        later = min((at for s, at in story.counted.items() if s > second), default=None)
        if later is not None and (
            not one.owned or later <= one.at or self._troubled(one.at, later)
        ):
            return True
        died = self.deaths.get((one.node, one.life))
        if died is not None and not self._had_its_chance(one, died):
            return True
        if story.state == "stopped":
            over = story.until is not None and second >= story.until
            return over or not self._had_its_chance(one, story.stopped_at)
        return False

    def _troubled(self, since: int, until: int) -> bool:
        """A meter that broke a batch is set aside for a while, so what failed before matters."""
        return any(since - ASIDE_S <= trouble <= until for trouble in self.troubles)

    def _had_its_chance(self, one: Heard, until: int) -> bool:
        """Whether nothing failed and who heard it, then who owned it, ran since."""
        if self._troubled(one.at, until):
            return False
        own = [turn for turn, node, at in self.turns if node == one.node and one.at <= at < until]
        if one.owned or not own:
            return bool(own) if one.owned else False
        other = [t for t, node, at in self.turns if node != one.node and t > own[0] and at < until]
        return len(other) > 1 and len(own) > 1

    async def closed(self, engine: AsyncEngine) -> None:
        """Nothing is left over, and the product's own audits agree. Raises: AssertionError."""
        states = Counter(row[0] for row in self.raw.execute("SELECT state FROM metering_meters"))
        assert set(states) <= {"stopped", "armed"}, f"meters are still {states}"
        assert self._row(BOOKS)[2] == 0, "money is still held"
        spent, drawn, wrong = self._row(SECONDS)
        assert spent == drawn, f"{spent} seconds left the allowances, increments drew {drawn}"
        assert wrong == 0, "an allowance has less than nothing, or more than was given"
        waiting = self._row("SELECT count(*) FROM metering_witnessed")[0]
        assert waiting == 0, f"{waiting} runs never reached their owner"
        async with engine.begin() as db:
            assert [str(fault) for fault in await check(db)] == []
            assert [str(fault) for fault in await ledger_check(db)] == []


def _assert_billed(name: str, tariff: Tariff, billed: list[Line], counted: list[int]) -> None:
    wanted = bill(tariff, counted)
    assert wanted is not None, f"{name}: counted on beyond its ceiling"
    assert billed == wanted, f"{name}: charged {billed}, the evidence says {wanted}"


def _within(second: int, windows: list[list[int | None]]) -> bool:
    return any(a is not None and a <= second and (b is None or second < b) for a, b in windows)


def _receipt(name: str, row: Any) -> Receipt:
    n, from_s, to_s, minor, second, currency, total, prev, _ = row
    return Receipt(name, n, from_s, to_s, minor, total, currency, second, prev)
