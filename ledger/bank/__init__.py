"""The bank rail: invoices paid by transfer, statements imported and matched, payment orders.

    issue_invoice(db, payee, party, payer, amount, actor, at, key) ; cancel_invoice ; invoices_of
    payment_text(payee, amount, purpose)                 what the payment QR of an invoice says
    statement = await read_statement(data)               in a process of its own, no database
    outlook(db, data, statement)                         what booking it would do; writes nothing
    book_statement(db, name, data, statement, actor, at)
    questions(db, at) ; propose_line ; confirm_line ; decline_line             four eyes
    make_order_file(db, payee, actor, at) ; order_files(db) ; order_file(db, number)
    standings(db) ; booked_statements(db) ; lines(db, account) ; check_bank(db)

Every line of a statement moves the account BANK once, under a key made of what the bank told, so
the books equal the bank's and importing any part again changes nothing. Who sent what cannot be
told waits in SUSPENSE for two persons. Opening + lines = closing, and a statement continues the
ones before it, or it is refused with the fault's name (`StatementRefused.code`). Amounts of lines
are minor units, + in and - out; days are the bank's; verbs take `db` first and never commit.

The checks of INN, KPP, OGRN, BIK and account are pure: `ledger.requisites` through this door.
"""

from ledger.bank.errors import BankAccountUnknown as BankAccountUnknown
from ledger.bank.errors import BankError, PayerFaulty, StatementRefused
from ledger.bank.errors import InvoiceEnded as InvoiceEnded
from ledger.bank.errors import InvoiceUnknown as InvoiceUnknown
from ledger.bank.errors import LineDecided as LineDecided
from ledger.bank.errors import LineUnknown as LineUnknown
from ledger.bank.errors import NothingDue as NothingDue
from ledger.bank.errors import OrderFileUnknown as OrderFileUnknown
from ledger.bank.errors import ProposalFaulty as ProposalFaulty
from ledger.bank.errors import ProposalUnknown as ProposalUnknown
from ledger.bank.formats import BYTES_MAX as BYTES_MAX
from ledger.bank.invoices import LEAST as LEAST
from ledger.bank.invoices import MOST as MOST
from ledger.bank.invoices import Invoice, Payee
from ledger.bank.invoices import InvoiceState as InvoiceState
from ledger.bank.invoices import numbers_in as numbers_in
from ledger.bank.matching import ASKS as ASKS
from ledger.bank.payment_qr import payment_text
from ledger.bank.reader import read_statement
from ledger.bank.statements import Line as Line
from ledger.bank.statements import Statement as Statement
from ledger.bank.store import BookedLine as BookedLine
from ledger.bank.store import BookedStatement as BookedStatement
from ledger.bank.store_invoices import OrderFile as OrderFile
from ledger.bank.store_invoices import Proposal as Proposal
from ledger.bank.verbs import AccountStanding, check_bank, lines, standings
from ledger.bank.verbs import booked_statements as booked_statements
from ledger.bank.verbs_import import (
    Outlook,
    begin_account,
    book_statement,
    keep_account,
    outlook,
)
from ledger.bank.verbs_import import SectionOutlook as SectionOutlook
from ledger.bank.verbs_import import kept_file as kept_file
from ledger.bank.verbs_import import look_at_file as look_at_file
from ledger.bank.verbs_invoices import (
    cancel_invoice,
    invoice,
    invoices_of,
    issue_invoice,
    lapse_invoices,
)
from ledger.bank.verbs_orders import make_order_file, order_files
from ledger.bank.verbs_orders import order_file as order_file
from ledger.bank.verbs_queue import Question, confirm_line, decline_line, propose_line, questions
from ledger.requisites import Payer, Requisites
from ledger.requisites import fault_in_account as fault_in_account
from ledger.requisites import fault_in_bik as fault_in_bik
from ledger.requisites import fault_in_correspondent as fault_in_correspondent
from ledger.requisites import fault_in_inn as fault_in_inn
from ledger.requisites import fault_in_kpp as fault_in_kpp
from ledger.requisites import fault_in_ogrn as fault_in_ogrn

__all__ = [
    "AccountStanding",
    "BankError",
    "Invoice",
    "Outlook",
    "Payee",
    "Payer",
    "PayerFaulty",
    "Question",
    "Requisites",
    "StatementRefused",
    "begin_account",
    "book_statement",
    "cancel_invoice",
    "check_bank",
    "confirm_line",
    "decline_line",
    "invoice",
    "invoices_of",
    "issue_invoice",
    "keep_account",
    "lapse_invoices",
    "lines",
    "make_order_file",
    "order_files",
    "outlook",
    "payment_text",
    "propose_line",
    "questions",
    "read_statement",
    "standings",
]
