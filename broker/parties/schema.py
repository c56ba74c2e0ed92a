"""Tables of the room: people, codes sent by mail, logins. Times are UTC microseconds."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

people = Table(
    "parties_people",
    metadata,
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("roles", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("session", Text),
    Column("created_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="pk_parties_people"),
    UniqueConstraint("email", name="uq_parties_people_email"),
    CheckConstraint(
        "(email is null) = (session is not null)", name="ck_parties_people_guest_has_session"
    ),
)

codes = Table(
    "parties_codes",
    metadata,
    Column("email", Text, nullable=False),
    Column("code_hash", Text, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("window_us", BigInteger, nullable=False),
    Column("sent", Integer, nullable=False),
    PrimaryKeyConstraint("email", name="pk_parties_codes"),
    CheckConstraint("tries_left >= 0", name="ck_parties_codes_tries_left"),
)

logins = Table(
    "parties_logins",
    metadata,
    Column("token_hash", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("session", Text),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("closed_us", BigInteger),
    PrimaryKeyConstraint("token_hash", name="pk_parties_logins"),
)
Index("ix_parties_logins_party", logins.c.party)
