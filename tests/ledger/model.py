"""An independent ledger of plain dictionaries that predicts every answer, and streams to try it."""

import random
from dataclasses import dataclass, field, replace

from ledger import Account, AccountKind, Draft, HoldDraft, Leg
from ledger.journals import Ask

CASH = Account(AccountKind.CASH, "model")
PEOPLE = [Account(AccountKind.PREPAID, name) for name in ("p", "q", "r")]


@dataclass(slots=True)
class Model:
    """Balances, held money, and everything that was ever said yes to."""

    balances: dict[Account, int] = field(default_factory=dict)
    posted: dict[str, Draft] = field(default_factory=dict)
    holds: dict[str, HoldDraft] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)

    def held(self, account: Account) -> int:
        return sum(
            hold.minor
            for key, hold in self.holds.items()
            if hold.payer == account and key not in self.ended
        )

    def lacks(self, account: Account, minor: int) -> bool:
        left = self.balances.get(account, 0) - self.held(account) + minor
        return account != CASH and minor < 0 and left < 0

    def say(self, ask: Ask) -> str:
        """The status of the answer, in words."""
        return self._hold(ask) if isinstance(ask, HoldDraft) else self._draft(ask)

    def _hold(self, ask: HoldDraft) -> str:
        known = self.holds.get(ask.key)
        if known is not None:
            if (known.payer, known.minor) != (ask.payer, ask.minor):
                return "conflict"
            return "hold_ended" if self.ended.get(ask.key) == "void" else "duplicate"
        if self.lacks(ask.payer, -ask.minor):
            return "insufficient"
        self.holds[ask.key] = ask
        return "held"

    def _draft(self, ask: Draft) -> str:
        known = self.posted.get(ask.key)
        if known is not None:
            return "duplicate" if known == ask else "conflict"
        hold = ask.posts_hold
        if hold is not None:
            fault = self._fault_in_hold(ask, hold)
            if fault:
                return fault
            self.ended[hold] = "post"
        before = dict(self.balances)
        for leg in ask.legs:
            if self.lacks(leg.account, leg.minor):
                self.balances = before
                if hold is not None:
                    del self.ended[hold]
                return "insufficient"
            self.balances[leg.account] = self.balances.get(leg.account, 0) + leg.minor
        self.posted[ask.key] = ask
        return "posted"

    def _fault_in_hold(self, ask: Draft, key: str) -> str:
        hold = self.holds.get(key)
        if hold is None:
            return "hold_unknown"
        if key in self.ended:
            return "hold_ended"
        debited = -sum(leg.minor for leg in ask.legs if leg.account == hold.payer)
        return "" if 0 < debited <= hold.minor else "hold_mismatch"


def stream(seed: int, length: int) -> list[Ask]:
    """Transfers, passages through an account, holds and what they pay for; some come again, the
    same or bent."""
    dice = random.Random(seed)
    asks: list[Ask] = []
    for n in range(length):
        roll = dice.random()
        if asks and roll < 0.15:
            asks.append(dice.choice(asks))
        elif asks and roll < 0.2:
            asks.append(_bent(dice.choice(asks)))
        elif roll < 0.4:
            asks.append(HoldDraft(f"h{dice.randrange(length)}", dice.choice(PEOPLE), _minor(dice)))
        else:
            hold = f"h{dice.randrange(length)}" if dice.random() < 0.5 else None
            asks.append(_transfer(dice, str(n), hold))
    return asks


def _transfer(dice: random.Random, key: str, hold: str | None) -> Draft:
    places = dice.sample([*PEOPLE, CASH], 3 if dice.random() < 0.3 else 2)
    minors = [_minor(dice) for _ in places]
    legs = [Leg(places[0], -sum(minors[1:]))]
    legs += [Leg(place, minor) for place, minor in zip(places[1:], minors[1:], strict=True)]
    if dice.random() < 0.1:
        legs = legs[::-1]
    return Draft("model", key, "model", tuple(legs), posts_hold=hold)


def _bent(ask: Ask) -> Ask:
    return replace(ask, minor=ask.minor + 1) if isinstance(ask, HoldDraft) else _other(ask)


def _other(draft: Draft) -> Draft:
    return replace(draft, memo=f"{draft.memo}!")


def _minor(dice: random.Random) -> int:
    return dice.choice((1, 99, 100, 333, 1000, dice.randint(1, 2000)))
