"""The nightly audit: once a night, and each fault is told. And what silence settles."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from broker import sessions
from broker.sessions import Session, State
from tests.web.serving import Served
from tests.web.test_wiring import live, see, turn
from web import chores, trail, wiring
from web.chores import audited
from web.keys import CLOCK, DB, NEWS


async def test_each_night_what_contradicts_itself_is_said(served: Served) -> None:
    app = served.app
    today = app[CLOCK]().date()
    assert await audited(app, today) == (today, []), "the night is still to come"
    async with app[DB].transaction() as db:
        wrong = (
            "INSERT INTO metering_allowances (id, payer, kind, seconds, step_s, left_s, granted_us)"
            " VALUES ('june:bob', 'bob', 'minutes', 600, 60, 540, 0)"
        )
        await db.execute(text(wrong))
    done, [fault] = await audited(app, today - timedelta(days=1))
    assert (done, fault.kind, fault.where) == (today, "allowance", "june:bob")
    assert fault.text == "540 s left of 600, 0 taken, 0 held"


async def test_a_session_that_cannot_be_settled_holds_up_nobody(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Первый из двух сеансов не закрывается: второй закрыт, о первом сказано, потом и он."""
    numbers: list[str] = []
    for _ in range(2):
        async with live(served, "client-pays") as one:
            see(served, one.number, 3)
            await turn(served)
            await wiring.hang_up(served.app, one.number, "host", "hung_up")
            await served.app[NEWS].settle()
            numbers.append(one.number)
    served.clock.pass_s(259_300)
    written = trail.settled

    async def refused(db: Any, actor: Any, session: Session, at: datetime) -> None:
        if session.number == numbers[0]:
            raise RuntimeError("a trail that cannot be written")
        await written(db, actor, session, at)

    async def states() -> list[State]:
        async with served.database.reading() as db:
            return [(await sessions.session(db, number)).state for number in numbers]

    monkeypatch.setattr(trail, "settled", refused)
    await chores.settle_due(served.app)
    assert await states() == [State.ENDED, State.SETTLED]
    assert REGISTRY.get_sample_value("minuta_sessions_unsettled") == 1
    monkeypatch.undo()
    await chores.settle_due(served.app)
    assert await states() == [State.SETTLED, State.SETTLED]
    assert REGISTRY.get_sample_value("minuta_sessions_unsettled") == 0
