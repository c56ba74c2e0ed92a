"""Tables of the bank room. Money is BIGINT minor units, moments are BIGINT UTC microseconds.

A line's id is its natural key, so a line that is imported again finds itself.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.bank.guards import GUARDS
from ledger.control import attach

metadata = MetaData()

# Our accounts. `since` and `opening` are null until the first statement begins the account.
account = Table(
    "ledger_bank_account",
    metadata,
    Column("number", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("requisites", Text, nullable=False),
    Column("since", Date),
    Column("opening", BigInteger),
    Column("kept_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("number", name="ledger_bank_account_pk"),
    CheckConstraint("(since IS NULL) = (opening IS NULL)", name="ledger_bank_account_begun"),
)

series = Table(
    "ledger_bank_series",
    metadata,
    Column("series", Text, nullable=False),
    Column("year", Integer, nullable=False, autoincrement=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("series", "year", name="ledger_bank_series_pk"),
    CheckConstraint("last > 0", name="ledger_bank_series_last"),
)

invoice = Table(
    "ledger_bank_invoice",
    metadata,
    Column("number", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("payer_name", Text, nullable=False),
    Column("payer_inn", Text, nullable=False),
    Column("payer_kpp", Text, nullable=False),
    Column("payee", Text, nullable=False),
    Column("vat_line", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("cancelled_on", Date),
    Column("state", Text, nullable=False),
    Column("issued_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("number", name="ledger_bank_invoice_pk"),
    UniqueConstraint("party", "key", name="ledger_bank_invoice_key"),
    CheckConstraint("amount > 0", name="ledger_bank_invoice_amount"),
    CheckConstraint("paid >= 0", name="ledger_bank_invoice_paid"),
    CheckConstraint(
        "state IN ('open','partly_paid','paid','cancelled','expired')",
        name="ledger_bank_invoice_state",
    ),
    CheckConstraint("(state = 'paid') = (paid >= amount)", name="ledger_bank_invoice_paid_is_paid"),
    Index("ledger_bank_invoice_party", "party", "issued_us"),
    Index("ledger_bank_invoice_payer", "payer_inn"),
    Index("ledger_bank_invoice_due", "state", "due_on"),
)

# A file as it came, kept as evidence; `booked_us` is null while it was only looked at.
file = Table(
    "ledger_bank_file",
    metadata,
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("kept_us", BigInteger, nullable=False),
    Column("booked_us", BigInteger),
    PrimaryKeyConstraint("sha256", name="ledger_bank_file_pk"),
)

statement = Table(
    "ledger_bank_statement",
    metadata,
    Column("file", Text, nullable=False),
    Column("number", Integer, nullable=False, autoincrement=False),
    Column("account", Text, nullable=False),
    Column("ordinal", Integer, nullable=False, autoincrement=False),
    Column("format", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("opening", BigInteger, nullable=False),
    Column("credited", BigInteger, nullable=False),
    Column("debited", BigInteger, nullable=False),
    Column("closing", BigInteger, nullable=False),
    Column("fresh", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("booked_by", Text, nullable=False),
    Column("booked_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("file", "number", name="ledger_bank_statement_pk"),
    UniqueConstraint("account", "ordinal", name="ledger_bank_statement_ordinal"),
    CheckConstraint("first_day <= last_day", name="ledger_bank_statement_days"),
    CheckConstraint("opening + credited - debited = closing", name="ledger_bank_statement_closes"),
    Index("ledger_bank_statement_account", "account", "last_day"),
)

line = Table(
    "ledger_bank_line",
    metadata,
    Column("id", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("document_on", Date),
    Column("other_name", Text, nullable=False),
    Column("other_inn", Text, nullable=False),
    Column("other_kpp", Text, nullable=False),
    Column("other_account", Text, nullable=False),
    Column("other_bank", Text, nullable=False),
    Column("other_bik", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("invoice", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("pay_out", Text, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="ledger_bank_line_pk"),
    CheckConstraint("amount <> 0", name="ledger_bank_line_amount"),
    CheckConstraint(
        "state IN ('booked','waiting','proposed','decided','given_back')",
        name="ledger_bank_line_state",
    ),
    Index("ledger_bank_line_account", "account", "day"),
    Index("ledger_bank_line_state", "state", "day"),
    Index("ledger_bank_line_invoice", "invoice"),
)

# What somebody proposes to do with a line that waits; the approval is in the control room.
proposal = Table(
    "ledger_bank_proposal",
    metadata,
    Column("line", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("invoice", Text, nullable=False),
    Column("approval", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("proposed_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("line", name="ledger_bank_proposal_pk"),
    CheckConstraint("kind IN ('wallet','fee','own')", name="ledger_bank_proposal_kind"),
    CheckConstraint("(kind = 'wallet') = (party <> '')", name="ledger_bank_proposal_party"),
)

order_file = Table(
    "ledger_bank_order_file",
    metadata,
    Column("number", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("number", name="ledger_bank_order_file_pk"),
)

order = Table(
    "ledger_bank_order",
    metadata,
    Column("pay_out", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended_us", BigInteger),
    PrimaryKeyConstraint("pay_out", name="ledger_bank_order_pk"),
    UniqueConstraint("year", "number", name="ledger_bank_order_number"),
    CheckConstraint("amount > 0", name="ledger_bank_order_amount"),
    CheckConstraint("state IN ('sent','arrived','returned')", name="ledger_bank_order_state"),
    Index("ledger_bank_order_state", "state"),
)

attach(metadata, GUARDS)
