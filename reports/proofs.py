"""What session.json proves by itself: chains recomputed, money added up again. Pure."""

import hashlib

from reports.canonical import START, Json, canonical
from reports.documents import LATER, PAYER, WHOLE_BP, Totals, totals_of
from reports.errors import TotalsDiffer
from reports.facts import SessionFacts
from reports.findings import Finding

#: Events after which a session is over.
_ENDS = ("ended", "cancelled")


def record_finding(facts: SessionFacts) -> Finding:
    """Every event hashes to what is written, from 32 zero bytes to the printed head, and a session
    that is over has its end among them: a chain that was cut short holds as well."""
    head = START.hex()
    for place, fact in enumerate(facts.record, 1):
        event = fact.get("event") or event_digest(fact)
        link = hashlib.sha256(bytes.fromhex(head) + bytes.fromhex(event)).hexdigest()
        if fact["seq"] != place or fact["prev"] != head or fact["hash"] != link:
            return Finding(
                "record",
                False,
                f"событие {place} изменено или стоит не на своём месте",
                f"event {place} was changed or moved",
                f"facts[{place - 1}]",
            )
        head = fact["hash"]
    n = len(facts.record)
    if facts.ended_at and not any(fact.get("kind") in _ENDS for fact in facts.record):
        ru, en = "конца сеанса в журнале нет", "the end of the session is not among the events"
        return Finding("record", False, ru, en, f"facts[{n}]")
    return Finding("record", True, f"цепочка из {n} событий сходится", f"chain of {n} events holds")


def event_digest(fact: Json) -> str:
    """SHA-256 of the canonical event, hexadecimal; the event is {seq, at, kind, body}."""
    event = {name: fact[name] for name in ("seq", "at", "kind", "body")}
    return hashlib.sha256(canonical(event)).hexdigest()


def hidden(fact: Json) -> Json:
    """A fact whose content may not be shown yet; the chain still holds through its digest."""
    return {
        "seq": fact["seq"],
        "event": event_digest(fact),
        "prev": fact["prev"],
        "hash": fact["hash"],
    }


def receipts_finding(facts: SessionFacts) -> Finding:
    """Each charge has its receipt, each receipt the hash of the one before."""
    if len(facts.receipts) != len(facts.charges):
        return _receipt_fault(min(len(facts.receipts), len(facts.charges)))
    prev, total = "0" * 64, 0
    for place, (receipt, charge) in enumerate(zip(facts.receipts, facts.charges, strict=True)):
        total += charge.minor
        true = {"session": facts.number, "n": charge.n, "from_s": charge.from_s}
        true |= {"to_s": charge.to_s, "amount_minor": charge.minor, "total_minor": total}
        true |= {"second": charge.second, "currency": facts.currency, "prev": prev, "v": 1}
        digest = hashlib.sha256(canonical(receipt)).hexdigest()
        if receipt != true or digest != charge.receipt:
            return _receipt_fault(place)
        prev = digest
    n = len(facts.charges)
    return Finding("receipts", True, f"{n} квитанций сходятся", f"{n} receipts hold")


def _receipt_fault(place: int) -> Finding:
    return Finding(
        "receipts",
        False,
        f"квитанция {place + 1} не сходится",
        f"receipt {place + 1} does not hold",
        f"receipts[{place}]",
    )


def money_finding(facts: SessionFacts) -> Finding:
    """Journals balance, each charge was posted once and whole, the split is the tariff's."""
    for place, journal in enumerate(facts.journals):
        if sum(entry.minor for entry in journal.entries):
            return _money_fault("проводка не сбалансирована", "unbalanced", f"journals[{place}]")
    posted = {journal.id: journal for journal in facts.journals}
    for place, charge in enumerate(facts.charges):
        key, paid = f"tick:{facts.number}:{charge.n}", 0
        if key in posted:
            paid = -sum(e.minor for e in posted[key].entries if e.account in PAYER)
        if paid != charge.minor:
            return _money_fault("списание не проведено", "not posted", f"charges[{place}]")
    try:
        totals = totals_of(facts)
    except TotalsDiffer as error:
        return _money_fault(
            f"{error.what}: {error.paper} и {error.ledger}",
            f"{error.what}: {error.paper} and {error.ledger}",
            "journals",
        )
    wrong = _split_fault(facts, totals)
    return wrong or Finding(
        "money",
        True,
        f"{len(facts.journals)} проводок сбалансированы, доли по тарифу",
        f"{len(facts.journals)} journals balance, the split is the tariff's",
    )


def _split_fault(facts: SessionFacts, totals: Totals) -> Finding | None:
    """Shares by the tariff: 90/10 when resolved, what is kept when not; a ruling is free."""
    tariff, total = facts.tariff, totals.charged
    if facts.outcome not in ("resolved", "unresolved") or facts.plan != "client-pays":
        return None
    if totals.escrow:
        return None
    provider_bp, kept_bp = tariff.get("provider_bp", 9000), tariff.get("kept_bp", 2000)
    kept, ours = total, total * (WHOLE_BP - provider_bp) // WHOLE_BP
    if facts.outcome == "unresolved":
        kept = total * kept_bp // WHOLE_BP
        ours_bp = kept_bp * (WHOLE_BP - tariff.get("kept_provider_bp", 5000))
        ours = total * ours_bp // (WHOLE_BP * WHOLE_BP)
    if (totals.platform, totals.consultant, totals.refunded) != (ours, kept - ours, total - kept):
        return _money_fault("доли не по тарифу", "shares differ from the tariff", "settlement")
    return None


def _money_fault(ru: str, en: str, where: str) -> Finding:
    return Finding("money", False, ru, en, where)


def totals_finding(facts: SessionFacts, body: Json) -> Finding:
    """The printed totals are those of the evidence."""
    try:
        true = totals_of(facts)
    except TotalsDiffer as error:
        return Finding("totals", False, "не сходятся", "do not add up", error.what)
    for name in true.__slots__:
        said = body["totals"].get(name, 0 if name in LATER else None)
        if said != getattr(true, name):
            ru, en = f"{name} не равен пересчитанному", f"{name} differs from the recount"
            return Finding("totals", False, ru, en, f"totals.{name}")
    return Finding("totals", True, "равны пересчитанным", "equal the recount")
