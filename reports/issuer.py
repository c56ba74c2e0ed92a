"""Who issues the paper: requisites, clock offset, VAT by date. A setting, never a constant."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta, timezone

from reports.canonical import Json


@dataclass(frozen=True, slots=True)
class Vat:
    """What applies to services from the day `since` on.

    `rate_bp` is basis points inside the price (2200 = 22/122); None means without VAT, and then
    `ground` says why and is printed.
    """

    since: date
    rate_bp: int | None
    ground: str = ""

    def inside(self, minor: int) -> int:
        """VAT inside a price, minor units, half up: 122.00 at 22 % holds 22.00.

        >>> Vat(date(2026, 1, 1), 2200).inside(12200)
        2200
        """
        if self.rate_bp is None:
            return 0
        return (2 * minor * self.rate_bp + 10_000 + self.rate_bp) // (2 * (10_000 + self.rate_bp))


FREE_OF_VAT = Vat(date(2025, 1, 1), None, "освобождение по статье 145 НК РФ, применяется УСН")
#: The basic rate of Russia by date of service, for issuers who are payers.
BASIC_RATE = (Vat(date(2019, 1, 1), 2000), Vat(date(2026, 1, 1), 2200))


#: Whose VAT is inside what: an agent's inside its commission, a principal's inside the price.
AGENT, PRINCIPAL = "agent", "principal"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Requisites of the platform as printed; `vats` in order of their first day. `vat_id` is the
    European id of VAT, "" outside of the Union: with it papers are in euros."""

    name: str = "ООО «Минута»"
    tax_id: str = "ИНН 7799123455, КПП 779901001"
    address: str = "101000, Москва, Кривоколенный пер., д. 12, стр. 1"
    contract: str = "Публичная оферта сервиса «Минута», принята при начале сеанса"
    signer_post: str = "Генеральный директор"
    signer: str = "Орлова Е. В."
    seal_name: str = "Минута, документы"
    verify_url: str = "http://localhost:8080/verify"
    utc_offset_min: int = 180
    zone_name: str = "Москва"
    vats: tuple[Vat, ...] = field(default=(FREE_OF_VAT,))
    vat_mode: str = AGENT
    vat_id: str = ""

    @property
    def currency(self) -> str:
        """Of papers for a period."""
        return "EUR" if self.vat_id else "RUB"

    @property
    def zone(self) -> timezone:
        return timezone(timedelta(minutes=self.utc_offset_min))

    def sealed_by(self, name: str) -> "Issuer":
        """The same issuer with the name of its certificate on the seal."""
        return replace(self, seal_name=name)

    def vat_on(self, day: date) -> Vat:
        """The rate in force on the day of the service."""
        return [v for v in self.vats if v.since <= day][-1] if self._covers(day) else self.vats[0]

    def _covers(self, day: date) -> bool:
        return any(v.since <= day for v in self.vats)

    def to_json(self) -> Json:
        other = {"vat_mode": self.vat_mode} if self.vat_mode != AGENT else {}
        if self.vat_id:
            other["vat_id"] = self.vat_id
        return other | {
            "name": self.name,
            "tax_id": self.tax_id,
            "address": self.address,
            "contract": self.contract,
            "signer_post": self.signer_post,
            "signer": self.signer,
            "seal_name": self.seal_name,
            "verify_url": self.verify_url,
            "utc_offset_min": self.utc_offset_min,
            "zone_name": self.zone_name,
            "vats": [[v.since.isoformat(), v.rate_bp, v.ground] for v in self.vats],
        }

    @staticmethod
    def from_json(body: Json) -> "Issuer":
        plain = {key: value for key, value in body.items() if key != "vats"}
        vats = tuple(Vat(date.fromisoformat(s), bp, ground) for s, bp, ground in body["vats"])
        return Issuer(**plain, vats=vats)
