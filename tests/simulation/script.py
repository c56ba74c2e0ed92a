"""A day as a list of deeds, all of it drawn from one seed before anything happens."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ledger import Account, AccountKind
from metering import AtCeiling, Rounding, Rule, Segment, Tariff, Window
from metering.shards import shard_of

NODES = ("one", "two")
PAYERS = ("bob", "carol", "eve")
SHARDS = tuple(sorted(shard_of(Account(AccountKind.PREPAID, payer)) for payer in PAYERS))
FAULTS = (
    "crash",
    "crash after commit",
    "away",
    "answer lost",
    "commit refused",
    "disk full",
    "locked",
    "freeze",
    "freeze",
    "freeze",
)
LEASE_OVER_S = 12
DAY_S = 55
CALM_EVERY = 5  # a day of so many has no faults, and nothing comes late

# Berlin: an ordinary noon, half a minute before the long night's hour begins again, before the
# short night's hour is skipped, before a price of the night begins.
BEGINNINGS = tuple(
    int(datetime(*moment, tzinfo=UTC).timestamp())
    for moment in ((2026, 6, 15, 10), (2026, 10, 25, 0, 59, 30), (2027, 3, 28, 0, 59, 30))
)


def _hours(begin: int, end: int, rate: int) -> Window:
    price = (Segment(0, rate, 10, 10),)
    return Window((1, 2, 3, 4, 5, 6, 7), begin * 3600, end * 3600, None, 0, 0, price)


_COMMON: dict[str, Any] = {
    "lead_s": 3,
    "absence_s": 15,
    "longest_pause_s": 20,
    "warn_at_minutes": (1,),
    "provider_bp": 9000,
}
TARIFFS = (
    Tariff(segments=(Segment(0, 100, 10, 10),), **_COMMON),
    Tariff(segments=(Segment(0, 7, 1, 1),), **_COMMON),
    Tariff(segments=(Segment(0, 90, 15, 15), Segment(30, 20, 4, 4)), **_COMMON),
    Tariff(
        connect_fee=55,
        grace_seconds=6,
        free_seconds=8,
        free_increment_seconds=4,
        segments=(Segment(0, 90, 9, 9),),
        **_COMMON,
    ),
    Tariff(
        segments=(Segment(0, 60, 5, 5),),
        max_charge=250,
        max_charge_strategy=AtCeiling.DISCONNECT,
        **_COMMON,
    ),
    Tariff(segments=(Segment(0, 60, 5, 5),), max_charge=200, min_charge=90, **_COMMON),
    Tariff(segments=(Segment(0, 33, 7, 5),), rounding=Rounding(Rule.HALF_UP, 10), **_COMMON),
    Tariff(
        windows=(_hours(0, 2, 150), _hours(2, 3, 70), _hours(3, 0, 110)),
        timezone="Europe/Berlin",
        **_COMMON,
    ),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """At which second of the day, what, and to whom."""

    second: int
    what: str
    facts: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.second:4} {self.what} {' '.join(map(str, self.facts))}"


@dataclass(frozen=True, slots=True)
class Terms:
    """Of a session that may be made: who pays, by which tariff, before and after the new price."""

    payer: str
    tariff: Tariff
    credit: str
    cap_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Seconds:
    """A grant of seconds, in steps, for so long; None: for ever."""

    seconds: int
    step_s: int
    lasts_s: int | None


@dataclass(slots=True)
class Script:
    """`heard`: by second, what reaches which node; `rounds`: seconds at which nodes may run."""

    seed: int
    begin: int
    calm: bool
    shards_max: int
    skews_us: dict[str, int]
    money: dict[str, int]
    gifts: dict[str, tuple[int, int]]
    seconds: dict[str, list[Seconds]] = field(default_factory=dict)
    terms: dict[str, Terms] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    heard: dict[int, list[tuple[str, str, int]]] = field(default_factory=dict)
    rounds: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def __str__(self) -> str:
        """As a failing seed is printed."""
        lines = [
            f"seed {self.seed}, begins {datetime.fromtimestamp(self.begin, UTC)}, {self.calm=},"
            f" {self.shards_max=}, money {self.money}, gifts {self.gifts},"
            f" {self.seconds=}, skews {self.skews_us}"
        ]
        for name, terms in self.terms.items():
            cap, tariff = terms.cap_minor, terms.tariff.to_json()
            lines.append(f"{name} {terms.payer} to {terms.credit}, {cap=}: {tariff}")
        heard = [
            Deed(at, "heard", tuple(f"{node}:{name}:{second}" for node, name, second in what))
            for at, what in self.heard.items()
        ]
        ran = [Deed(at, "turn", nodes) for at, nodes in self.rounds]
        deeds = sorted([*self.deeds, *heard, *ran], key=lambda deed: deed.second)
        return "\n".join([*lines, *map(str, deeds)])


def script_of(seed: int) -> Script:
    """The day of this seed."""
    dice = random.Random(seed)
    calm = seed % CALM_EVERY == 0
    script = Script(
        seed=seed,
        begin=dice.choice(BEGINNINGS),
        calm=calm,
        shards_max=dice.choice((2, len(SHARDS))),
        skews_us={node: 0 if calm else dice.randint(-400_000, 400_000) for node in NODES},
        money={payer: dice.choice((0, 150, 600, 600, 5_000)) for payer in PAYERS},
        gifts={
            p: (dice.randint(20, 400), dice.randint(20, 90)) for p in PAYERS if _one_in(dice, 5)
        },
    )
    _rounds(dice, script)
    new_price = dice.choice((0, 10))
    for number in range(1, dice.randint(2, 4) + 1):
        _session(dice, script, f"S-{number}", new_price)
    _money(dice, script)
    if not calm:
        _faults(dice, script)
    # Drawn apart: what a seed's day was before there were caps and allowances, it still is.
    _limits(random.Random(f"limits {seed}"), script)
    script.deeds.sort(key=lambda deed: deed.second)
    return script


def _one_in(dice: random.Random, so_many: int) -> bool:
    return dice.randrange(so_many) == 0


def _rounds(dice: random.Random, script: Script) -> None:
    second = 0
    while second < DAY_S:
        second += dice.choice((1, 2, 3, 4))
        nodes = [node for node in NODES if not _one_in(dice, 4)]
        dice.shuffle(nodes)
        script.rounds.append((second, tuple(nodes)))


def _session(dice: random.Random, script: Script, name: str, new_price: int) -> None:
    """When it starts, who is there when, who hears of it, and what both ends press."""
    start, tariff = dice.randint(0, 20), dice.choice(TARIFFS)
    if start < new_price:
        tariff = replace(tariff, version=2, connect_fee=tariff.connect_fee + 20)
    host_pays = _one_in(dice, 3)
    terms = Terms(
        dice.choice(PAYERS[: 2 if _one_in(dice, 3) else 3]), tariff, "" if host_pays else name
    )
    script.terms[name] = terms
    home = dice.choice(NODES)
    script.deeds.append(Deed(start, "start", (name, dice.choice(NODES))))
    end = start + dice.randint(3, 45)
    if _one_in(dice, 3):
        pause = dice.randint(start, end)
        script.deeds.append(Deed(pause, "pause", (name, dice.choice(NODES))))
        if not _one_in(dice, 3):
            again = Deed(pause + dice.randint(0, 15), "resume", (name, dice.choice(NODES)))
            script.deeds.append(again)
    for _ in range(dice.choice((0, 1, 1, 2))):
        script.deeds.append(Deed(end + dice.randint(0, 2), "hang up", (name, dice.choice(NODES))))
    _evidence(dice, script, name, home, (start, end + dice.choice((0, 0, 9))))


def _evidence(
    dice: random.Random, script: Script, name: str, home: str, span: tuple[int, int]
) -> None:
    """Seconds in which both ends were seen: with gaps, repeated, late, at the wrong node."""
    rounds = [second for second, _ in script.rounds]
    other = NODES[home == NODES[0]]
    flaps, there = _one_in(dice, 8), True
    for second in range(*span):
        if flaps or _one_in(dice, 15):
            there = not there if flaps else False
        elif not there and _one_in(dice, 3):
            there = True
        if not there:
            continue
        ways = [home]
        if _one_in(dice, 12):
            ways = dice.choice(([other], [home, other], [home, home]))
        for node in ways:
            late = 1 if script.calm else dice.choice((1, 1, 1, 1, 2, 5))
            at = next((r for r in rounds if r >= second + late), None)
            if at is not None:
                script.heard.setdefault(at, []).append((node, name, second))
    for what in script.heard.values():
        dice.shuffle(what)


def _money(dice: random.Random, script: Script) -> None:
    for number in range(dice.randint(0, 4)):
        payer, minor = dice.choice(PAYERS), dice.choice((30, 120, 700))
        what = dice.choice(("top up", "top up", "withdraw"))
        script.deeds.append(Deed(dice.randint(1, DAY_S), what, (payer, minor, number)))


def _limits(dice: random.Random, script: Script) -> None:
    """Caps of payers, set and moved; seconds bought in advance, for sessions that the host pays."""
    for payer in PAYERS:
        script.seconds[payer] = [
            Seconds(step_s * dice.randint(1, 30 // step_s), step_s, dice.choice((None, 15, 40, 90)))
            for step_s in [dice.choice((1, 5, 10)) for _ in range(dice.choice((0, 0, 1, 2)))]
        ]
    for name, terms in script.terms.items():
        kind = "minutes" if not terms.credit and not _one_in(dice, 3) else ""
        script.terms[name] = replace(
            terms,
            tariff=replace(terms.tariff, allowance=kind),
            cap_minor=dice.choice((0, 60, 130, 240, 400)) if _one_in(dice, 3) else None,
        )
        for _ in range(dice.choice((0, 0, 0, 1, 2))):
            minor = dice.choice((None, 0, 50, 120, 300, 900))
            facts = (name, minor, dice.choice(NODES))
            script.deeds.append(Deed(dice.randint(1, DAY_S), "cap", facts))


def _faults(dice: random.Random, script: Script) -> None:
    for _ in range(dice.randint(1, 4)):
        kind, at = dice.choice(FAULTS), dice.randint(1, 45)
        after = dice.randrange(3) if "commit" in kind or "answer" in kind else dice.randrange(40)
        lasts = dice.choice((1, 5, 8, LEASE_OVER_S, 25))
        if kind == "freeze":
            after, lasts = dice.randrange(28), dice.choice((5, LEASE_OVER_S, LEASE_OVER_S, 20))
        script.deeds.append(Deed(at, kind, (dice.choice(NODES), after, lasts)))
    if _one_in(dice, 3):
        script.deeds.append(
            Deed(dice.randint(5, 45), "close", (dice.choice(NODES), dice.randint(1, 9)))
        )
