"""Session protocol and act as frozen values; their totals are the ledger's or nothing is issued.

Numbers stand in the heading; everything else follows from the facts and the issuer, so a document
can be built again from its own session.json. Money is minor units, minutes are billed minutes.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from reports import facts as facts_module
from reports.canonical import Json, canonical, digest
from reports.errors import NothingToAct, TotalsDiffer
from reports.facts import JournalFact, SessionFacts
from reports.headings import Heading as Heading
from reports.headings import Replaced as Replaced
from reports.headings import heading_from_json, heading_to_json
from reports.issuer import AGENT, Issuer
from reports.price import billed_seconds, minute_price
from reports.recordings import about_recordings
from reports.session_words import Words

FORMAT = "minuta-session/1"
#: Moves when a layout changes: files of another template are not compared page by page.
TEMPLATE = 2
PROTOCOL, ACT = "protocol", "act"
#: Accounts of whoever pays for the minutes.
PAYER = ("PREPAID", "PROMO")
#: Keys of journals that divide what the others charged: a settlement, and rulings after it.
_DIVIDES = ("settle:", "rule:")
#: Keys of journals of the tax inside our income, which divide nothing.
_TAXES = "vat:"
#: Totals that came later: a file that does not name one says zero.
LATER = ("promo",)
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Totals:
    """Minor units: charged = platform + consultant + refunded + escrow. `owed` is what the client
    owes the consultant outside the platform (host-pays with a rate), else None. Of what is kept,
    `promo` was paid by promo credit."""

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
    promo: int = 0

    @property
    def kept(self) -> int:
        return self.charged - self.refunded


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an act: service, quantity in seconds sold, price of a minute, sum."""

    service: str
    detail: str
    seconds: int
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
    """Services of the platform to whoever paid for the minutes. `vat` is the tax inside `vat_base`:
    the whole price of a principal, the commission of an agent."""

    heading: Heading
    issuer: Issuer
    facts: SessionFacts
    totals: Totals
    buyer: str
    buyer_role: str
    lines: tuple[Line, ...]
    total: int
    vat: int
    vat_base: int


Document = SessionProtocol | Act


def totals_of(facts: SessionFacts) -> Totals:
    """Add up charges and journals and insist that they agree.

    Raises: TotalsDiffer naming the figure when charges and ledger say different things.
    """
    charged = sum(charge.minor for charge in facts.charges)
    journals = tuple(one for one in facts.journals if not one.id.startswith(_TAXES))
    dividing = tuple(one for one in journals if one.id.startswith(_DIVIDES))
    charging = tuple(one for one in journals if not one.id.startswith(_DIVIDES))
    paid, refunded = -_sum(charging, *PAYER), _sum(dividing, *PAYER)
    platform, consultant, escrow = (
        _sum(journals, kind) for kind in ("COMMISSION", "EARNINGS", "ESCROW")
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
        promo=-_sum(journals, "PROMO"),
    )


def vat_of(issuer: Issuer, facts: SessionFacts, totals: Totals, day: date) -> tuple[int, int]:
    """The tax that an act of this day contains and the sum that contains it.

    Before the client's word an agent's commission is that of the silent "resolved". Raises:
    TotalsDiffer when the books took another tax.
    """
    base = totals.kept
    if issuer.vat_mode == AGENT:
        share = WHOLE_BP - facts.tariff.get("provider_bp", 9000)
        base = totals.charged * share // WHOLE_BP if totals.escrow else totals.platform
    vat = issuer.vat_on(day).inside(base)
    booked = [one for one in facts.journals if one.id.startswith(_TAXES)]
    if booked and _sum(tuple(booked), "VAT") != vat:
        raise TotalsDiffer("vat", vat, _sum(tuple(booked), "VAT"))
    return vat, base


def _service_day(issuer: Issuer, facts: SessionFacts, issued_at: datetime) -> date:
    return (facts.ended_at or issued_at).astimezone(issuer.zone).date()


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
    day = _service_day(issuer, facts, heading.issued_at)
    vat, vat_base = vat_of(issuer, facts, totals, day)
    return Act(
        heading=heading,
        issuer=issuer,
        facts=facts,
        totals=totals,
        buyer=buyer,
        buyer_role=role,
        lines=_lines(facts, totals, Words(heading.english)),
        total=totals.kept,
        vat=vat,
        vat_base=vat_base,
    )


def build(heading: Heading, issuer: Issuer, facts: SessionFacts) -> Document:
    return (act if heading.kind == ACT else protocol)(heading, issuer, facts)


def content_digest(kind: str, issuer: Issuer, facts: SessionFacts) -> str:
    """What decides whether a new revision is due: the content without number and time of issue.

    For an act only what it certifies counts, so a silent "resolved" does not replace it; for a
    protocol everything but the journal, which goes on after the end; of that, what it tells of
    recordings. Raises: TotalsDiffer, and NothingToAct for an act.
    """
    if kind == PROTOCOL:
        known = facts_module.to_json(facts)
        rest = {name: value for name, value in known.items() if name != "facts"}
        taped = list(about_recordings(facts.record))
        body: object = rest | {"recordings": taped} if taped else rest
    else:
        body = _certified(issuer, facts)
    return digest([kind, issuer.to_json(), body])


def _certified(issuer: Issuer, facts: SessionFacts) -> list[object]:
    """What an act certifies; promo credit and tax only where there are any."""
    totals = totals_of(facts)
    if not totals.charged:
        raise NothingToAct(facts.number)
    names = [facts.number, facts.plan, facts.topic, facts.host.name, facts.client.name]
    sums = [totals.billed_minutes, totals.charged, totals.refunded, totals.owed]
    vat = 0
    if facts.ended_at:
        vat, _ = vat_of(issuer, facts, totals, _service_day(issuer, facts, facts.ended_at))
    later = {"promo": totals.promo, "vat": vat}
    return [*names, *sums, *([name, minor] for name, minor in later.items() if minor)]


def session_json(document: Document) -> bytes:
    """The attachment: canonical bytes of everything that the pages were made from."""
    heading, totals = document.heading, document.totals
    body: Json = facts_module.to_json(document.facts)
    body["format"], body["template"] = FORMAT, TEMPLATE
    body["issuer"] = document.issuer.to_json()
    body["document"] = heading_to_json(heading)
    sums = {name: getattr(totals, name) for name in totals.__slots__}
    body["totals"] = {name: sum for name, sum in sums.items() if sum or name not in LATER}
    return canonical(body)


def from_session_json(body: Json) -> Document:
    """The document back. Raises: KeyError, TypeError, ValueError, AttributeError, PaperError."""
    heading = heading_from_json(body["document"])
    return build(heading, Issuer.from_json(body["issuer"]), facts_module.from_json(body))


def in_language(document: Document, language: str) -> Document:
    """The same paper in "ru" or "en": number, revision, moment and sums are the same."""
    heading = replace(document.heading, language=language)
    return build(heading, document.issuer, document.facts)


def _lines(facts: SessionFacts, totals: Totals, say: Words) -> tuple[Line, ...]:
    service = say("own_service" if facts.plan == "host-pays" else "help_service")
    seconds, price = billed_seconds(facts), minute_price(facts)
    first = Line(service, facts.topic, seconds, price, totals.charged)
    if not totals.refunded:
        return (first,)
    back = Line(say("back"), "", 0, None, -totals.refunded)
    return (first, back)


def _sum(journals: tuple[JournalFact, ...], *kinds: str) -> int:
    """Credits less debits on accounts of these kinds."""
    return sum(
        entry.minor for journal in journals for entry in journal.entries if entry.account in kinds
    )
