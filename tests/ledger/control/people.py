"""Who acts in the tests of the control room."""

from datetime import UTC, datetime

from ledger.control import Actor

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
VERA = Actor("vera", "curator", "192.0.2.1")
OLEG = Actor("oleg", "curator", "192.0.2.2")
NINA = Actor("nina", "accountant", "192.0.2.3")
BOB = Actor("bob", "self", "198.51.100.7")
