"""A session's paper in English: the same paper, drawn once more, judged like any other."""

import hashlib
import re
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import (
    Sealer,
    act_page,
    document,
    issue_act,
    issue_protocol,
    keep_edition,
    log_verbs,
    press_edition,
    registered,
    verify_file,
)
from reports.canonical import parse
from reports.documents import ACT, PROTOCOL, build, from_session_json, in_language, session_json
from reports.findings import AUTHENTIC, CHANGED
from reports.issuer import Issuer
from reports.press import printed
from reports.seal import archive, attachment_of
from tests.reports.builders import ISSUED, facts, reviewed, settled
from tests.reports.builders import document as made
from tests.reports.test_pdf import text_of
from tests.reports.test_verbs import played

LATIN = Issuer(
    name="Minuta",
    tax_id="INN 7799123455",
    address="Moscow",
    contract="Public offer",
    signer_post="Director",
    signer="Orlova",
    seal_name="Minuta, documents",
    zone_name="Moscow",
)


async def test_same_number_same_bytes_known_to_the_register(
    db: AsyncConnection, sealer: Sealer
) -> None:
    """Asked for twice, with another paper in between: one leaf, one file."""
    stage = await played(db, "client-pays")
    issued = await issue_protocol(db, stage.number, stage.now, sealer)
    paper = await document(db, issued.name)
    files = []
    for _ in range(2):
        drawn = await press_edition(paper)
        files.append(await keep_edition(db, paper, drawn, sealer, stage.now))
        await issue_act(db, stage.number, stage.now, sealer)
    assert files[0] == files[1] != paper.pdf
    verdict = verify_file(files[0], sealer.trust_pem, stage.now)
    assert verdict.code == AUTHENTIC, verdict.faults
    assert verdict.name == issued.name
    assert [one.good for one in verdict.findings if one.check == "log"] == [True]
    leaf = await log_verbs.leaf_at(db, 1)
    assert leaf.subject == f"{issued.name}-en"
    assert leaf.entry.endswith(hashlib.sha256(attachment_of(files[0])[0] or b"").hexdigest())
    found = await registered(db, files[0])
    assert found is not None
    assert found.name == issued.name
    for other in (b"%PDF-1.7 of somebody", paper.pdf + b"\n"):
        assert await registered(db, other) is None


async def test_what_is_not_of_the_register_is_no_edition(
    db: AsyncConnection, sealer: Sealer
) -> None:
    """Somebody else's data under a number of ours."""
    stage = await played(db, "host-pays")
    await issue_protocol(db, stage.number, stage.now, sealer)
    other = made()
    forged = build(replace(other.heading, number="P-2026-000001"), other.issuer, other.facts)
    assert await registered(db, printed(in_language(forged, "en"))) is None


@pytest.mark.parametrize("kind", [PROTOCOL, ACT])
@pytest.mark.parametrize("outcome", ["resolved", "unresolved"])
def test_english_pages_have_no_russian_words_of_ours(kind: str, outcome: str) -> None:
    """What is Russian there is what people and the issuer wrote."""
    one = reviewed(settled(facts("client-pays"), outcome))
    ours = replace(
        one,
        topic="A register differs",
        result="Done",
        outcome_comment="It still differs",
        reviews=tuple(replace(said, comment="Fine") for said in one.reviews),
        host=replace(one.host, name="Kim"),
        client=replace(one.client, name="Verkhnevolzhskie"),
    )
    issuer = replace(
        LATIN, vats=tuple(replace(vat, ground="art. 145 of the Tax Code") for vat in LATIN.vats)
    )
    english = in_language(build(made(kind).heading, issuer, ours), "en")
    text = text_of(printed(english)).replace("Минута", "")
    assert re.findall("[А-Яа-яЁё]+", text) == []
    assert "Page 1 of" in text


def test_the_language_is_sealed_and_is_one_of_two() -> None:
    english = in_language(made(), "en")
    body = parse(session_json(english))
    assert from_session_json(body) == english
    assert "language" not in parse(session_json(made()))["document"]
    with pytest.raises(ValueError, match="klingon"):
        from_session_json(body | {"document": body["document"] | {"language": "klingon"}})


def test_russian_pages_with_english_data_are_found(sealer: Sealer) -> None:
    paper = made(ACT, facts("client-pays"))
    data, at = session_json(in_language(paper, "en")), ISSUED
    russian = act_page.draw(paper, hashlib.sha256(data).hexdigest())
    file = archive(russian, data, "x", paper.issuer, at, "session.json", "en-GB")
    verdict = verify_file(file, sealer.trust_pem, ISSUED)
    assert verdict.code == CHANGED
    assert "pages" in [one.check for one in verdict.faults]
