"""What a line of a statement is: which invoice it pays, which payout it was, or a question. Pure.

The answer depends on the line and on what the days before it left behind, never on other lines of
its own day: so it is the same in whatever order and pieces a day is imported.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ledger.bank.invoices import numbers_in
from ledger.bank.scene import Invoices, Memory, Waiting
from ledger.bank.statements import Line

_FEE = re.compile(r"комисси|плата за (ведение|обслуж|рко)|рко\b|абонент|bank fee|charge", re.I)
_RETURN = re.compile(r"возврат|возвращ|return", re.I)
_BANKS_OWN = ("70601", "70107", "47423", "47422", "47427")  # where banks book their fees


class Rule(StrEnum):
    """Why a line was taken for what it was taken for; the words are in the templates."""

    EXACT = "exact"  # number, payer and sum
    OVER = "over"  # number and payer, more than was asked for
    UNDER = "under"  # number and payer, less than was asked for
    LATE = "late"  # number and payer, the invoice was cancelled
    ONLY_OPEN = "only_open"  # payer and sum, and one open invoice of that payer
    NOBODYS = "nobodys"  # money in that nobody can be named for: a question
    STRANGE = "strange"  # money out that we did not order: a question
    FEE = "fee"
    OWN_TRANSFER = "own_transfer"
    ORDERED = "ordered"  # a payment order of ours went out
    ORDER_BACK = "order_back"  # and came back
    GIVEN_BACK = "given_back"  # money of nobody went back to its payer
    BY_HAND = "by_hand"  # two persons decided


PAYS = frozenset({Rule.EXACT, Rule.OVER, Rule.UNDER, Rule.LATE, Rule.ONLY_OPEN})
ASKS = frozenset({Rule.NOBODYS, Rule.STRANGE})


@dataclass(frozen=True, slots=True)
class Found:
    """`invoice`, `pay_out` or `line` names what the rule found."""

    rule: Rule
    invoice: str = ""
    pay_out: str = ""
    line: str = ""


def recognised_all(
    lines: Iterable[tuple[str, Line]], memory: Memory
) -> list[tuple[str, Line, Found]]:
    """Ids and lines, in the order of their days, each with what it is; the memory goes on."""
    told = []
    for id, line in lines:
        found = recognised(line, memory)
        _remember(memory, id, line, found)
        told.append((id, line, found))
    return told


def recognised(line: Line, memory: Memory) -> Found:
    """The rules in their order; the first that fits."""
    if line.other.account in memory.own:
        return Found(Rule.OWN_TRANSFER)
    return _outgoing(line, memory) if line.minor < 0 else _incoming(line, memory)


def _remember(memory: Memory, id: str, line: Line, found: Found) -> None:
    """For the lines that follow."""
    if found.rule in PAYS:
        memory.invoices.paid(found.invoice, line.day, line.minor)
    elif found.rule is Rule.NOBODYS:
        memory.waiting.add(Waiting(id, line.day, line.minor, line.other.account))
    elif found.rule is Rule.GIVEN_BACK:
        memory.waiting.gave_back(-line.minor, line.other.account)
    elif found.rule is Rule.ORDERED:
        memory.orders.went(found.pay_out)
    elif found.rule is Rule.ORDER_BACK:
        memory.orders.came_back(found.pay_out)


def _incoming(line: Line, memory: Memory) -> Found:
    if _RETURN.search(line.purpose):
        numbers = {int(n) for n in re.findall(r"(?<![0-9])0*([0-9]{1,6})(?![0-9])", line.purpose)}
        fitting = memory.orders.gone(line.minor, numbers, line.other.account)
        if len(fitting) == 1:
            return Found(Rule.ORDER_BACK, pay_out=fitting[0].pay_out)
    named = numbers_in(line.purpose)
    if named:
        return _by_number(line, named, memory.invoices)
    return _by_sum(line, memory.invoices)


def _by_number(line: Line, named: frozenset[str], invoices: Invoices) -> Found:
    """One number that is ours, paid by the one it was written for. Anything else is a question:
    two invoices in one payment, a number that is not ours, a stranger who pays for somebody."""
    invoice = invoices.numbered(next(iter(named))) if len(named) == 1 else None
    if invoice is None:
        return Found(Rule.NOBODYS)
    exact = line.minor == invoice.amount.minor
    if invoice.payer.inn:
        if line.other.inn != invoice.payer.inn:
            return Found(Rule.NOBODYS)
    elif line.other.inn or not exact:
        return Found(Rule.NOBODYS)  # a person without INN is known by number and exact sum only
    if invoice.cancelled_on and invoice.cancelled_on < line.day:
        return Found(Rule.LATE, invoice.number)
    asked = invoices.asked(invoice, line.day)
    if line.minor == asked:
        return Found(Rule.EXACT, invoice.number)
    return Found(Rule.OVER if line.minor > asked else Rule.UNDER, invoice.number)


def _by_sum(line: Line, invoices: Invoices) -> Found:
    """No number, but a payer and a sum that only one open invoice can mean."""
    if not line.other.inn:
        return Found(Rule.NOBODYS)
    fitting = invoices.fitting(line.other.inn, line.minor, line.day)
    return Found(Rule.ONLY_OPEN, fitting[0].number) if len(fitting) == 1 else Found(Rule.NOBODYS)


def _outgoing(line: Line, memory: Memory) -> Found:
    minor, account = -line.minor, line.other.account
    order = memory.orders.to_go(line.reference.lstrip("0"), minor, account)
    if order:
        return Found(Rule.ORDERED, pay_out=order.pay_out)
    if _RETURN.search(line.purpose):
        first = memory.waiting.oldest(minor, account)
        if first:
            return Found(Rule.GIVEN_BACK, line=first)
    banks = not line.other.account or line.other.account.startswith(_BANKS_OWN)
    if banks and _FEE.search(line.purpose):
        return Found(Rule.FEE)
    return Found(Rule.STRANGE)
