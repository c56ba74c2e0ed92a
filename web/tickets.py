"""Tickets open the signalling socket: one use, one minute, one seat at one session.

A ticket lies in the room page or comes from POST /sessions/{n}/tickets, which both ask for the
login cookie, so a restart of the server needs no table: the browser asks for another one.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broker.sessions import Role
from web.settings import new_token

LIFE = timedelta(seconds=60)
TICKETS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Seat:
    """Who may sit down where. role: "host", "client" or the seat of somebody called in; party: id;
    locale: language of texts."""

    session: str
    role: str
    party: str
    locale: str

    @property
    def side(self) -> Role:
        """The seat, where only the two sides may ask."""
        assert self.role in ("host", "client"), self.role
        return "host" if self.role == "host" else "client"

    @property
    def place(self) -> Any:
        """The seat as the wire writes it."""
        return self.role


class Tickets:
    """Issued and not yet used; only hashes are kept."""

    def __init__(self, mint: Callable[[], str] = new_token) -> None:
        self._mint = mint
        self._open: dict[str, tuple[Seat, datetime]] = {}

    def issue(self, seat: Seat, at: datetime) -> str:
        """A new ticket for the seat, good until one minute after `at`."""
        self._forget_old(at)
        ticket = self._mint()
        self._open[_hash(ticket)] = (seat, at + LIFE)
        return ticket

    def use(self, ticket: str, session: str, at: datetime) -> Seat | None:
        """The seat, once; None for an unknown, used, expired or another session's ticket."""
        found = self._open.get(_hash(ticket))
        if found is None or found[0].session != session:
            return None
        del self._open[_hash(ticket)]
        seat, expires = found
        return seat if at < expires else None

    def _forget_old(self, at: datetime) -> None:
        """Insertion order is expiry order, so the old ones stand in front."""
        while self._open:
            first = next(iter(self._open))
            if self._open[first][1] > at and len(self._open) < TICKETS_MAX:
                return
            del self._open[first]


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
