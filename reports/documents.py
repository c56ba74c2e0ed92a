"""Session protocol and act as frozen values; their totals are the ledger's or nothing is issued.

Numbers stand in the heading; everything else follows from the facts and the issuer, so a document
can be built again from its own session.json. Money is minor units, minutes are billed minutes.
"""

from dataclasses import dataclass
from datetime import datetime

from reports import facts as facts_module
from reports.canonical import Json, canonical, digest
from reports.errors import NothingToAct, TotalsDiffer
from reports.facts import JournalFact, SessionFacts
from reports.issuer import Issuer

FORMAT = "minuta-session/1"
#: Moves when a layout changes: files of another template are not compared page by page.
TEMPLATE = 1
PROTOCOL, ACT = "protocol", "act"
_PAYER = ("PREPAID", "PROMO")
#: Keys of journals that divide what the others charged: a settlement, and rulings after it.
_DIVIDES = ("settle:", "rule:")


@dataclass(frozen=True, slots=True)
class Replaced:
    """The revision that this one replaces."""

    revision: int
    issued_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Heading:
    kind: str
    number: str
    revision: int
    issued_at: datetime
    replaces: Replaced | None = None

    @property
    def name(self) -> str:
        return f"{self.number}-r{self.revision}"


@dataclass(frozen=True, slots=True)
class Totals:
    """Minor units: charged = platform + consultant + refunded + escrow. `owed` is what the client
    owes the consultant outside the platform (host-pays with a rate), else None."""

    elapsed_s: int
    witnessed_s: int
    billed_minutes: int
    charged: int
    platform: int
    consultant: int
    refunded: int
    escrow: int
    owed: int | None
    currency: str

    @property
    def kept(self) -> int:
        return self.charged - self.refunded


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an act: service, quantity in minutes, price of one, sum."""

    service: str
    detail: str
    minutes: int
    price_minor: int | None
    minor: int


@dataclass(frozen=True, slots=True)
class SessionProtocol:
    heading: Heading
    issuer: Issuer
    facts: SessionFacts
    totals: Totals


@dataclass(frozen=True, slots=True)
class Act:
    """Services of the platform to whoever paid for the minutes."""

    heading: Heading
    issuer: Issuer
    facts: SessionFacts
    totals: Totals
    buyer: str
    buyer_role: str
    lines: tuple[Line, ...]
    total: int
    vat: int


Document = SessionProtocol | Act


def totals_of(facts: SessionFacts) -> Totals:
    """Add up charges and journals and insist that they agree.

    Raises: TotalsDiffer naming the figure when charges and ledger say different things.
    """
    charged = sum(charge.minor for charge in facts.charges)
    dividing = tuple(one for one in facts.journals if one.id.startswith(_DIVIDES))
    charging = tuple(one for one in facts.journals if not one.id.startswith(_DIVIDES))
    paid, refunded = -_sum(charging, *_PAYER), _sum(dividing, *_PAYER)
    platform, consultant, escrow = (
        _sum(facts.journals, kind) for kind in ("COMMISSION", "EARNINGS", "ESCROW")
    )
    for what, paper, ledger in (
        ("charged", charged, paid),
        ("split", charged, platform + consultant + refunded + escrow),
    ):
        if paper != ledger:
            raise TotalsDiffer(what, paper, ledger)
    begin, end = facts.started_at, facts.ended_at
    billed = -(-max((c.to_s for c in facts.charges), default=0) // 60)
    owes = facts.plan == "host-pays" and facts.rate_minor
    return Totals(
        elapsed_s=int((end - begin).total_seconds()) if begin and end else 0,
        witnessed_s=facts.witnessed_s,
        billed_minutes=billed,
        charged=charged,
        platform=platform,
        consultant=consultant,
        refunded=refunded,
        escrow=escrow,
        owed=billed * facts.rate_minor if owes and facts.rate_minor else None,
        currency=facts.currency,
    )


def protocol(heading: Heading, issuer: Issuer, facts: SessionFacts) -> SessionProtocol:
    """The protocol of a session. Raises: TotalsDiffer."""
    return SessionProtocol(heading, issuer, facts, totals_of(facts))


def act(heading: Heading, issuer: Issuer, facts: SessionFacts) -> Act:
    """The act to whoever paid. Raises: NothingToAct, TotalsDiffer."""
    totals = totals_of(facts)
    if not totals.charged:
        raise NothingToAct(facts.number)
    buyer, role = (
        (facts.host.name, "host") if facts.plan == "host-pays" else (facts.client.name, "client")
    )
    service_day = (facts.ended_at or heading.issued_at).astimezone(issuer.zone).date()
    return Act(
        heading=heading,
        issuer=issuer,
        facts=facts,
        totals=totals,
        buyer=buyer,
        buyer_role=role,
        lines=_lines(facts, totals),
        total=totals.kept,
        vat=issuer.vat_on(service_day).inside(totals.kept),
    )


def build(heading: Heading, issuer: Issuer, facts: SessionFacts) -> Document:
    return (act if heading.kind == ACT else protocol)(heading, issuer, facts)


def content_digest(kind: str, issuer: Issuer, facts: SessionFacts) -> str:
    """What decides whether a new revision is due: the content without number and time of issue.

    For an act only what it certifies counts, so a silent "resolved" does not replace it; for a
    protocol everything but the journal, which goes on after the end. Raises: TotalsDiffer, and
    NothingToAct for an act.
    """
    if kind == PROTOCOL:
        known = facts_module.to_json(facts)
        body: object = {name: value for name, value in known.items() if name != "facts"}
    else:
        totals = totals_of(facts)
        if not totals.charged:
            raise NothingToAct(facts.number)
        body = [facts.number, facts.plan, facts.topic, facts.host.name, facts.client.name]
        body = [*body, totals.billed_minutes, totals.charged, totals.refunded, totals.owed]
    return digest([kind, issuer.to_json(), body])


def session_json(document: Document) -> bytes:
    """The attachment: canonical bytes of everything that the pages were made from."""
    heading, totals = document.heading, document.totals
    replaced = heading.replaces
    body: Json = facts_module.to_json(document.facts)
    body["format"], body["template"] = FORMAT, TEMPLATE
    body["issuer"] = document.issuer.to_json()
    body["document"] = {
        "kind": heading.kind,
        "number": heading.number,
        "revision": heading.revision,
        "issued_at": heading.issued_at.isoformat(timespec="microseconds"),
        "replaces": replaced
        and {
            "revision": replaced.revision,
            "issued_at": replaced.issued_at.isoformat(timespec="microseconds"),
            "sha256": replaced.sha256,
        },
    }
    body["totals"] = {name: getattr(totals, name) for name in totals.__slots__}
    return canonical(body)


def from_session_json(body: Json) -> Document:
    """The document back. Raises: KeyError, TypeError, ValueError, AttributeError, PaperError."""
    head = body["document"]
    old = head["replaces"]
    replaced = old and Replaced(
        old["revision"], datetime.fromisoformat(old["issued_at"]), old["sha256"]
    )
    heading = Heading(
        head["kind"],
        head["number"],
        head["revision"],
        datetime.fromisoformat(head["issued_at"]),
        replaced or None,
    )
    return build(heading, Issuer.from_json(body["issuer"]), facts_module.from_json(body))


def _lines(facts: SessionFacts, totals: Totals) -> tuple[Line, ...]:
    own = facts.plan == "host-pays"
    service = "Услуга связи для удалённого сеанса" if own else "Удалённая консультация"
    price = totals.charged // totals.billed_minutes
    even = price if price * totals.billed_minutes == totals.charged else None
    first = Line(service, facts.topic, totals.billed_minutes, even, totals.charged)
    if not totals.refunded:
        return (first,)
    back = Line("Возвращено заказчику: результат «не решено»", "", 0, None, -totals.refunded)
    return (first, back)


def _sum(journals: tuple[JournalFact, ...], *kinds: str) -> int:
    """Credits less debits on accounts of these kinds."""
    return sum(
        entry.minor for journal in journals for entry in journal.entries if entry.account in kinds
    )
