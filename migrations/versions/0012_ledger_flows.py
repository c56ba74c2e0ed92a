"""Promo grants, taxed advances, and the chart's lines for firms and the bonus budget."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = [
    {
        "code": 2041,
        "name": "member",
        "account_class": "L",
        "floor": 0,
        "external_code": "",
        "owner": "member of a firm",
    },
    {
        "code": 2042,
        "name": "firm_divided",
        "account_class": "L",
        "floor": None,
        "external_code": "",
        "owner": "firm",
    },
]


def upgrade() -> None:
    _promo()
    _tax()
    _chart()


def _promo() -> None:
    op.create_table(
        "ledger_promo_grant",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("granted_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ledger_promo_grant_pk"),
        sa.UniqueConstraint("campaign", "party", name="ledger_promo_grant_once"),
        sa.CheckConstraint("amount > 0", name="ledger_promo_grant_amount"),
        sa.CheckConstraint("expires_us > granted_us", name="ledger_promo_grant_order"),
    )
    op.create_index("ledger_promo_grant_party", "ledger_promo_grant", ["party"])
    op.create_index("ledger_promo_grant_expiry", "ledger_promo_grant", ["expires_us"])


def _tax() -> None:
    op.create_table(
        "ledger_tax_advance",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("taken", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("key", name="ledger_tax_advance_pk"),
        sa.CheckConstraint("gross > 0", name="ledger_tax_advance_gross"),
        sa.CheckConstraint("taken BETWEEN 0 AND gross", name="ledger_tax_advance_taken"),
        sa.CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="ledger_tax_advance_rate"),
    )
    op.create_index(
        "ledger_tax_advance_open",
        "ledger_tax_advance",
        ["party", "currency", "received_on"],
        sqlite_where=sa.text("taken < gross"),
        postgresql_where=sa.text("taken < gross"),
    )


def _chart() -> None:
    """A purse belongs to a grant; the budget for bonuses is never spent below zero."""
    op.bulk_insert(sa.table("ledger_account_kind", *map(sa.column, KINDS[0])), KINDS)
    op.execute("UPDATE ledger_account_kind SET owner = 'grant' WHERE code = 2011")
    op.execute("UPDATE ledger_account_kind SET floor = 0 WHERE code = 5020")
    op.execute("UPDATE ledger_account SET floor = 0 WHERE kind = 5020 AND balance - held >= 0")


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
