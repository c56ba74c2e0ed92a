"""What is said of gaps while they last."""

from datetime import UTC, datetime
from typing import Any

from relay import RecordingGap
from web import recordings
from web.keys import TAPING
from web.taping import Taping

AT = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_gap_that_ends_hides_no_other_one() -> None:
    taping = Taping()
    app: Any = {TAPING: taping}
    recordings.gap(app, RecordingGap("S", AT, None, "relay_lost"))
    recordings.gap(app, RecordingGap("S", AT, None, "not_here"))
    recordings.gap(app, RecordingGap("S", AT, AT, "relay_lost"))
    assert taping.lacks("S")
    recordings.gap(app, RecordingGap("S", AT, AT, "not_here"))
    assert not taping.lacks("S")
