"""The tables of the web room: papers that are still to be issued, and files being prepared."""

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
    Column("numbers", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("id", name="pk_web_exports"),
    CheckConstraint(
        "state in ('waiting', 'making', 'ready', 'failed')", name="ck_web_exports_state"
    ),
)
Index("ix_web_exports_party", exports.c.party, exports.c.asked_us)
Index("ix_web_exports_state", exports.c.state, exports.c.held_us)
