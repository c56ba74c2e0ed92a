"""A ruling as it is asked for, and as the record of a session tells of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

import ledger
from broker.sessions import Fact, Session, Sums
from ledger import WHOLE_BP, Account, AccountKind, Money
from web.forms import money_of
from web.shapes_ruled import RulingView

GRADES = ("bonus", "penalty")
_PERCENT = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Asked:
    """Shares in basis points of what was charged, the client has the rest; `cap` is the most that
    the service costs; `change` is a bonus above zero, a penalty below."""

    platform_bp: int
    host_bp: int
    cap: Money | None
    change: Money

    def facts(self) -> dict[str, str]:
        """For the proposal, which a second person carries out."""
        return {
            "platform_bp": str(self.platform_bp),
            "host_bp": str(self.host_bp),
            "cap_minor": str(self.cap.minor) if self.cap else "",
            "change_minor": str(self.change.minor),
        }


def asked_of(facts: Mapping[str, str], currency: str) -> Asked:
    """The inverse of `Asked.facts`."""
    cap = facts["cap_minor"]
    return Asked(
        int(facts["platform_bp"]),
        int(facts["host_bp"]),
        Money(int(cap), currency) if cap else None,
        Money(int(facts["change_minor"]), currency),
    )


def bp_of(text: str) -> int | None:
    """Basis points of a share in percent; None when it is none.

    >>> bp_of("12,5"), bp_of("100"), bp_of("101"), bp_of("a")
    (1250, 10000, None, None)
    """
    found = text.strip().removesuffix("%").strip()
    if not _PERCENT.fullmatch(found):
        return None
    bp = int(Decimal(found.replace(",", ".")).scaleb(2))
    return bp if bp <= WHOLE_BP else None


def percent_of(bp: int) -> str:
    """As it is typed.

    >>> percent_of(1250), percent_of(9000)
    ('12.5', '90')
    """
    return f"{Decimal(bp).scaleb(-2).normalize():f}"


def read(given: Mapping[str, str], currency: str) -> tuple[Asked | None, dict[str, str]]:
    """What a form asks for, or which fields are wrong and why: "shares", "cap" or "amount", with
    the codes "figures", "whole"."""
    wrong = {}
    ours, theirs = bp_of(given.get("platform", "")), bp_of(given.get("host", ""))
    if ours is None or theirs is None:
        wrong["shares"] = "figures"
    elif ours + theirs > WHOLE_BP:
        wrong["shares"] = "whole"
    typed, kind = given.get("cap", "").strip(), given.get("kind", "none")
    cap = money_of(typed, currency) if typed else None
    if typed and cap is None:
        wrong["cap"] = "figures"
    change = Money(0, currency)
    if kind in GRADES:
        amount = money_of(given.get("amount", ""), currency)
        if amount is None:
            wrong["amount"] = "figures"
        else:
            change = amount if kind == "bonus" else -amount
    if wrong or ours is None or theirs is None:
        return None, wrong
    return Asked(ours, theirs, cap, change), {}


def usual(session: Session) -> tuple[int, int]:
    """The shares of the platform and the consultant by the tariff, were it resolved."""
    theirs = session.tariff.provider_bp
    return WHOLE_BP - theirs, theirs


def usual_unresolved(session: Session) -> tuple[int, int]:
    """The same, were it not."""
    kept, part = session.tariff.kept_bp, session.tariff.kept_provider_bp
    theirs = kept * part // WHOLE_BP
    return kept - theirs, theirs


def sums_now(session: Session) -> Sums:
    """How the money is divided now; zeros while it waits for the outcome."""
    return session.sums or Sums(0, 0, 0, 0)


def rulings_in(facts: Sequence[Fact], currency: str) -> tuple[RulingView, ...]:
    """The rulings of a session's record, the last one first."""
    claim, found = "", []
    for fact in facts:
        if fact.kind != "outcome":
            continue
        if fact.body.get("by") == "curator":
            short = Money(int(fact.body.get("short_minor", 0)), currency)
            found.append(RulingView(fact.at, _text(fact.body), claim, short))
        else:
            claim = _text(fact.body)
    return tuple(reversed(found))


def next_ruling(facts: Sequence[Fact]) -> str:
    """The name of the ruling that would come next: "1", "2" …"""
    made = [fact for fact in facts if fact.kind == "outcome" and fact.body.get("by") == "curator"]
    return str(len(made) + 1)


def _text(body: Mapping[str, Any]) -> str:
    return str(body.get("comment", ""))


async def change_of(db: AsyncConnection, session: Session) -> Money:
    """The bonus (above zero) or penalty (below) that the consultant got for a session, or zero."""
    earnings = earnings_of(session)
    nothing = Money(0, session.tariff.currency)
    journals = await ledger.journals_of(db, session.number)
    return sum(
        (
            entry.amount
            for one in journals
            if one.kind in GRADES
            for entry in one.entries
            if entry.account == earnings
        ),
        nothing,
    )


def earnings_of(session: Session) -> Account:
    return Account(AccountKind.EARNINGS, session.host, session.tariff.currency)


async def ruling_shown(
    db: AsyncConnection, session: Session, facts: Sequence[Fact], role: str
) -> RulingView | None:
    """The last ruling, for a side of the session."""
    found = rulings_in(facts, session.tariff.currency)
    if not found:
        return None
    if role != "host":
        return found[0]
    change = await change_of(db, session)
    return replace(found[0], change=change if change.minor else None)
