"""Consent of both, its end, and what became of the file; all of it in the record."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from broker import sessions
from broker.sessions import CONSENT, RecordingState, errors, journal, recording
from broker.sessions.session import Role
from relay import RecordingGap
from tests.broker.builders import NOON, TOKEN, after, both_in, go_live, guest, host_pays

ONE = recording.asked("S-2026-000001", 1, "host", CONSENT, NOON)


async def live(db: AsyncConnection) -> str:
    session, _ = await host_pays(db)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    return (await go_live(db, session.number)).number


async def told(db: AsyncConnection, number: str) -> list[tuple[str, dict[str, Any]]]:
    facts = await journal.facts(db, number)
    journal.verify_chain(facts)
    return [(fact.kind, dict(fact.body)) for fact in facts if fact.kind.startswith("recording")]


def test_every_state_takes_only_what_the_table_says() -> None:
    running = recording.granted(ONE, "client", CONSENT, NOON)
    stopped = recording.ended(running, "client", "revoked", NOON)
    saved = recording.saved(stopped, "recording.webm", "ab", 5, 1000, NOON)
    lost = recording.lost(stopped, NOON)
    gone = recording.erased(saved, NOON)
    withdrawn = recording.ended(ONE, None, "ended", NOON)
    every = (ONE, running, stopped, saved, lost, gone, withdrawn)
    assert {one.state for one in every} == set(RecordingState)
    acts: dict[str, Any] = {
        "grant": lambda one: recording.granted(one, "client", CONSENT, NOON),
        "end": lambda one: recording.ended(one, None, "ended", NOON),
        "save": lambda one: recording.saved(one, "f", "ab", 5, 1000, NOON),
        "lose": lambda one: recording.lost(one, NOON),
        "erase": lambda one: recording.erased(one, NOON),
    }
    allowed = {
        "grant": [ONE], "end": [ONE, running], "save": [stopped], "lose": [stopped],
        "erase": [saved],
    }  # fmt: skip
    for name, act in acts.items():
        for one in every:
            if one in allowed[name]:
                act(one)
            else:
                with pytest.raises(errors.WrongState):
                    act(one)


def test_nobody_agrees_for_the_other_or_to_other_words() -> None:
    with pytest.raises(errors.WrongState):
        recording.granted(ONE, "host", CONSENT, NOON)
    with pytest.raises(errors.ConsentOutdated):
        recording.granted(ONE, "client", "recording-2020-01", NOON)
    with pytest.raises(errors.ConsentOutdated):
        recording.asked("S-2026-000001", 1, "host", "", NOON)


async def test_from_the_question_to_the_file(db: AsyncConnection) -> None:
    number = await live(db)
    asked = await sessions.ask_recording(db, number, "host", CONSENT, after(1))
    assert await sessions.ask_recording(db, number, "host", CONSENT, after(2)) == asked
    running = await sessions.grant_recording(db, number, "client", CONSENT, after(3))
    assert (running.state, running.started_at) == (RecordingState.RECORDING, after(3))
    assert await sessions.grant_recording(db, number, "client", CONSENT, after(4)) == running
    assert await sessions.ask_recording(db, number, "host", CONSENT, after(4)) == running
    over = await sessions.revoke_recording(db, number, "client", after(5))
    assert over is not None
    assert over.state is RecordingState.STOPPED
    assert await sessions.revoke_recording(db, number, "host", after(6)) is None
    assert await sessions.recordings_to_save(db) == [over]
    for _ in range(2):
        done = await sessions.save_recording(
            db, number, 1, "recording.webm", "ab" * 32, 123, 2000, after(7)
        )
    assert await sessions.recordings_of(db, number) == [done]
    assert await told(db, number) == [
        ("recording_asked", {"n": 1, "by": "host", "text": CONSENT}),
        ("recording_granted", {"n": 1, "by": "client", "text": CONSENT}),
        ("recording_started", {"n": 1}),
        ("recording_revoked", {"n": 1, "by": "client"}),
        ("recording_stopped", {"n": 1, "cause": "revoked", "by": "client"}),
        ("recording_saved", {
            "n": 1, "sha256": "ab" * 32, "bytes": 123, "duration_ms": 2000,
            "file": "recording.webm",
        }),
    ]  # fmt: skip


@pytest.mark.parametrize("says_no", ["host", "client"])
async def test_a_question_may_be_refused_and_asked_again(
    db: AsyncConnection, says_no: Role
) -> None:
    number = await live(db)
    await sessions.ask_recording(db, number, "client", CONSENT, after(1))
    refused = await sessions.revoke_recording(db, number, says_no, after(2))
    assert refused is not None
    assert refused.state is RecordingState.WITHDRAWN
    again = await sessions.ask_recording(db, number, "host", CONSENT, after(3))
    assert again.n == 2
    both = await sessions.ask_recording(db, number, "client", CONSENT, after(4))
    assert both.state is RecordingState.RECORDING


async def test_nothing_is_asked_before_the_start_or_after_the_end(db: AsyncConnection) -> None:
    session, _ = await host_pays(db)
    await sessions.join(db, TOKEN, await guest(db, session), NOON)
    await both_in(db, session.number)
    with pytest.raises(errors.WrongState):
        await sessions.ask_recording(db, session.number, "host", CONSENT, NOON)
    with pytest.raises(errors.RecordingUnknown):
        await sessions.grant_recording(db, session.number, "client", CONSENT, NOON)


async def test_the_end_of_a_session_ends_its_recording(db: AsyncConnection) -> None:
    number = await live(db)
    await sessions.ask_recording(db, number, "host", CONSENT, after(1))
    await sessions.grant_recording(db, number, "client", CONSENT, after(1))
    await sessions.hang_up(db, number, "host", "hung_up", after(5))
    gap = RecordingGap(number, after(2), after(3), "disk_full")
    begun = RecordingGap(number, after(2), None, "disk_full")
    assert await sessions.record_events(db, [begun, gap], after(6)) == []
    lost = await sessions.lose_recording(db, number, 1, after(7))
    assert lost.state is RecordingState.LOST
    assert (await told(db, number))[3:] == [
        ("recording_stopped", {"n": 1, "cause": "ended", "by": None}),
        ("recording_gap", {
            "from": "2026-11-21T12:00:02.000000Z", "to": "2026-11-21T12:00:03.000000Z",
            "reason": "disk_full",
        }),
        ("recording_lost", {"n": 1}),
    ]  # fmt: skip


async def test_a_restart_ends_all_of_them(db: AsyncConnection) -> None:
    number = await live(db)
    await sessions.ask_recording(db, number, "host", CONSENT, after(1))
    await sessions.grant_recording(db, number, "client", CONSENT, after(1))
    assert [one.session for one in await sessions.cut_off_recordings(db, after(9))] == [number]
    assert await sessions.cut_off_recordings(db, after(9)) == []
    [one] = await sessions.recordings_to_save(db)
    assert (one.cause, one.stopped_by) == ("restarted", None)


async def test_an_erased_file_leaves_a_whole_record(db: AsyncConnection) -> None:
    number = await live(db)
    await sessions.ask_recording(db, number, "host", CONSENT, after(1))
    await sessions.grant_recording(db, number, "client", CONSENT, after(1))
    await sessions.revoke_recording(db, number, "host", after(2))
    await sessions.save_recording(db, number, 1, "recording.mkv", "cd" * 32, 1, 1, after(3))
    assert await sessions.recordings_to_erase(db, after(3)) == []
    [due] = await sessions.recordings_to_erase(db, after(4))
    before = await told(db, number)
    for _ in range(2):
        gone = await sessions.erase_recording(db, number, due.n, after(5))
    assert (gone.state, gone.sha256) == (RecordingState.ERASED, "cd" * 32)
    assert await told(db, number) == before
    with pytest.raises(errors.RecordingUnknown):
        await sessions.erase_recording(db, number, 2, after(5))
