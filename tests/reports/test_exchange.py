"""An issued act as a file of exchange, read from the sealed paper itself."""

import pytest
from lxml import etree
from sqlalchemy.ext.asyncio import AsyncConnection

from reports import DocumentUnknown, Sealer, UpdIncomplete, store
from reports.documents import ACT, PROTOCOL, Act
from reports.exchange import upd_buyer, upd_file
from reports.press import sealed
from reports.register import Issued, Paper
from reports.upd import UpdParty
from reports.upd_rules import faults
from tests.reports.builders import CLIENT, HOST, document
from tests.reports.test_upd import BUYER


async def issued(db: AsyncConnection, kind: str, sealer: Sealer) -> Act:
    made = document(kind)
    pdf, head = sealed(made, sealer), made.heading
    names = {"host": HOST.id, "client": CLIENT.id, "host_name": HOST.name}
    sums = {"size": len(pdf), "minutes": 1, "total_minor": 1, "currency": "RUB"}
    facts = {"session": "S-1", "client_name": CLIENT.name, "buyer": HOST.id, "content": ""}
    entry = Issued(
        head.number, 1, kind, issued_at=head.issued_at, sha256=kind, **names, **sums, **facts
    )  # type: ignore[arg-type]
    await store.write(db, Paper(entry, pdf))
    return made  # type: ignore[return-value]


async def test_of_an_act(db: AsyncConnection, sealer: Sealer) -> None:
    act = await issued(db, ACT, sealer)
    protocol = await issued(db, PROTOCOL, sealer)
    name = act.heading.number
    entry, buyer = await upd_buyer(db, name)
    assert (entry.name, buyer) == (act.heading.name, UpdParty(act.buyer))
    made = await upd_file(db, name, BUYER)
    assert faults(made.name, made.data) == []
    total = etree.fromstring(made.data).find(".//ВсегоОпл").get("СтТовУчНалВсего")
    assert total == f"{act.total // 100}.{act.total % 100:02d}"
    assert await upd_file(db, act.heading.name, BUYER) == made
    for refused in (upd_file(db, protocol.heading.number, BUYER), upd_buyer(db, "P-2026-000001")):
        with pytest.raises(UpdIncomplete):
            await refused
    with pytest.raises(DocumentUnknown):
        await upd_file(db, "A-2026-999999", BUYER)
