"""Who signed which minute: what session.json says of it, and whether that holds. Pure."""

from collections import Counter

from metering import Cosignature, Cosigner, Stand, cosigning_faults
from reports.facts import SessionFacts
from reports.findings import Finding
from reports.wording import side

BOTH = 2
#: Why a side signed less than all, and what the line says, Russian and English.
_WHY = {
    "cannot": (", браузер не может подписывать", ", its browser cannot sign"),
    "waived": (", другая сторона согласилась", ", the other side agreed"),
}
_LINE = (
    ("Подписи под минутными квитанциями", "Не подписаны обеими сторонами"),
    ("Signatures under receipts of minutes", "Not signed by both sides"),
)


def signatures_finding(facts: SessionFacts) -> Finding | None:
    """Each signature is by the leg's one key under the receipt of its minute, each is
    countersigned, none is missing. None for a paper of a session that asked for none."""
    told = facts.cosigning
    if not told:
        return None
    cosigners = [Cosigner(**one | {"stand": Stand(one["stand"])}) for one in told["signers"]]
    chain = [Cosignature(session=facts.number, **one) for one in told["signatures"]]
    receipts = {charge.n: charge.receipt for charge in facts.charges}
    faults = cosigning_faults(facts.number, chain, cosigners, receipts)
    faults += _of_record(facts, chain, cosigners)
    if faults:
        return Finding("signatures", False, "подписи сторон не сходятся", faults[0], "cosigning")
    ru = "; ".join(f"{side(leg)}: {n}" for leg, n in counts(facts).items())
    en = "; ".join(f"{leg}: {n}" for leg, n in counts(facts).items())
    of = len(facts.charges)
    ru, en = f"минут {of}, подписали {ru}", f"{of} minutes, signed by {en}"
    return Finding("signatures", True, ru, en)


def _of_record(
    facts: SessionFacts, chain: list[Cosignature], cosigners: list[Cosigner]
) -> list[str]:
    """The chain of events names the keys and the head of the signatures."""
    kinds = {"cosigner": Stand.SIGNS, "cosigner_cannot": Stand.CANNOT}
    kinds["cosigner_waived"] = Stand.WAIVED
    bodies = [(kinds[f["kind"]], f["body"]) for f in facts.record if f.get("kind") in kinds]
    said = [(stand, body.get("leg", body["by"]), body.get("key", "")) for stand, body in bodies]
    if sorted(said) != sorted((one.stand, one.leg, one.key) for one in cosigners):
        return ["the signers are not those of the record"]
    heads = [fact["body"] for fact in facts.record if fact.get("kind") == "cosigned"]
    head = {"count": len(chain), "head": chain[-1].hash} if chain else None
    if facts.ended_at is not None and heads != ([head] if head else []):
        return ["the chain of signatures does not end where the record says"]
    return []


def counts(facts: SessionFacts) -> dict[str, int]:
    """How many minutes each leg signed, as far as it could sign or did."""
    told = facts.cosigning
    legs = sorted({one["leg"] for one in told["signers"]}) if told else []
    return {leg: sum(one["leg"] == leg for one in told["signatures"]) for leg in legs}


def signed_line(facts: SessionFacts, english: bool = False) -> str:
    """For the protocol; empty where no signatures were asked for."""
    if not facts.cosigning:
        return ""
    of, parts = len(facts.charges), []
    stands = {one["leg"]: one["stand"] for one in facts.cosigning["signers"]}
    for leg, count in counts(facts).items():
        why = _WHY.get(stands[leg], ("", ""))[english]
        parts.append(f"{side(leg, english)} {count} {('из', 'of')[english]} {of}{why}")
    title, lacking = _LINE[english]
    text, left = f"{title}: {'; '.join(parts)}", unsigned(facts)
    return f"{text}. {lacking}: {_spans(left)}" if left else text


def unsigned(facts: SessionFacts) -> list[int]:
    """Increments that lack somebody's signature."""
    told, legs = facts.cosigning, len(counts(facts))
    by = Counter(one["n"] for one in told["signatures"])
    return [charge.n for charge in facts.charges if by[charge.n] < max(legs, BOTH)]


def _spans(numbers: list[int]) -> str:
    """Numbers in short.

    >>> _spans([1, 3, 4, 5, 9])
    '1, 3–5, 9'
    """
    runs: list[list[int]] = []
    for n in numbers:
        if runs and runs[-1][-1] == n - 1:
            runs[-1][1:] = [n]
        else:
            runs.append([n])
    return ", ".join("\u2013".join(str(n) for n in run) for run in runs)
