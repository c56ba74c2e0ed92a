"""Who acts on money, in which capacity and from where."""

from dataclasses import dataclass

from ledger.control.errors import NothingSaid, RoleRefused

ROLES = ("self", "accountant", "curator", "system")
OFFICERS = frozenset({"accountant", "curator"})  # may decide what others proposed
KEEPERS = frozenset({"curator", "system"})  # may turn switches and set limits
WHY_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Actor:
    """`role` is the capacity: "self" (own money), "accountant", "curator" or "system".

    `address` is the IP address as text, as the nearest trusted proxy saw it; "" for jobs.
    """

    party: str
    role: str
    address: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"no role {self.role!r}")


SYSTEM = Actor("", "system")


def require_role(actor: Actor, roles: frozenset[str], action: str) -> None:
    """Raises: RoleRefused."""
    if actor.role not in roles:
        raise RoleRefused(actor.role, action)


def said(why: str, action: str) -> str:
    """The reason, trimmed and not endless. Raises: NothingSaid when there is none."""
    found = " ".join(why.split())[:WHY_CHARS_MAX]
    if not found:
        raise NothingSaid(action)
    return found
