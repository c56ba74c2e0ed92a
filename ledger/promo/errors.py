"""What this room may refuse.

LedgerError
└── GrantConflict   the campaign granted this party another sum, or until another day
"""

from ledger.errors import LedgerError


class GrantConflict(LedgerError):
    def __init__(self, grant: str) -> None:
        super().__init__(f"{grant} was granted otherwise")
        self.grant = grant
