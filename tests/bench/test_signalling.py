"""The signalling benchmark with a few sockets: it runs, everybody comes back, figures are there."""

import pytest

from bench import signalling

pytestmark = pytest.mark.slow


def test_fifty_sockets_come_back_without_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signalling, "REST_S", 0.1)
    idle, storm = signalling.main(50)
    assert (idle.name, storm.name) == ("signalling_idle", "signalling_storm")
    for result in (idle, storm):
        figures = result.details["ours"]
        assert (figures["resumed"], figures["welcomed"]) == (50, 0)
        assert result.details["sockets"] == 50
        assert result.ours > 0
        assert result.limit.value > 0
