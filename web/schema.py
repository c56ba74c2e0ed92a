"""The one table of the web room: papers that are still to be issued."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, MetaData, String, Table

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
