"""What is known of a connection at a node: what it carries, and whether the node carries on."""

from relay.engine import Answer, Source
from relay.janus.seats import STUCK_S, Handle


def handle(number: int, leg: str, *sources: Source, feed: int = 0) -> Handle:
    return Handle(
        number, leg, "pub" if feed else "sub", 0, "", Answer("", ()),
        {source.mid: source for source in sources}, feed=feed,
    )  # fmt: skip


def test_what_comes_and_is_not_sent_on_is_withheld() -> None:
    speaks = handle(1, "client", Source("client-audio-0", "client", "audio", "0"), feed=7)
    hears = handle(2, "host", Source("client-audio-0", "client", "audio", "4"))
    speaks.count("0", 50, 100.0)
    assert not hears.withholds("4", speaks), "it never sent any: there may be nothing to send"
    hears.count("4", 40, 100.0)
    speaks.count("0", 100, 100.0 + STUCK_S)
    assert not hears.withholds("4", speaks)
    speaks.count("0", 150, 101.0 + STUCK_S)
    assert hears.withholds("4", speaks)
    hears.count("4", 41, 101.0 + STUCK_S)
    assert not hears.withholds("4", speaks)


def test_who_says_nothing_is_not_withheld() -> None:
    speaks = handle(1, "client", Source("client-audio-0", "client", "audio", "0"), feed=7)
    hears = handle(2, "host", Source("client-audio-0", "client", "audio", "0"))
    for second in (100.0, 110.0):
        speaks.count("0", 50, second)
        hears.count("0", 50, second)
    assert not hears.withholds("0", speaks)


def test_viewers_go_over_to_the_same_sources() -> None:
    again = handle(
        3, "client", Source("client-audio-0", "client", "audio", "1"),
        Source("client-video-1", "client", "video", "2"), feed=9,
    )  # fmt: skip
    viewer = handle(
        2, "host", Source("client-audio-0", "client", "audio", "5"),
        Source("other-audio-0", "other", "audio", "6"),
    )  # fmt: skip
    assert viewer.on(again) == [{"feed": 9, "mid": "1", "sub_mid": "5"}]
