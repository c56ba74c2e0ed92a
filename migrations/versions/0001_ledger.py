"""The tables of ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CURRENCIES = [
    {"code": "RUB", "exponent": 2},
    {"code": "USD", "exponent": 2},
    {"code": "EUR", "exponent": 2},
    {"code": "GBP", "exponent": 2},
    {"code": "KZT", "exponent": 2},
    {"code": "BYN", "exponent": 2},
    {"code": "JPY", "exponent": 0},
]
KINDS = [
    {
        "code": 1010,
        "name": "bank",
        "account_class": "A",
        "floor": None,
        "external_code": "51",
        "owner": "bank account",
    },
    {
        "code": 1020,
        "name": "cash",
        "account_class": "A",
        "floor": None,
        "external_code": "57.03",
        "owner": "payment processor",
    },
    {
        "code": 1030,
        "name": "bank_transit",
        "account_class": "A",
        "floor": None,
        "external_code": "57.22",
        "owner": "processor's payout",
    },
    {
        "code": 1031,
        "name": "payout",
        "account_class": "A",
        "floor": None,
        "external_code": "57.22",
        "owner": "consultant's payout",
    },
    {
        "code": 1100,
        "name": "disputed",
        "account_class": "A",
        "floor": None,
        "external_code": "76.02",
        "owner": "dispute",
    },
    {
        "code": 1210,
        "name": "recourse",
        "account_class": "A",
        "floor": None,
        "external_code": "76.09",
        "owner": "consultant",
    },
    {
        "code": 2010,
        "name": "prepaid",
        "account_class": "L",
        "floor": 0,
        "external_code": "62.02",
        "owner": "party",
    },
    {
        "code": 2011,
        "name": "promo",
        "account_class": "L",
        "floor": 0,
        "external_code": "",
        "owner": "party",
    },
    {
        "code": 2012,
        "name": "promo_issued",
        "account_class": "L",
        "floor": None,
        "external_code": "",
        "owner": "campaign",
    },
    {
        "code": 2020,
        "name": "escrow",
        "account_class": "L",
        "floor": 0,
        "external_code": "76.05",
        "owner": "session",
    },
    {
        "code": 2040,
        "name": "earnings",
        "account_class": "L",
        "floor": 0,
        "external_code": "60.01",
        "owner": "consultant or firm",
    },
    {
        "code": 2045,
        "name": "reserve",
        "account_class": "L",
        "floor": 0,
        "external_code": "76.09",
        "owner": "consultant",
    },
    {
        "code": 2050,
        "name": "vat",
        "account_class": "L",
        "floor": None,
        "external_code": "68.02",
        "owner": "",
    },
    {
        "code": 2051,
        "name": "vat_advances",
        "account_class": "A",
        "floor": None,
        "external_code": "76.AB",
        "owner": "",
    },
    {
        "code": 2060,
        "name": "deferred",
        "account_class": "L",
        "floor": 0,
        "external_code": "62.02",
        "owner": "subscription",
    },
    {
        "code": 2070,
        "name": "supplier",
        "account_class": "L",
        "floor": 0,
        "external_code": "60.01",
        "owner": "supplier",
    },
    {
        "code": 2099,
        "name": "suspense",
        "account_class": "L",
        "floor": 0,
        "external_code": "76.09",
        "owner": "party or bank account",
    },
    {
        "code": 3010,
        "name": "retained",
        "account_class": "Q",
        "floor": None,
        "external_code": "84",
        "owner": "",
    },
    {
        "code": 3900,
        "name": "exchange",
        "account_class": "Q",
        "floor": None,
        "external_code": "57.22",
        "owner": "currency",
    },
    {
        "code": 4010,
        "name": "commission",
        "account_class": "I",
        "floor": None,
        "external_code": "90.01",
        "owner": "",
    },
    {
        "code": 4020,
        "name": "minute_fee",
        "account_class": "I",
        "floor": None,
        "external_code": "90.01",
        "owner": "",
    },
    {
        "code": 4030,
        "name": "subscriptions",
        "account_class": "I",
        "floor": None,
        "external_code": "90.01",
        "owner": "",
    },
    {
        "code": 5010,
        "name": "fees",
        "account_class": "E",
        "floor": None,
        "external_code": "91.02",
        "owner": "",
    },
    {
        "code": 5020,
        "name": "bonus",
        "account_class": "E",
        "floor": None,
        "external_code": "20",
        "owner": "",
    },
    {
        "code": 5030,
        "name": "promo_cost",
        "account_class": "E",
        "floor": None,
        "external_code": "44",
        "owner": "",
    },
    {
        "code": 5040,
        "name": "dispute_cost",
        "account_class": "E",
        "floor": None,
        "external_code": "91.02",
        "owner": "",
    },
    {
        "code": 5050,
        "name": "exchange_cost",
        "account_class": "E",
        "floor": None,
        "external_code": "91.02",
        "owner": "",
    },
]


def upgrade() -> None:
    op.create_table(
        "ledger_account_kind",
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_class", sa.Text(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("external_code", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "account_class IN ('A','L','Q','I','E')", name="ledger_account_kind_class"
        ),
        sa.PrimaryKeyConstraint("code", name="ledger_account_kind_pk"),
        sa.UniqueConstraint("name", name="ledger_account_kind_name"),
    )
    op.create_table(
        "ledger_batch",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_journal", sa.BigInteger(), nullable=False),
        sa.Column("journals", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ledger_batch_pk"),
    )
    op.create_table(
        "ledger_currency",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.CheckConstraint("exponent BETWEEN 0 AND 4", name="ledger_currency_exponent"),
        sa.PrimaryKeyConstraint("code", name="ledger_currency_pk"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("journal_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="ledger_entry_amount"),
        sa.CheckConstraint("version > 0", name="ledger_entry_version"),
        sa.PrimaryKeyConstraint("account_id", "version", name="ledger_entry_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("ledger_entry_journal", "ledger_entry", ["journal_id"], unique=False)
    op.create_table(
        "ledger_hold",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount > 0", name="ledger_hold_amount"),
        sa.PrimaryKeyConstraint("key", name="ledger_hold_pk"),
    )
    op.create_index("ledger_hold_account", "ledger_hold", ["account_id"], unique=False)
    op.create_index(
        "ledger_hold_expiry",
        "ledger_hold",
        ["expires_us"],
        unique=False,
        postgresql_where=sa.text("expires_us IS NOT NULL"),
    )
    op.create_table(
        "ledger_hold_end",
        sa.Column("hold_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("journal_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'post') = (journal_id IS NOT NULL)", name="ledger_hold_end_journal"
        ),
        sa.CheckConstraint("kind IN ('post','void','expire')", name="ledger_hold_end_kind"),
        sa.PrimaryKeyConstraint("hold_key", name="ledger_hold_end_pk"),
    )
    op.create_table(
        "ledger_journal",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("req_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_us", sa.BigInteger(), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="ledger_journal_pk"),
        sa.UniqueConstraint("reverses", name="ledger_journal_reversed_once"),
        sa.UniqueConstraint("scope", "key", name="ledger_journal_natural_key"),
    )
    op.create_index("ledger_journal_ref", "ledger_journal", ["ref"], unique=False)
    op.create_table(
        "ledger_period",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name="ledger_period_order"),
        sa.PrimaryKeyConstraint("first_day", name="ledger_period_pk"),
    )
    op.create_table(
        "ledger_account",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.CheckConstraint("status IN ('open','frozen','closed')", name="ledger_account_status"),
        sa.CheckConstraint("balance - held >= floor", name="ledger_account_floor"),
        sa.CheckConstraint("balance <= ceiling", name="ledger_account_ceiling"),
        sa.CheckConstraint("held >= 0", name="ledger_account_held"),
        sa.ForeignKeyConstraint(
            ["currency"], ["ledger_currency.code"], name="ledger_account_currency_fk"
        ),
        sa.ForeignKeyConstraint(
            ["kind"], ["ledger_account_kind.code"], name="ledger_account_kind_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="ledger_account_pk"),
        sa.UniqueConstraint("kind", "owner", "currency", name="ledger_account_key"),
        postgresql_with={"fillfactor": 50},
    )
    op.bulk_insert(sa.table("ledger_currency", *map(sa.column, CURRENCIES[0])), CURRENCIES)
    op.bulk_insert(sa.table("ledger_account_kind", *map(sa.column, KINDS[0])), KINDS)


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
