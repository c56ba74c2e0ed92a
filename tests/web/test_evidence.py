"""The evidence for a disputed payment is the sessions' own record, and names nobody."""

from ledger import Money
from ledger.cards import Dispute, DisputeStatus
from tests.web.serving import Served
from tests.web.test_wiring import live, see, turn
from web import evidence, papers, wiring


def disputed(served: Served) -> Dispute:
    return Dispute(
        "stripe",
        "dp_1",
        "pi_1",
        "t1",
        "bob",
        Money(100000),
        DisputeStatus.OPEN,
        "fraudulent",
        served.clock(),
        Money(0),
    )


async def test_a_session_in_plain_words(served: Served) -> None:
    """Сеанс длился минуту: когда, сколько стоил, кто нажал «начать», какие документы выданы."""
    began = served.clock()
    async with live(served, "client-pays") as one:
        see(served, one.number, 70)
        await turn(served)
        await wiring.write_news(served.app)
        await wiring.hang_up(served.app, one.number, "client", "client")
        await papers.issue(served.app, one.number)
    async with served.database.reading() as db:
        told = await evidence.gather(db, disputed(served), {one.number: Money(4000)})
    assert one.number in told.service
    assert "40.00" in told.service
    assert "2 minutes on the meter" in told.service
    for side in ("host", "client"):
        assert f"start_pressed by {side}" in told.consent
    first = int(began.timestamp())
    assert f"{first}-{first + 70}" in told.activity
    assert "sha256" in told.documents
    assert told.service_on == began.date().isoformat()
    whole = " ".join((told.service, told.activity, told.consent, told.documents))
    for name in ("Анна", "Иван", "minuta.example"):
        assert name not in whole


async def test_money_that_bought_nothing_yet(served: Served) -> None:
    async with served.database.reading() as db:
        told = await evidence.gather(db, disputed(served), {"S-2026-999999": Money(1)})
    assert "Not used" in told.service
    assert (told.activity, told.consent, told.documents) == ("", "", "")
