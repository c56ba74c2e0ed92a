"""Session descriptions (SDP): an offer read into values, an answer or offer written from them.

Pure text work. Everything is bundled on one transport; a section that we do not carry is
refused with port 0.
"""

import re
from dataclasses import dataclass

from relay.embedded.codecs import FEEDBACK, WRITTEN, Codec
from relay.errors import BadOffer

DESCRIPTION_CHARS_MAX = 64 * 1024
SECTIONS_MAX = 32
CODECS_MAX = 64
PAYLOAD_TYPE_MAX = 127
FINGERPRINTS_MAX = 8
# RFC 8839, 5.4: both are sent in every check, so longer ones would be sent to anybody.
UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


@dataclass(frozen=True, slots=True)
class Transport:
    """How to reach one end: ICE credentials, certificate fingerprints, candidates, DTLS role."""

    ufrag: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    setup: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One `m=` section. `ssrcs` as declared, `extensions` as (uri, id)."""

    kind: str
    mid: str
    direction: str = "inactive"
    codecs: tuple[Codec, ...] = ()
    extensions: tuple[tuple[str, int], ...] = ()
    ssrcs: tuple[int, ...] = ()
    stream: str = ""
    protocol: str = "UDP/TLS/RTP/SAVPF"
    formats: str = "0"
    refused: bool = False

    def extension(self, uri: str) -> int | None:
        return next((number for name, number in self.extensions if name == uri), None)


@dataclass(frozen=True, slots=True)
class Description:
    """An offer or an answer."""

    transport: Transport
    sections: tuple[Section, ...]


def parse(text: str) -> Description:
    """Read a description. Raises: BadOffer."""
    if len(text) > DESCRIPTION_CHARS_MAX:
        raise BadOffer("the description is too long")
    try:
        return _parse(text)
    except (ValueError, IndexError, KeyError) as error:
        raise BadOffer(f"the description cannot be read: {error}") from error


def _parse(text: str) -> Description:
    blocks: list[list[str]] = [[]]
    for line in text.replace("\r", "").split("\n"):
        if line.startswith("m="):
            blocks.append([])
        if line[1:2] == "=":
            blocks[-1].append(line)
    head, *media = blocks
    if not 1 <= len(media) <= SECTIONS_MAX:
        raise BadOffer("the description has no sections or too many")
    sections = tuple(_section(block, number) for number, block in enumerate(media))
    if len({section.mid for section in sections}) < len(sections):
        raise BadOffer("two sections have one a=mid")
    return Description(_transport(head, media), sections)


def _values(block: list[str], name: str) -> list[str]:
    """Values of every attribute `a=name:value` of a block."""
    start = f"a={name}:"
    return [line[len(start) :].strip() for line in block if line.startswith(start)]


def _transport(head: list[str], media: list[list[str]]) -> Transport:
    """Transport of the bundle: the first section's, or the head's where it says it once."""
    block = media[0] + head

    def first(name: str) -> str:
        found = _values(block, name)
        if not found:
            raise BadOffer(f"a={name} is missing")
        return found[0]

    fingerprints = [tuple(v.split(None, 1)) for v in _values(block, "fingerprint")]
    if not fingerprints or any(len(f) != 2 for f in fingerprints):
        raise BadOffer("a=fingerprint is missing")
    ufrag, password = first("ice-ufrag"), first("ice-pwd")
    if not UFRAG.fullmatch(ufrag) or not PASSWORD.fullmatch(password):
        raise BadOffer("a=ice-ufrag or a=ice-pwd is not of the right form")
    return Transport(
        ufrag=ufrag,
        password=password,
        fingerprints=tuple((f[0].lower(), f[1]) for f in fingerprints[:FINGERPRINTS_MAX]),
        setup=(_values(block, "setup") or ["actpass"])[0],
        candidates=tuple(v for b in media for v in _values(b, "candidate")),
    )


def _section(block: list[str], number: int) -> Section:
    kind, port, protocol, *formats = block[0][2:].split()
    mids = _values(block, "mid")
    stream = (_values(block, "msid") or [""])[0].split(" ")[0]
    return Section(
        kind=kind,
        mid=mids[0] if mids else str(number),
        direction=next((d for d in DIRECTIONS if f"a={d}" in block), "sendrecv"),
        codecs=_codecs(block, formats) if kind in ("audio", "video") else (),
        extensions=tuple(_extension(v) for v in _values(block, "extmap")),
        ssrcs=tuple(dict.fromkeys(int(v.split()[0]) for v in _values(block, "ssrc"))),
        stream=stream,
        protocol=protocol,
        formats=" ".join(formats),
        refused=port == "0" and "a=bundle-only" not in block,
    )


def _extension(value: str) -> tuple[str, int]:
    number, uri = value.split()[:2]
    return uri, int(number.split("/")[0])


def _codecs(block: list[str], formats: list[str]) -> tuple[Codec, ...]:
    """Codecs in the order of the `m=` line, which is the order of preference."""
    parameters = {}
    for value in _values(block, "fmtp"):
        number, _, rest = value.partition(" ")
        pairs = [p.strip().partition("=") for p in rest.split(";") if p.strip()]
        parameters[number] = tuple((name.lower(), text) for name, _, text in pairs)
    named = {}
    for value in _values(block, "rtpmap"):
        number, _, what = value.partition(" ")
        name, rate, *channels = what.split("/")
        named[number] = Codec(
            payload_type=int(number),
            name=name.lower(),
            clock_rate=int(rate),
            channels=int(channels[0]) if channels else 1,
            parameters=parameters.get(number, ()),
        )
    found = tuple(named[n] for n in formats[:CODECS_MAX] if n in named)
    if any(not 0 <= c.payload_type <= PAYLOAD_TYPE_MAX or c.clock_rate <= 0 for c in found):
        raise BadOffer("a payload type or a clock rate is out of range")
    return found


def write(description: Description, number: int) -> str:
    """Text of a description; `number` identifies it in the origin line."""
    carried = [s for s in description.sections if not s.refused]
    lines = [
        "v=0",
        f"o=- {number} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(s.mid for s in carried),
        "a=msid-semantic:WMS *",
    ]
    for section in description.sections:
        if section.refused:
            lines += [f"m={section.kind} 0 {section.protocol} {section.formats}"]
            lines += ["c=IN IP4 0.0.0.0", f"a=mid:{section.mid}", "a=inactive"]
        else:
            first = section is carried[0]
            lines += _write_section(section)
            lines += _write_transport(description.transport, with_candidates=first)
    return "\r\n".join(lines) + "\r\n"


def _write_section(section: Section) -> list[str]:
    formats = " ".join(str(c.payload_type) for c in section.codecs)
    lines = [
        f"m={section.kind} 9 {section.protocol} {formats}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        f"a={section.direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]
    if section.stream:
        lines.append(f"a=msid:{section.stream} {section.stream}-{section.kind}-{section.mid}")
    for codec in section.codecs:
        channels = f"/{codec.channels}" if codec.channels > 1 else ""
        pt = codec.payload_type
        lines.append(f"a=rtpmap:{pt} {WRITTEN[codec.name]}/{codec.clock_rate}{channels}")
        if codec.fmtp:
            lines.append(f"a=fmtp:{pt} {codec.fmtp}")
        lines += [
            f"a=rtcp-fb:{pt} {feedback}"
            for feedback in FEEDBACK[section.kind]
            if feedback != "transport-cc" or section.extensions
        ]
    lines += [f"a=extmap:{number} {uri}" for uri, number in section.extensions]
    lines += [f"a=ssrc:{ssrc} cname:{section.stream or 'minuta'}" for ssrc in section.ssrcs]
    return lines


def _write_transport(transport: Transport, *, with_candidates: bool) -> list[str]:
    lines = [f"a=ice-ufrag:{transport.ufrag}", f"a=ice-pwd:{transport.password}"]
    lines += [f"a=fingerprint:{name} {value}" for name, value in transport.fingerprints]
    lines.append(f"a=setup:{transport.setup}")
    if with_candidates:
        lines += [f"a=candidate:{line}" for line in transport.candidates]
        lines.append("a=end-of-candidates")
    return lines
