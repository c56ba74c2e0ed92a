"""What can go wrong in metering, as one tree.

    MeteringError
    ├── BadField           a document field that cannot be right; names it
    │   ├── BadTariff      ... in a tariff
    │   └── BadQuote       ... in a question to `quote`
    ├── UnknownPlan        the platform has published no such plan
    ├── TariffConflict     that version is published with another content, or skips a number
    ├── UnknownMeter       no meter is armed for that consultation
    ├── MeterConflict      armed twice with different terms
    ├── WrongState         the meter cannot do that in its state
    ├── PauseForbidden     by this tariff that side may not stop the clock
    ├── AllowanceConflict  granted before under that key, and otherwise
    ├── AllowanceGone      a grant has not so many seconds left
    ├── BadCap             a cap that cannot be right; says why
    ├── CapReached         the next increment would pass a cap
    ├── CosigningRefused   a key or a signature that is not taken in
    │   ├── KeyRefused     no key, not the sender's, or none was brought before
    │   ├── KeyChanged     the leg has another key in this session
    │   ├── ReceiptUnknown there is no such increment
    │   ├── BadSignature   of another receipt, or by another key
    │   └── AlreadySigned  this leg has signed that increment
    ├── StaleMeter         somebody else wrote the meter since it was read
    └── LeaseLost          another process meters now; this one must stop

Lack of money is the ledger's `InsufficientFunds`, passed up as it is.
"""


class MeteringError(Exception):
    """Root of the tree."""


class BadField(MeteringError):
    """`field` is a path such as `tariff.segments[0].rate`; `why` is one sentence."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class BadTariff(BadField):
    """A tariff that must not be sold."""


class BadQuote(BadField):
    """A question that has no answer."""


class UnknownPlan(MeteringError):
    def __init__(self, plan: str) -> None:
        super().__init__(f"the platform has no plan {plan}")
        self.plan = plan


class TariffConflict(MeteringError):
    """`owner` is empty for the platform."""

    def __init__(self, plan: str, owner: str, version: int) -> None:
        super().__init__(f"{plan} {version} is not the next version, or says something else")
        self.plan = plan
        self.owner = owner
        self.version = version


class UnknownMeter(MeteringError):
    def __init__(self, session: str) -> None:
        super().__init__(f"no meter for {session}")
        self.session = session


class MeterConflict(MeteringError):
    def __init__(self, session: str) -> None:
        super().__init__(f"the meter of {session} is armed with other terms")
        self.session = session


class WrongState(MeteringError):
    """`state` is where the meter is, `wanted` is the verb that was refused."""

    def __init__(self, session: str, state: str, wanted: str) -> None:
        super().__init__(f"the meter of {session} is {state}: cannot {wanted}")
        self.session = session
        self.state = state
        self.wanted = wanted


class PauseForbidden(MeteringError):
    """`by` is the side that asked, `allowed` the tariff's `pause_by`."""

    def __init__(self, session: str, by: str, allowed: str) -> None:
        super().__init__(f"{by} may not pause {session}: {allowed} may")
        self.session = session
        self.by = by
        self.allowed = allowed


class StaleMeter(MeteringError):
    def __init__(self, session: str) -> None:
        super().__init__(f"the meter of {session} was written by somebody else")
        self.session = session


class LeaseLost(MeteringError):
    """`shards`: how many are another's; none when they may be, for all that this one knows."""

    def __init__(self, owner: str, shards: int) -> None:
        super().__init__(f"{owner} no longer meters: {shards} shards are another's")
        self.owner = owner
        self.shards = shards


class AllowanceConflict(MeteringError):
    def __init__(self, grant: str) -> None:
        super().__init__(f"{grant} was granted otherwise")
        self.grant = grant


class AllowanceGone(MeteringError):
    def __init__(self, grant: str) -> None:
        super().__init__(f"{grant} has not so many seconds left")
        self.grant = grant


class BadCap(MeteringError):
    """`least_minor` is what the session must be let cost; `why` is one sentence."""

    def __init__(self, why: str, least_minor: int = 0) -> None:
        super().__init__(f"cap: {why}")
        self.why = why
        self.least_minor = least_minor


class CapReached(MeteringError):
    """`least_minor` is what the next increment needs, where it is the first one."""

    def __init__(self, least_minor: int = 0) -> None:
        super().__init__("the next increment would pass a cap")
        self.least_minor = least_minor


class CosigningRefused(MeteringError):
    """`leg` is whose key or signature it is."""

    def __init__(self, session: str, leg: str, what: str) -> None:
        super().__init__(f"{leg} of {session}: {what}")
        self.session = session
        self.leg = leg


class KeyRefused(CosigningRefused):
    def __init__(self, session: str, leg: str) -> None:
        super().__init__(session, leg, "no key that can be used")


class KeyChanged(CosigningRefused):
    def __init__(self, session: str, leg: str) -> None:
        super().__init__(session, leg, "has another key already")


class ReceiptUnknown(CosigningRefused):
    """`n` is the increment that was named."""

    def __init__(self, session: str, leg: str, n: int) -> None:
        super().__init__(session, leg, f"no receipt {n}")
        self.n = n


class BadSignature(CosigningRefused):
    """`n` is the increment that was named."""

    def __init__(self, session: str, leg: str, n: int) -> None:
        super().__init__(session, leg, f"signature of receipt {n} does not hold")
        self.n = n


class AlreadySigned(CosigningRefused):
    """`n` is the increment that was named."""

    def __init__(self, session: str, leg: str, n: int) -> None:
        super().__init__(session, leg, f"receipt {n} is signed already")
        self.n = n
