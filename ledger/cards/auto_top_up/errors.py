"""What automatic top-ups refuse, as one tree; each error carries its facts as fields.

AutoTopUpError           (a CashierError)
├── BadSetting           a field of the form is wrong, and how
├── CardUnknown          no card of this party is kept
├── SetupUnknown         no such page for giving a card, or not this party's
└── RunUnknown           no such automatic top-up, or not this party's, or nothing to confirm
"""

from ledger.errors import CashierError


class AutoTopUpError(CashierError):
    """The root."""


class BadSetting(AutoTopUpError):
    """`field` names the field of the form, `why` is "too_small", "too_large" or "currency"."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class CardUnknown(AutoTopUpError):
    def __init__(self, party: str) -> None:
        super().__init__(f"no card of {party} is kept")
        self.party = party


class SetupUnknown(AutoTopUpError):
    def __init__(self, id: str) -> None:
        super().__init__(f"no card page {id}")
        self.id = id


class RunUnknown(AutoTopUpError):
    def __init__(self, id: str) -> None:
        super().__init__(f"no automatic top-up {id}")
        self.id = id
