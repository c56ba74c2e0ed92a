"""What the books know of invoices, payments, orders and waiting money, filed under what the rules
of matching ask for. Pure.

A question costs what its answer is long, however many lines were judged before it: a statement of
fifty thousand lines is judged in the time of its lines, not of their square.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from ledger.bank.invoices import Invoice


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


class WaitingMoney:
    """Lines of one account of ours that wait, by sum and account of their payer."""

    def __init__(self, lines: Iterable[Waiting]) -> None:
        self._heaps: dict[tuple[int, str], list[tuple[date, str]]] = defaultdict(list)
        for one in lines:
            self.add(one)

    def add(self, one: Waiting) -> None:
        heapq.heappush(self._heaps[one.minor, one.account], (one.day, one.id))

    def oldest(self, minor: int, account: str) -> str:
        """The id of the first that came; "" when there is none."""
        heap = self._heaps.get((minor, account))
        return heap[0][1] if heap else ""

    def gave_back(self, minor: int, account: str) -> None:
        """The oldest waits no more."""
        heapq.heappop(self._heaps[minor, account])


class Orders:
    """Payment orders: those that are to go by number, sum and account; those that went by sum and
    number, and by sum and account."""

    def __init__(self, orders: Iterable[Order]) -> None:
        self._known = {one.pay_out: one for one in orders}
        self._by: dict[tuple[object, ...], dict[str, Order]] = defaultdict(dict)
        for one in self._known.values():
            self._file(one)

    def to_go(self, number: str, minor: int, account: str) -> Order | None:
        """The first that the bank has not told of."""
        return next(iter(self._by.get((number, minor, account), {}).values()), None)

    def gone(self, minor: int, numbers: Iterable[int], account: str) -> list[Order]:
        """Those that went with one of the numbers or to the account; two are enough to tell."""
        found: dict[str, Order] = {}
        for key in [(minor, account), *((minor, number) for number in numbers)]:
            found.update(islice(self._by.get(key, {}).items(), 2))
        return list(found.values())

    def went(self, pay_out: str) -> None:
        self.came_back(pay_out)
        self._known[pay_out] = replace(self._known[pay_out], went=True)
        self._file(self._known[pay_out])

    def came_back(self, pay_out: str) -> None:
        for key in self._keys(self._known[pay_out]):
            del self._by[key][pay_out]

    def _file(self, one: Order) -> None:
        for key in self._keys(one):
            self._by[key][one.pay_out] = one

    @staticmethod
    def _keys(one: Order) -> Iterator[tuple[object, ...]]:
        if one.went:
            yield one.minor, one.account
            yield one.minor, one.number
        else:
            yield str(one.number), one.minor, one.account


class Invoices:
    """Invoices by number, and by payer and what was still to come for them when a day began."""

    def __init__(self, invoices: Mapping[str, Invoice], payments: Iterable[Payment]) -> None:
        self._known = invoices
        self._of_payer: dict[str, list[Invoice]] = defaultdict(list)
        for one in invoices.values():
            self._of_payer[one.payer.inn].append(one)
        self._paid: dict[str, Counter[date]] = defaultdict(Counter)
        for payment in payments:
            self._paid[payment.invoice][payment.day] += payment.minor
        self._day = date.min
        self._asked: dict[str, int] = {}
        self._fitting: dict[str, dict[int, list[Invoice]]] = {}

    def numbered(self, number: str) -> Invoice | None:
        return self._known.get(number)

    def asked(self, invoice: Invoice, day: date) -> int:
        """What was still to come for it when the day began."""
        self._turn_to(day)
        if invoice.number not in self._asked:
            paid = self._paid.get(invoice.number, Counter[date]())
            before = sum(minor for on, minor in paid.items() if on < day)
            self._asked[invoice.number] = invoice.amount.minor - before
        return self._asked[invoice.number]

    def fitting(self, inn: str, minor: int, day: date) -> list[Invoice]:
        """Those in force that a payer was still to pay so much for when the day began."""
        self._turn_to(day)
        if inn not in self._fitting:
            by_sum: dict[int, list[Invoice]] = defaultdict(list)
            for one in self._of_payer.get(inn, ()):
                if open_on(one, day):
                    by_sum[self.asked(one, day)].append(one)
            self._fitting[inn] = by_sum
        return self._fitting[inn].get(minor, [])

    def paid(self, invoice: str, day: date, minor: int) -> None:
        """Counts from the next day on."""
        self._turn_to(day)
        self._paid[invoice][day] += minor

    def _turn_to(self, day: date) -> None:
        """What was found out about a day holds for that day only."""
        if day != self._day:
            self._day, self._asked, self._fitting = day, {}, {}


def open_on(invoice: Invoice, day: date) -> bool:
    """Whether the invoice was in force on a day, whatever has been paid."""
    ended = invoice.cancelled_on is not None and invoice.cancelled_on <= day
    return invoice.issued_on <= day <= invoice.due_on and not ended


class Memory:
    """A scene that goes on with the lines; `waiting` may be changed for another account's."""

    def __init__(self, scene: Scene) -> None:
        self.own = scene.own
        self.invoices = Invoices(scene.invoices, scene.payments)
        self.orders = Orders(scene.orders)
        self.waiting = WaitingMoney(scene.waiting)
