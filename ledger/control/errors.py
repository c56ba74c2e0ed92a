"""What the control room refuses, as one tree; each error carries its facts as fields.

ControlError                 (a LedgerError)
├── SwitchedOff              this kind of movement is stopped, and why
├── WrongRail                the party's residence does not allow the rail
│   └── RailsApart           payer and payee use different rails: no money between them
├── OverLimit                more than the limit allows, counting what was used already
├── RoleRefused              the actor's role may not do this
├── NothingSaid              an act that wants a reason was given none
├── CountryUnknown           not a country's code of ISO 3166
└── ApprovalError
    ├── ApprovalUnknown · ApprovalConflict
    ├── ApprovalEnded        it was decided before, or nobody came in time
    └── SamePerson           who proposed, or profits, may not decide
"""

from ledger.errors import LedgerError
from ledger.money import Money


class ControlError(LedgerError):
    """The root of the room."""


class SwitchedOff(ControlError):
    """`switch` is the value of the `Switch`, `why` what its keeper wrote."""

    def __init__(self, switch: str, why: str) -> None:
        super().__init__(f"{switch} are switched off: {why}")
        self.switch, self.why = switch, why


class WrongRail(ControlError):
    """`rail` is the value of the `Rail`; `country` is "" when no residence was declared."""

    def __init__(self, party: str, rail: str, country: str) -> None:
        super().__init__(f"{party} may not use the rail {rail}: {country or 'no residence'}")
        self.party, self.rail, self.country = party, rail, country


class RailsApart(WrongRail):
    """`party` is the payee; `rail` is the payer's."""


class OverLimit(ControlError):
    """`asked` together with `used` is more than `limit`."""

    def __init__(self, what: str, limit: Money, used: Money, asked: Money) -> None:
        text = f"{what}: {asked.minor} on top of {used.minor}, limit {limit.minor}"
        super().__init__(f"{text} {limit.currency}")
        self.what, self.limit, self.used, self.asked = what, limit, used, asked


class RoleRefused(ControlError):
    def __init__(self, role: str, action: str) -> None:
        super().__init__(f"{role} may not do {action}")
        self.role, self.action = role, action


class NothingSaid(ControlError):
    def __init__(self, action: str) -> None:
        super().__init__(f"{action} wants a reason")
        self.action = action
        self.field = "why"


class CountryUnknown(ControlError):
    def __init__(self, country: str) -> None:
        super().__init__(f"no country {country!r}")
        self.country = country
        self.field = "country"


class ApprovalError(ControlError):
    """Something about two persons."""


class ApprovalUnknown(ApprovalError):
    def __init__(self, id: str) -> None:
        super().__init__(f"no approval {id}")
        self.id = id


class ApprovalConflict(ApprovalError):
    """The subject waits, or was granted, with another amount."""

    def __init__(self, id: str) -> None:
        super().__init__(f"approval {id} was proposed for another amount or for other facts")
        self.id = id


class ApprovalEnded(ApprovalError):
    def __init__(self, id: str, how: str) -> None:
        super().__init__(f"approval {id} has ended: {how}")
        self.id, self.how = id, how


class SamePerson(ApprovalError):
    def __init__(self, id: str, party: str) -> None:
        super().__init__(f"approval {id}: {party} proposed it or profits by it")
        self.id, self.party = id, party
