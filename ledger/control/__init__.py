"""Who may move money, by which rail, within which limits, and who did: the ledger's control room.

Switches stop a kind of movement at once, limits and two persons guard large ones, residence keeps
the rails apart, and every money action leaves a row in a hash-chained audit journal. Verbs take
`db` first, work in the caller's transaction and never commit; amounts are `Money`, moments `at`
are aware UTC. Errors (all `LedgerError`s) are in `ledger.control.errors`.

    record, record_once(db, actor, action, subject, why, at, **facts)
    audit_trail(db, …) ; check_trail(db) ; trail_head(db)
    require_open(db, switch) ; turn(db, switch, open, actor, why, at) ; switches(db)
    limit_of(db, what, currency) ; set_limit(db, what, amount, actor, why, at) ; limits(db)
    require_within(db, what, asked, used) ; admit_top_up(db, party, gateway, amount, at, id)
    propose(db, action, subject, amount, actor, why, at) ; approve ; decline ; approval_of ; …
    declare_residence(db, party, country, actor, at) ; rails_of(db, party) ; require_rail(db, …)

Tables that hold movements of money on a rail are guarded by the database as well:
`guard_rail(table, party_column, rail_sql)` makes the triggers for both databases, `attach` runs
them after the tables of a room's MetaData are made, and the room's migration runs them too.
"""

from ledger.control.actors import SYSTEM, Actor
from ledger.control.approvals import Approval
from ledger.control.approvals import ApprovalState as ApprovalState
from ledger.control.countries import COUNTRIES as COUNTRIES
from ledger.control.errors import ApprovalConflict as ApprovalConflict
from ledger.control.errors import ApprovalEnded as ApprovalEnded
from ledger.control.errors import ApprovalUnknown as ApprovalUnknown
from ledger.control.errors import ControlError as ControlError
from ledger.control.errors import CountryUnknown as CountryUnknown
from ledger.control.errors import NothingSaid as NothingSaid
from ledger.control.errors import OverLimit as OverLimit
from ledger.control.errors import RailsApart as RailsApart
from ledger.control.errors import RoleRefused as RoleRefused
from ledger.control.errors import SamePerson as SamePerson
from ledger.control.errors import SwitchedOff as SwitchedOff
from ledger.control.errors import WrongRail as WrongRail
from ledger.control.guards import GATEWAY_RAIL as GATEWAY_RAIL
from ledger.control.guards import attach as attach
from ledger.control.guards import guard_rail
from ledger.control.limits import Limit as Limit
from ledger.control.rails import Rail, rail_of
from ledger.control.rails import Residence as Residence
from ledger.control.switches import Switch
from ledger.control.switches import SwitchState as SwitchState
from ledger.control.trail import AuditRow
from ledger.control.trail import TrailHead as TrailHead
from ledger.control.verbs import (
    audit_trail,
    check_trail,
    limit_of,
    limits,
    record,
    require_open,
    require_within,
    switches,
    turn,
)
from ledger.control.verbs import require_top_up as require_top_up
from ledger.control.verbs import trail_head as trail_head
from ledger.control.verbs_approvals import (
    approval,
    approval_of,
    approve,
    declare_residence,
    decline,
    propose,
    rails_of,
    require_rail,
    require_same_rail,
    set_limit,
    waiting_approvals,
)
from ledger.control.verbs_approvals import close_demo_rail as close_demo_rail
from ledger.control.verbs_approvals import ended_approvals as ended_approvals
from ledger.control.verbs_approvals import residence as residence
from ledger.control.verbs_approvals import residence_asked as residence_asked
from ledger.control.verbs_money import admit_top_up, record_once
from ledger.control.verbs_money import require_gateway as require_gateway

__all__ = [
    "SYSTEM",
    "Actor",
    "Approval",
    "AuditRow",
    "Rail",
    "Switch",
    "admit_top_up",
    "approval",
    "approval_of",
    "approve",
    "audit_trail",
    "check_trail",
    "declare_residence",
    "decline",
    "guard_rail",
    "limit_of",
    "limits",
    "propose",
    "rail_of",
    "rails_of",
    "record",
    "record_once",
    "require_open",
    "require_rail",
    "require_same_rail",
    "require_within",
    "set_limit",
    "switches",
    "turn",
    "waiting_approvals",
]
