"""Tariffs: what connected time costs, as immutable values copied whole into each session.

The fields are those of `minuta quote` (docs/metering.md), plus what a sold plan needs: who
pays, how the money is shared, when the payer is warned.
"""

import json
import re
from dataclasses import dataclass, field
from fractions import Fraction

import rfc8785

from metering.errors import BadTariff
from metering.fields import Fields, whole
from metering.loader import check_divides, read_rounding, read_schedule, read_zone
from metering.schedule import AtCeiling, Rounding, Segment, Window

BASIS = 10_000
HOLD_AHEAD = 1  # increments set aside before they begin; ADR 0018 says why no other number
PAUSE_BY = ("both", "host", "client", "nobody")
KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")  # of allowances, and a tariff's own name


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of one plan. Shares are basis points; times are seconds unless named."""

    plan: str = "quote"
    version: int = 1
    payer: str = "client"
    currency: str = "RUB"
    connect_fee: int = 0
    grace_seconds: int = 0
    free_seconds: int = 0
    free_increment_seconds: int = 1
    segments: tuple[Segment, ...] = ()
    windows: tuple[Window, ...] = ()
    timezone: str = "UTC"
    min_charge: int = 0
    max_charge: int | None = None
    max_charge_strategy: AtCeiling = AtCeiling.FREE
    rounding: Rounding = field(default_factory=Rounding)
    provider_bp: int = 0
    kept_bp: int = BASIS
    kept_provider_bp: int = 0
    dispute_window_s: int = 259_200
    warn_at_minutes: tuple[int, ...] = (5, 2, 1)
    lead_s: int = 10
    absence_s: int = 90  # a laptop may sleep for a minute; ADR 0031
    longest_pause_s: int = 900
    pause_by: str = "both"
    hold_ahead: int = HOLD_AHEAD
    rate_version: int = 0  # of the consultant's own rate; 0: the price is the plan's
    allowance: str = ""  # which allowances of seconds may pay before money; "": none

    @property
    def free_whole_s(self) -> int:
        """Free seconds that make whole steps."""
        return self.free_seconds - self.free_seconds % self.free_increment_seconds

    @property
    def minute_minor(self) -> int:
        """What a minute costs at the start of a plain tariff, for signs and price tags."""
        first = self.segments[0] if self.segments else self.windows[0].segments[0]
        return self.rounding.apply(Fraction(first.rate * 60, first.per_seconds))

    def may_pause(self, role: str) -> bool:
        """Whether `host` or `client` may stop the clock; for who may not, it goes on."""
        return self.pause_by in ("both", role)

    def to_dict(self) -> dict[str, object]:
        """Every field, as JSON values, readable by `minuta quote` as `tariff`.

        A field that came later is said only where it differs from its default, so that a tariff
        frozen before it keeps its bytes and its sha256.
        """
        later: dict[str, object] = {
            "rate_version": self.rate_version,
            "pause_by": self.pause_by,
            "allowance": self.allowance,
        }
        said = {name: value for name, value in later.items() if value not in (0, "both", "")}
        return said | {
            "plan": self.plan,
            "version": self.version,
            "payer": self.payer,
            "currency": self.currency,
            "connect_fee": self.connect_fee,
            "grace_seconds": self.grace_seconds,
            "free_seconds": self.free_seconds,
            "free_increment_seconds": self.free_increment_seconds,
            "segments": [s.to_dict() for s in self.segments],
            "windows": [w.to_dict() for w in self.windows],
            "timezone": self.timezone,
            "min_charge": self.min_charge,
            "max_charge": self.max_charge,
            "max_charge_strategy": self.max_charge_strategy.value,
            "rounding": self.rounding.to_dict(),
            "provider_bp": self.provider_bp,
            "kept_bp": self.kept_bp,
            "kept_provider_bp": self.kept_provider_bp,
            "dispute_window_s": self.dispute_window_s,
            "warn_at_minutes": list(self.warn_at_minutes),
            "lead_s": self.lead_s,
            "absence_s": self.absence_s,
            "longest_pause_s": self.longest_pause_s,
        }

    def to_json(self) -> str:
        """Canonical JSON (RFC 8785): equal tariffs give equal bytes."""
        return rfc8785.dumps(self.to_dict()).decode()  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, text: str) -> "Tariff":
        """Read and check a tariff that is to be sold.

        Raises:
            BadTariff: names the field.
        """
        try:
            document = json.loads(text)
        except ValueError as error:
            raise BadTariff("tariff", "is not JSON") from error
        fields = Fields(document, "tariff", BadTariff)
        tariff = cls.read(fields)
        fields.finish()
        check_divides(fields, tariff.segments, tariff.windows, tariff.rounding)
        return tariff

    @classmethod
    def read(cls, fields: Fields) -> "Tariff":
        """Every field that is there, checked; what is absent has its default."""
        shown = cls()
        fee = fields.integer("connect_fee", 0)
        segments, windows = read_schedule(fields, fee)
        ceiling, least = fields.optional("max_charge"), fields.integer("min_charge", 0)
        if ceiling is not None and ceiling < least:
            raise fields.bad("max_charge", "is below min_charge")
        return cls(
            plan=fields.text("plan", shown.plan),
            version=fields.integer("version", shown.version, least=1),
            payer=fields.choice("payer", ("host", "client"), shown.payer),
            currency=fields.text("currency", shown.currency),
            connect_fee=fee,
            grace_seconds=fields.integer("grace_seconds", 0),
            free_seconds=fields.integer("free_seconds", 0),
            free_increment_seconds=fields.integer("free_increment_seconds", 1, least=1),
            segments=segments,
            windows=windows,
            timezone=read_zone(fields),
            min_charge=least,
            max_charge=ceiling,
            max_charge_strategy=AtCeiling(
                fields.choice("max_charge_strategy", AtCeiling, AtCeiling.FREE)
            ),
            rounding=read_rounding(fields),
            provider_bp=_points(fields, "provider_bp", shown.provider_bp),
            kept_bp=_points(fields, "kept_bp", shown.kept_bp),
            kept_provider_bp=_points(fields, "kept_provider_bp", shown.kept_provider_bp),
            dispute_window_s=fields.integer("dispute_window_s", shown.dispute_window_s),
            warn_at_minutes=_warnings(fields, shown.warn_at_minutes),
            lead_s=fields.integer("lead_s", shown.lead_s, least=1),
            absence_s=fields.integer("absence_s", shown.absence_s, least=1),
            longest_pause_s=fields.integer("longest_pause_s", shown.longest_pause_s, least=1),
            pause_by=fields.choice("pause_by", PAUSE_BY, shown.pause_by),
            hold_ahead=_hold_ahead(fields),
            rate_version=fields.integer("rate_version", 0),
            allowance=_allowance(fields),
        )


def host_pays_tariff(rate_minor: int = 100) -> Tariff:
    """`host-pays` as first published: the consultant pays the platform for the connection."""
    return Tariff(plan="host-pays", payer="host", segments=(Segment(0, rate_minor, 60, 60),))


def client_pays_tariff(rate_minor: int = 2000) -> Tariff:
    """`client-pays` as first published: the client pays the consultant's rate, shared 10/90.

    Unresolved: 20 % of the whole is kept, half of it for the consultant, the rest goes back.
    """
    return Tariff(
        plan="client-pays",
        payer="client",
        segments=(Segment(0, rate_minor, 60, 60),),
        provider_bp=9000,
        kept_bp=2000,
        kept_provider_bp=5000,
    )


def _points(fields: Fields, name: str, default: int) -> int:
    value = fields.integer(name, default)
    if value > BASIS:
        raise fields.bad(name, f"must be at most {BASIS} basis points")
    return value


def _hold_ahead(fields: Fields) -> int:
    value = fields.integer("hold_ahead", HOLD_AHEAD)
    if value != HOLD_AHEAD:
        raise fields.bad("hold_ahead", f"must be {HOLD_AHEAD}: one increment is held, not more")
    return value


def _allowance(fields: Fields) -> str:
    """The kind of allowances that may pay; none where it is absent."""
    kind = fields.text("allowance", "")
    if kind and not KIND.fullmatch(kind):
        raise fields.bad("allowance", "must be small letters, digits and hyphens, 40 at most")
    return kind


def _warnings(fields: Fields, default: tuple[int, ...]) -> tuple[int, ...]:
    """Minutes left at which the payer is warned, the largest first."""
    if not fields.has("warn_at_minutes"):
        return default
    given = fields.items(
        "warn_at_minutes", lambda value, path: whole(value, path, fields.error, least=1)
    )
    return tuple(sorted(set(given), reverse=True))
