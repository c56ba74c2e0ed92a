"""Nothing: where parties live is kept by the control room of the ledger (0011)."""

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("money tables are never taken back; restore a backup")
