"""first."""

import broker.notices.schema
import broker.parties.schema
import broker.sessions.schema
import ledger.schema
import metering.schema
import reports.schema
import web.schema
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for room in (ledger, metering, broker.parties, broker.sessions, broker.notices, reports, web):
        room.schema.metadata.create_all(op.get_bind())
