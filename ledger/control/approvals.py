"""Two persons: what one proposes above a limit, another one decides.

    proposed ──► granted    at once, up to the action's limit; else when a second person approves
       │ waiting ──► declined   with a reason
       └─────────► expired    nobody decided for APPROVAL_LIFE

An end is final: who still wants it proposes anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ledger.control.actors import OFFICERS, Actor, require_role
from ledger.control.errors import ApprovalEnded, SamePerson
from ledger.money import Money

APPROVAL_LIFE = timedelta(days=3)

# Who may decide; every other action: any officer.
DECIDERS = {"residence": frozenset({"curator"}), "limit": frozenset({"curator"})}


class ApprovalState(StrEnum):
    WAITING = "waiting"
    GRANTED = "granted"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Approval:
    """`action` and `subject` say what for ("refund", "refund:…"); `party` is who profits, or "".

    `decided_by` is "" while it waits and when the sum was below the limit of two persons.
    """

    id: str
    action: str
    subject: str
    amount: Money
    state: ApprovalState
    proposed_by: str
    why: str
    proposed_at: datetime
    expires_at: datetime
    party: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def granted(self) -> bool:
        return self.state is ApprovalState.GRANTED

    def as_of(self, at: datetime) -> "Approval":
        """The same, expired when nobody decided in time."""
        if self.state is ApprovalState.WAITING and at >= self.expires_at:
            return replace(self, state=ApprovalState.EXPIRED)
        return self


def decided(
    approval: Approval, state: ApprovalState, actor: Actor, reason: str, at: datetime
) -> Approval:
    """The approval after a second person has spoken.

    Raises: RoleRefused, ApprovalEnded, SamePerson.
    """
    require_role(actor, DECIDERS.get(approval.action, OFFICERS), f"decide {approval.action}")
    now = approval.as_of(at)
    if now.state is not ApprovalState.WAITING:
        raise ApprovalEnded(approval.id, now.state.value)
    if not actor.party or actor.party in (approval.proposed_by, approval.party):
        raise SamePerson(approval.id, actor.party)
    return replace(approval, state=state, decided_by=actor.party, decided_at=at, reason=reason)
