"""The tables of the web room: papers that are still to be issued, files being prepared, closings of
months."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
)

metadata = MetaData()

# Written in the transaction that changed what a document says, removed in the one that issued it:
# a crash between the two loses nothing.
papers_due = Table(
    "web_papers_due",
    metadata,
    Column("session", String(32), primary_key=True),
    Column("next_us", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    CheckConstraint("tries >= 0", name="ck_web_papers_due_tries"),
)

# What somebody asked for, how far it is, and until when the file is kept. `held_us`: until then a
# process is at it; a row that nobody holds any more is begun again. `numbers`: only these papers,
# apart by spaces; "" is all that the rest of the row finds.
exports = Table(
    "web_exports",
    metadata,
    Column("id", String(32), nullable=False),
    Column("party", String(64), nullable=False),
    Column("own", Boolean, nullable=False),
    Column("register", String(20), nullable=False),
    Column("form", String(20), nullable=False),
    Column("since", Date),
    Column("until", Date),
    Column("kind", String(20), nullable=False),
    Column("who", String(80), nullable=False),
    Column("state", String(10), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("held_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("archive", Boolean, nullable=False, server_default=false()),
    Column("numbers", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("id", name="pk_web_exports"),
    CheckConstraint(
        "state in ('waiting', 'making', 'ready', 'failed')", name="ck_web_exports_state"
    ),
)
Index("ix_web_exports_party", exports.c.party, exports.c.asked_us)
Index("ix_web_exports_state", exports.c.state, exports.c.held_us)

# One row a month and currency. (`kind`, `party`): the last place that was done; it moves in the
# transaction that issues, so a crash leaves none out and does none twice. `holder` works at it
# until `held_us` and tells so again and again.
closings = Table(
    "web_closings",
    metadata,
    Column("month", String(7), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("locale", String(2), nullable=False),
    Column("state", String(10), nullable=False),
    Column("round", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("party", String(64), nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("acts", Integer, nullable=False),
    Column("certified_minor", BigInteger, nullable=False),
    Column("turnover_minor", BigInteger, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("done_us", BigInteger),
    Column("holder", String(80), nullable=False),
    Column("held_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("month", "currency", name="pk_web_closings"),
    CheckConstraint(
        "state in ('asked', 'papers', 'letters', 'done')", name="ck_web_closings_state"
    ),
    CheckConstraint("(state = 'done') = (done_us is not null)", name="ck_web_closings_done"),
)

# What could not be issued in the last round, and why; party "" is about the whole month.
closing_faults = Table(
    "web_closing_faults",
    metadata,
    Column("month", String(7), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("party", String(64), nullable=False),
    Column("text", String(300), nullable=False),
    PrimaryKeyConstraint("month", "currency", "kind", "party", name="pk_web_closing_faults"),
)
