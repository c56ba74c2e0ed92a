"""Page values of the bank rail, as web/shapes.py has them for the rest: no words of a language."""

from dataclasses import dataclass, field
from datetime import date, datetime

from ledger import Money
from web.shapes import Errors


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in a list. state: open, partly_paid, paid, cancelled, expired."""

    number: str
    amount: Money
    paid: Money
    payer: str
    issued_on: date
    due_on: date
    state: str


@dataclass(frozen=True, slots=True)
class InvoicesPage:
    """The form and the client's invoices. closed: why there can be none now: "no_bank",
    "no_residence", "wrong_rail", "stopped", or empty."""

    key: str
    rows: tuple[InvoiceRow, ...]
    amount: str = ""
    name: str = ""
    inn: str = ""
    kpp: str = ""
    closed: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PayeeView:
    name: str
    inn: str
    kpp: str
    account: str
    bank: str
    bik: str
    correspondent: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One invoice, to be printed or paid by its QR. missing: what is still to come."""

    number: str
    state: str
    amount: Money
    paid: Money
    missing: Money
    payee: PayeeView
    payer: str
    payer_inn: str
    payer_kpp: str
    purpose: str
    vat_line: str
    issued_on: date
    due_on: date
    qr: str
    payment_text: str


@dataclass(frozen=True, slots=True)
class BankAccountView:
    """told: the balance by the bank's last word, until the day told_until; difference: books less
    bank."""

    number: str
    bank: str
    since: date | None
    told_until: date | None
    told: Money
    books: Money
    difference: Money
    suspense: Money
    transit: Money


@dataclass(frozen=True, slots=True)
class StatementView:
    account: str
    format: str
    first_day: date
    last_day: date
    opening: Money
    credited: Money
    debited: Money
    closing: Money
    fresh: int
    seen: int
    booked_by: str
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class OrderFileView:
    number: str
    orders: int
    total: Money
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class BankPage:
    """fresh, questions: what the file just booked has brought, -1 when none was."""

    accounts: tuple[BankAccountView, ...]
    statements: tuple[StatementView, ...]
    order_files: tuple[OrderFileView, ...]
    due: int
    due_total: Money
    questions: int
    stopped: bool = False
    booked_fresh: int = -1
    booked_questions: int = -1


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a statement. rule: why it was taken for what it was; see the templates."""

    id: str
    day: date
    amount: Money
    reference: str
    name: str
    inn: str
    account: str
    purpose: str
    rule: str
    state: str = ""
    invoice: str = ""
    pay_out: str = ""


@dataclass(frozen=True, slots=True)
class LinesPage:
    account: str
    lines: tuple[LineView, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class SectionView:
    """An account of a file. begins: the account enters the books with it; more: new lines that the
    page leaves out."""

    account: str
    first_day: date
    last_day: date
    opening: Money
    credited: Money
    debited: Money
    closing: Money
    fresh: int
    seen: int
    skipped: int
    begins: bool
    lines: tuple[LineView, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class ImportPage:
    """A file that was looked at. code, where, detail: why it was refused; again: it is booked."""

    file: str = ""
    sha256: str = ""
    format: str = ""
    encoding: str = ""
    sections: tuple[SectionView, ...] = ()
    fresh: int = 0
    questions: int = 0
    again: bool = False
    code: str = ""
    where: str = ""
    detail: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A line that waits. proposal: its kind ("wallet", "fee", "own") or empty; mine: the reader
    proposed it or profits by it, so somebody else decides; granted: agreed to, to be posted."""

    line: LineView
    proposal: str = ""
    whose: str = ""
    for_invoice: str = ""
    proposed_by: str = ""
    why: str = ""
    mine: bool = False
    granted: bool = False
    candidates: tuple[InvoiceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """errors: line → what is wrong with what was sent about it."""

    questions: tuple[QuestionView, ...]
    errors: Errors = field(default_factory=dict)
