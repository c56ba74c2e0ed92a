"""Statistics of Janus become the samples that the witness judges."""

from dataclasses import replace

from relay import witness
from relay.janus.evidence import Evidence, Statistic, statistic_of
from relay.witness import LegSample

PUB = Statistic(1, "0", 100.9, audio=True)
SUB = Statistic(2, "0", 100.9, audio=True)


def test_a_statistic_speaks_of_the_second_before_it() -> None:
    evidence = Evidence()
    evidence.take(replace(PUB, at=101.4, received=50, bytes_received=750), "client", None)
    evidence.take(replace(PUB, at=102.4, received=99, bytes_received=1485), "client", None)
    assert evidence.sample(100, ["client", "host"]).legs == {
        "client": LegSample(rtp=50, audio_packets=50, bytes=750), "host": LegSample(),
    }  # fmt: skip
    assert evidence.sample(101, ["client"]).legs["client"].rtp == 49


def test_what_is_sent_is_forwarded_and_what_is_reported_on_is_delivered() -> None:
    evidence = Evidence()
    evidence.take(replace(SUB, sent=50), "host", "client")
    assert evidence.sample(100, ["host"]).delivered == frozenset()
    evidence.take(replace(SUB, at=101.9, sent=100, reported=True), "host", "client")
    second = evidence.sample(101, ["host"])
    assert second.forwarded == second.delivered == {("client", "host")}
    evidence.take(replace(SUB, at=102.9, sent=150, reported=True, lost_there=50), "host", "client")
    lost = evidence.sample(102, ["host"])
    assert lost.forwarded
    assert not lost.delivered
    assert evidence.totals.audio == 150


def test_news_in_reports_and_a_new_connection_are_signs_of_life() -> None:
    evidence = Evidence()
    there = replace(SUB, sent=50, reported=True, word=(7, 1))
    signs = [
        evidence.take(told, "host", "client")
        for told in (SUB, replace(there, at=101.9), replace(there, at=102.9, sent=100))
    ]
    assert signs == [False, True, False]
    evidence.connected("host", 103.2)
    assert [evidence.sample(second, ["host"]).legs["host"] for second in range(100, 104)] == [
        LegSample(), LegSample(rtcp=1), LegSample(), LegSample(stun=1),
    ]  # fmt: skip


def test_a_connection_that_came_up_stands_for_the_first_report_and_no_longer() -> None:
    evidence, samples, heard = Evidence(), list[witness.Sample](), list[bool]()
    evidence.connected("host", 100.3, ["client"])
    for second in range(100, 110):
        told = replace(SUB, at=second + 0.9, sent=(second - 99) * 50)
        evidence.take(told, "host", "client")
        samples.append(evidence.sample(second, ["host"]))
        heard.append(witness.heard(samples, "client", "host", second))
    assert heard == [True] * witness.VOICE_REPORT_S + [False] * 2


def test_nothing_is_counted_twice_and_nothing_backwards() -> None:
    evidence = Evidence()
    assert evidence.take(replace(PUB, received=50), "client", None)
    assert not evidence.take(replace(PUB, received=50), "client", None)
    assert not evidence.take(replace(PUB, at=99.0, received=10), "client", None)
    evidence.forget(1)
    assert evidence.take(replace(PUB, received=3), "client", None)


def test_both_sides_together_make_a_pair() -> None:
    evidence, samples = Evidence(), []
    for second in range(100, 104):
        at, count = second + 0.9, (second - 99) * 50
        for leg, pub, sub, other in (("client", 1, 2, "host"), ("host", 3, 4, "client")):
            evidence.take(replace(PUB, handle=pub, at=at, received=count), leg, None)
            evidence.take(
                replace(SUB, handle=sub, at=at, sent=count, reported=second > 100), leg, other
            )
        samples.append(evidence.sample(second, ["client", "host"]))
    assert [bool(witness.pairs(samples[:n], 99 + n)) for n in (1, 2, 3, 4)] == [
        False, True, True, True,
    ]  # fmt: skip


def test_events_are_read_and_strange_ones_are_none() -> None:
    body = {"mid": "1", "media": "video", "packets-received": 7, "packets-sent": -1, "rtt": 3}
    found = statistic_of({"handle_id": 9, "timestamp": 2_500_000, "event": body})
    word = (3, 0, 0, 0, 0, 0)
    assert found == Statistic(9, "1", 2.5, audio=False, received=7, reported=True, word=word)
    assert statistic_of({"event": []}) is None
