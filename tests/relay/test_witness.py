"""The rules of evidence, told as small stories and then proved on random ones."""

from hypothesis import given
from hypothesis import strategies as st

from relay.witness import (
    MEDIA_S,
    PRESENT_S,
    REPORT_S,
    VOICE_REPORT_S,
    LegSample,
    Sample,
    heard,
    legs,
    pairs,
    present,
    stalled,
)

TALKING = LegSample(rtp=50, rtcp=1, audio_packets=50, bytes=4000)
QUIET = LegSample(rtcp=1, stun=1)
GONE = LegSample()
BOTH = frozenset({("client", "host"), ("host", "client")})


def story(*seconds: Sample) -> list[Sample]:
    return list(seconds)


def talk(second: int) -> Sample:
    return Sample(second, {"client": TALKING, "host": TALKING}, BOTH, BOTH)


def test_both_talking_is_a_pair() -> None:
    assert pairs(story(talk(10)), 10) == (("client", "host"),)


def test_one_silent_side_is_no_pair_after_the_media_window() -> None:
    half = [
        Sample(s, {"client": TALKING, "host": QUIET}, frozenset({("client", "host")}), BOTH)
        for s in range(11, 16)
    ]
    seen = story(talk(10), *half)
    assert pairs(seen, 11) == (("client", "host"),)
    assert pairs(seen, 10 + MEDIA_S) == ()


def test_sent_but_not_delivered_is_no_pair() -> None:
    deaf = [
        Sample(s, {"client": TALKING, "host": TALKING}, BOTH, frozenset({("client", "host")}))
        for s in range(11, 20)
    ]
    seen = story(talk(10), *deaf)
    assert pairs(seen, 10 + REPORT_S - 1) == (("client", "host"),)
    assert pairs(seen, 10 + REPORT_S) == ()


def test_slow_voice_reports_have_their_own_window() -> None:
    one = frozenset({("client", "host")})
    other = frozenset({("host", "client")})
    slow = [
        Sample(
            s, {"client": TALKING, "host": TALKING}, BOTH, one, other if s == 11 else frozenset()
        )
        for s in range(11, 25)
    ]
    assert pairs(slow, 11 + VOICE_REPORT_S - 1) == (("client", "host"),)
    assert pairs(slow, 11 + VOICE_REPORT_S) == ()


def test_a_report_of_the_next_second_counts() -> None:
    first = Sample(10, {"client": TALKING, "host": TALKING}, BOTH)
    assert pairs([first], 10) == ()
    assert pairs([first, talk(11)], 10) == (("client", "host"),)


def test_a_killed_leg_is_present_for_five_seconds_and_no_longer() -> None:
    seen = story(talk(10), *[Sample(s, {"client": GONE, "host": TALKING}) for s in range(11, 20)])
    there = [present(seen, "client", s) for s in range(10, 20)]
    assert there == [True] * PRESENT_S + [False] * (10 - PRESENT_S)


def test_stun_alone_keeps_a_leg_present_but_makes_no_pair() -> None:
    seen = [Sample(s, {"client": QUIET, "host": QUIET}) for s in range(10, 20)]
    assert present(seen, "client", 15)
    assert pairs(seen, 15) == ()


def test_three_legs_make_the_pairs_that_heard_each_other() -> None:
    flows = frozenset({("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("a", "c")})
    seen = [Sample(10, {"c": TALKING, "b": TALKING, "a": TALKING}, flows, flows)]
    assert pairs(seen, 10) == (("a", "b"), ("b", "c"))


def test_a_stall_is_told_once_and_from_its_first_second() -> None:
    seen = [Sample(s, {"client": TALKING if s < 13 else QUIET}) for s in range(10, 22)]
    told = {s: stalled(seen, "client", s) for s in range(10, 22)}
    assert {s: since for s, since in told.items() if since is not None} == {15: 13}


def test_a_second_names_every_leg_it_counted() -> None:
    (client, host) = legs([talk(10)], 10)
    assert (client.leg, client.audio_packets, client.present) == ("client", 50, True)
    assert host.leg == "host"


LEG = st.sampled_from([TALKING, QUIET, GONE])
FLOWS = st.frozensets(st.sampled_from([("client", "host"), ("host", "client")]))


@st.composite
def stories(draw: st.DrawFn) -> list[Sample]:
    return [
        Sample(s, {"client": draw(LEG), "host": draw(LEG)}, draw(FLOWS), draw(FLOWS), draw(FLOWS))
        for s in range(100, 100 + draw(st.integers(1, 12)))
    ]


@given(stories(), st.randoms())
def test_order_of_samples_does_not_matter(seen: list[Sample], random: object) -> None:
    mixed = list(seen)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    for second in range(100, 112):
        assert pairs(seen, second) == pairs(mixed, second)


@given(stories())
def test_a_pair_needs_both_present_and_media_both_ways(seen: list[Sample]) -> None:
    for second in range(100, 114):
        if pairs(seen, second):
            assert present(seen, "client", second)
            assert present(seen, "host", second)
            assert heard(seen, "client", "host", second)
            assert heard(seen, "host", "client", second)


@given(stories())
def test_evidence_runs_out(seen: list[Sample]) -> None:
    last = seen[-1].second
    assert pairs(seen, last + MEDIA_S) == ()
    assert not present(seen, "client", last + PRESENT_S)


@given(stories(), st.integers(100, 111))
def test_more_evidence_never_takes_a_pair_away(seen: list[Sample], second: int) -> None:
    richer = [
        Sample(s.second, {"client": TALKING, "host": TALKING}, s.forwarded, s.delivered, s.voiced)
        for s in seen
    ]
    assert set(pairs(seen, second)) <= set(pairs(richer, second))
