"""What is told of a room whose node cannot tell it any more."""

from datetime import UTC, datetime

from relay.engine import Source
from relay.events import LegConnected, LegLost, SourceAdded, SourceRemoved
from relay.shadow import Shadow

AT = datetime(2026, 11, 22, tzinfo=UTC)
VOICE = Source("client-audio-0", "client", "audio", "0")
SCREEN = Source("client-video-0", "client", "video", "1")


def test_what_was_there_is_gone_and_only_once() -> None:
    shadow = Shadow()
    for event in (
        LegConnected("S", "client", "pub"),
        LegConnected("S", "host", "sub"),
        SourceAdded("S", VOICE),
        SourceAdded("S", SCREEN),
        SourceRemoved("S", SCREEN),
        LegLost("S", "host", AT),
    ):
        shadow.saw(event)
    assert shadow.end("S", AT) == (SourceRemoved("S", VOICE), LegLost("S", "client", AT))
    assert shadow.end("S", AT) == ()
