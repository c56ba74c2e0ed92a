"""What a line of a statement is: which invoice it pays, which payout it was, or a question. Pure.

The answer depends on the line and on what the days before it left behind, never on other lines of
its own day: so it is the same in whatever order and pieces a day is imported.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from ledger.bank.invoices import Invoice, numbers_in
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
class Order:
    """A payment order of ours; `went`: the bank has told that it went out."""

    pay_out: str
    number: int
    minor: int
    account: str
    went: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line that came in and that nobody could be named for."""

    id: str
    day: date
    minor: int
    account: str


@dataclass(frozen=True, slots=True)
class Found:
    """`invoice`, `pay_out` or `line` names what the rule found."""

    rule: Rule
    invoice: str = ""
    pay_out: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """What came for an invoice on a day."""

    invoice: str
    day: date
    minor: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What the books know. `invoices`: those that the lines name and those of their payers' INN;
    `payments`: what has come for them; `own`: our accounts."""

    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    payments: tuple[Payment, ...] = ()
    orders: tuple[Order, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    own: frozenset[str] = frozenset()

    def asked(self, invoice: Invoice, day: date) -> int:
        """What was still to come for it when the day began."""
        return invoice.amount.minor - sum(
            one.minor for one in self.payments if one.invoice == invoice.number and one.day < day
        )

    def after(self, id: str, line: Line, found: Found) -> "Scene":
        """The scene for the lines that follow."""
        if found.rule in PAYS:
            paid = Payment(found.invoice, line.day, line.minor)
            return replace(self, payments=(*self.payments, paid))
        if found.rule is Rule.NOBODYS:
            waits = Waiting(id, line.day, line.minor, line.other.account)
            return replace(self, waiting=(*self.waiting, waits))
        if found.rule is Rule.GIVEN_BACK:
            left = tuple(one for one in self.waiting if one.id != found.line)
            return replace(self, waiting=left)
        if found.rule in (Rule.ORDERED, Rule.ORDER_BACK):
            went = found.rule is Rule.ORDERED
            orders = (
                replace(one, went=went) if one.pay_out == found.pay_out else one
                for one in self.orders
                if went or one.pay_out != found.pay_out
            )
            return replace(self, orders=tuple(orders))
        return self


def recognised_all(
    lines: Sequence[tuple[str, Line]], scene: Scene
) -> tuple[list[tuple[str, Line, Found]], Scene]:
    """Ids and lines, in the order of their days, each with what it is; and the scene after."""
    told = []
    for id, line in lines:
        found = recognised(line, scene)
        scene = scene.after(id, line, found)
        told.append((id, line, found))
    return told, scene


def recognised(line: Line, scene: Scene) -> Found:
    """The rules in their order; the first that fits."""
    if line.other.account in scene.own:
        return Found(Rule.OWN_TRANSFER)
    return _outgoing(line, scene) if line.minor < 0 else _incoming(line, scene)


def _incoming(line: Line, scene: Scene) -> Found:
    if _RETURN.search(line.purpose):
        order = _order_back(line, scene.orders)
        if order:
            return Found(Rule.ORDER_BACK, pay_out=order.pay_out)
    named = numbers_in(line.purpose)
    if named:
        return _by_number(line, named, scene)
    return _by_sum(line, scene)


def _by_number(line: Line, named: frozenset[str], scene: Scene) -> Found:
    """One number that is ours, paid by the one it was written for. Anything else is a question:
    two invoices in one payment, a number that is not ours, a stranger who pays for somebody."""
    invoice = scene.invoices.get(next(iter(named))) if len(named) == 1 else None
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
    asked = scene.asked(invoice, line.day)
    if line.minor == asked:
        return Found(Rule.EXACT, invoice.number)
    return Found(Rule.OVER if line.minor > asked else Rule.UNDER, invoice.number)


def _by_sum(line: Line, scene: Scene) -> Found:
    """No number, but a payer and a sum that only one open invoice can mean."""
    if not line.other.inn:
        return Found(Rule.NOBODYS)
    fitting = [
        one
        for one in scene.invoices.values()
        if one.payer.inn == line.other.inn
        and scene.asked(one, line.day) == line.minor
        and open_on(one, line.day)
    ]
    return Found(Rule.ONLY_OPEN, fitting[0].number) if len(fitting) == 1 else Found(Rule.NOBODYS)


def open_on(invoice: Invoice, day: date) -> bool:
    """Whether the invoice was in force on a day, whatever has been paid."""
    ended = invoice.cancelled_on is not None and invoice.cancelled_on <= day
    return invoice.issued_on <= day <= invoice.due_on and not ended


def _order_back(line: Line, orders: Iterable[Order]) -> Order | None:
    """The order whose money comes back: the sum, and its number in the text or its account."""
    numbers = {int(n) for n in re.findall(r"(?<![0-9])0*([0-9]{1,6})(?![0-9])", line.purpose)}
    fitting = [
        one
        for one in orders
        if one.went
        and one.minor == line.minor
        and (one.number in numbers or one.account == line.other.account)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _outgoing(line: Line, scene: Scene) -> Found:
    for order in scene.orders:
        numbered = not order.went and line.reference.lstrip("0") == str(order.number)
        if numbered and order.minor == -line.minor and order.account == line.other.account:
            return Found(Rule.ORDERED, pay_out=order.pay_out)
    if _RETURN.search(line.purpose):
        back = [
            one
            for one in scene.waiting
            if one.minor == -line.minor and one.account == line.other.account
        ]
        if back:
            first = min(back, key=lambda one: (one.day, one.id))
            return Found(Rule.GIVEN_BACK, line=first.id)
    banks = not line.other.account or line.other.account.startswith(_BANKS_OWN)
    if banks and _FEE.search(line.purpose):
        return Found(Rule.FEE)
    return Found(Rule.STRANGE)
