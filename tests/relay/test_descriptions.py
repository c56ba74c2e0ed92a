"""Session descriptions: offers of real browsers and of nobody."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.embedded.codecs import Codec, passing, same
from relay.embedded.descriptions import Description, Section, Transport, parse, write
from relay.errors import BadOffer

CHROMIUM = """v=0
o=- 1028287083807694944 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9
c=IN IP4 0.0.0.0
a=ice-ufrag:fbzZ
a=ice-pwd:CIdN+CxjrAayQmggc0hsWmfT
a=fingerprint:sha-256 52:F9:AA:0E
a=setup:actpass
a=mid:0
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=sendonly
a=msid:stream track
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1
a=rtpmap:63 red/48000/2
a=rtpmap:9 G722/8000
a=ssrc:4164213924 cname:x
a=ssrc:4164213924 msid:y
m=video 9 UDP/TLS/RTP/SAVPF 45 96 97 102
a=mid:1
a=sendonly
a=rtpmap:96 VP8/90000
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:45 AV1/90000
a=rtpmap:102 H264/90000
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=ssrc-group:FID 1 2
a=ssrc:1 cname:x
a=ssrc:2 cname:x
a=candidate:1 1 udp 2122194687 3f2a.local 34821 typ host
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:2
"""


def test_a_browsers_offer_is_read() -> None:
    offer = parse(CHROMIUM.replace("\n", "\r\n"))
    audio, video, data = offer.sections
    assert offer.transport.ufrag == "fbzZ"
    assert offer.transport.fingerprints == (("sha-256", "52:F9:AA:0E"),)
    assert offer.transport.candidates == ("1 1 udp 2122194687 3f2a.local 34821 typ host",)
    assert (audio.kind, audio.mid, audio.direction, audio.ssrcs) == (
        "audio", "0", "sendonly", (4164213924,),
    )  # fmt: skip
    assert video.ssrcs == (1, 2)
    assert [c.name for c in video.codecs] == ["av1", "vp8", "rtx", "h264"]
    assert (data.kind, data.codecs) == ("application", ())


def test_only_codecs_that_pass_are_kept_in_the_browsers_order() -> None:
    audio, video, _ = parse(CHROMIUM).sections
    assert [c.payload_type for c in passing("audio", audio.codecs)] == [111]
    assert [c.name for c in passing("video", video.codecs)] == ["av1", "vp8", "h264"]


@pytest.mark.parametrize("extensions", [(), (("a", 3),)])
def test_voice_may_be_asked_for_again(extensions: tuple[tuple[str, int], ...]) -> None:
    """Confirmations need a number in the packet, repairs do not."""
    opus = Codec(111, "opus", 48_000, 2)
    section = Section("audio", "0", "recvonly", (opus,), extensions)
    answer = write(Description(parse(CHROMIUM).transport, (section,)), 1)
    assert "a=rtcp-fb:111 nack\r\n" in answer
    assert ("transport-cc" in answer) is bool(extensions)


def test_silence_is_not_left_out() -> None:
    opus = parse(CHROMIUM).sections[0].codecs[0]
    assert opus.fmtp == "minptime=10;useinbandfec=1"


def test_the_same_codec_is_found_under_another_number() -> None:
    mine = Codec(
        102, "h264", 90000, 1, (("packetization-mode", "1"), ("profile-level-id", "42e01f"))
    )
    other = Codec(
        41, "h264", 90000, 1, (("packetization-mode", "0"), ("profile-level-id", "42e01f"))
    )
    fits = Codec(
        45, "h264", 90000, 1, (("packetization-mode", "1"), ("profile-level-id", "42E034"))
    )
    assert same(mine, (other, fits)) is fits
    assert same(mine, (other,)) is None


def test_what_is_written_can_be_read() -> None:
    transport = Transport(
        "ufra", "p" * 22, (("sha-256", "AA:BB"),), "passive", ("1 1 udp 1 127.0.0.1 9 typ host",)
    )
    opus = Codec(111, "opus", 48000, 2, (("minptime", "10"),))
    sections = (
        Section("audio", "a", "recvonly", (opus,), (), (5,), "client"),
        Section("application", "d", protocol="UDP/DTLS/SCTP", formats="x", refused=True),
    )
    text = write(Description(transport, sections), 7)
    read = parse(text)
    assert read.transport == transport
    assert read.sections[0].codecs == (opus,)
    assert read.sections[0].direction == "recvonly"
    assert read.sections[1].refused
    assert "a=group:BUNDLE a\r\n" in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "sections"),
        ("v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n", "missing"),
        (CHROMIUM.replace("a=fingerprint:sha-256 52:F9:AA:0E\n", ""), "fingerprint"),
        (CHROMIUM.replace("opus/48000/2", "opus/loud/2"), "read"),
        (CHROMIUM.replace("ufrag:fbzZ", "ufrag:" + "ж" * 40_000), "form"),
        (CHROMIUM.replace("ufrag:fbzZ", "ufrag:" + "a" * 257), "form"),
        (CHROMIUM.replace("a=ice-pwd:CI", "a=ice-pwd:\ud800"), "form"),
        (CHROMIUM.replace("a=mid:1", "a=mid:0"), "mid"),
        ("m=audio 9 x 1\n" * 40, "sections"),
        ("x" * 70_000, "long"),
    ],
)
def test_bad_offers_say_why(text: str, why: str) -> None:
    with pytest.raises(BadOffer, match=why):
        parse(text)


@given(st.text(max_size=400), st.integers(0, len(CHROMIUM)))
def test_any_text_is_an_offer_or_a_bad_offer(garbage: str, at: int) -> None:
    for text in (garbage, CHROMIUM[:at] + garbage + CHROMIUM[at:]):
        with contextlib.suppress(BadOffer):
            parse(text)
