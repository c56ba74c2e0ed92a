"""Tables of the room: people, codes sent by mail, logins, passkeys. Times are UTC microseconds."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    true,
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
    Column("theme", Text, nullable=False, server_default="system"),
    Column("shortcuts", Boolean, nullable=False, server_default=true()),
    Column("muted", Text, nullable=False, server_default=""),
    Column("erased_us", BigInteger),
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
    Column("way", Text, nullable=False, server_default=""),
    Column("device", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    Column("seen_us", BigInteger),
    PrimaryKeyConstraint("token_hash", name="pk_parties_logins"),
)
Index("ix_parties_logins_party", logins.c.party)

passkeys = Table(
    "parties_passkeys",
    metadata,
    Column("id", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("credential", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("transports", Text, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("used_us", BigInteger),
    Column("copied_us", BigInteger),
    PrimaryKeyConstraint("id", name="pk_parties_passkeys"),
    UniqueConstraint("credential", name="uq_parties_passkeys_credential"),
    CheckConstraint("counter >= 0", name="ck_parties_passkeys_counter"),
)
Index("ix_parties_passkeys_party", passkeys.c.party)

# A challenge is here once it was used, until its time is over: it works once.
used_challenges = Table(
    "parties_used_challenges",
    metadata,
    Column("challenge_hash", Text, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("challenge_hash", name="pk_parties_used_challenges"),
)
Index("ix_parties_used_challenges_expires", used_challenges.c.expires_us)
