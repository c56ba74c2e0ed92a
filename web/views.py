"""What the room is told, as messages of the wire, each in the words of the one who reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

import metering
from broker import parties, sessions
from broker.sessions import PRINCIPALS, Session
from broker.signalling import countering, messages
from ledger import Account, AccountKind, InsufficientFunds, Money
from metering import PLAIN_MEANS, Meter, MeterState, PriceTag, Tariff, price_tag
from relay import Answer, Source, ice_servers
from web import giving
from web.keys import CLOCK, DB, HUB, MEDIA
from web.locale import words
from web.means import Means, means_of
from web.tariff_words import pause_text
from web.tickets import Seat
from web.words import field_text, lasting_text, money_text, seconds_text, tag_text

Role = Any  # "host" or "client": a str of ours, a Literal of the wire's
STRIP_CELLS_MAX = 720
# Up to so many minutes the other side is told them in such steps.
ABOUT_STEPS = ((10, 1), (30, 5), (60, 10), (240, 30))
NOT_STARTED = (MeterState.ARMED,)
CAUSES_OF_ABSENCE = ("no_media", "absence")


def iso(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def other(role: str) -> str:
    """Whom a seat speaks with first: the sides each other, whoever was called in the client."""
    return "host" if role == "client" else "client"


def answer(pc: Any, generation: int, given: Answer) -> messages.Answer | countering.Counter:
    """What the engine gave back for an offer: its answer, or an offer of its own."""
    mapped = tuple(
        messages.MappedSource(one.id, _role(one.leg), one.kind, one.mid) for one in given.sources
    )
    shape = countering.Counter if given.offers else messages.Answer
    return shape(pc, generation, given.sdp, mapped)


def source_change(event: Any, source: Source) -> messages.SourceChange:
    return messages.SourceChange(event, _source(source))


def chat_line(line: sessions.Line) -> messages.ChatLine:
    return messages.ChatLine(line.id, _role(line.role), line.text, iso(line.at))


async def welcome(app: web.Application, seat: Seat, key: str, at: datetime) -> messages.Welcome:
    """The whole picture for one seat."""
    async with app[DB].reading() as db:
        session = await sessions.session(db, seat.session)
        lines = await sessions.messages(db, seat.session)
        files = await giving.all_of(app, db, seat.session) if seat.role in PRINCIPALS else ()
        terms = await _terms(db, session, seat, at)
        peer = await _name(db, session, other(seat.role))
    view = messages.SessionView(
        number=session.number,
        topic=session.topic,
        plan=session.plan,
        state=state_name(session),
        payer=_role(session.payer),
        peer_name=peer,
        terms=terms,
        chat=tuple(chat_line(line) for line in lines),
        pressed=session.pressed,
        sources=tuple(_source(one) for one in app[HUB].sources(session.number)),
        free=session.payer != seat.role,
        marks=app[HUB].board(session.number).marks(),
        files=files,
    )
    return messages.Welcome(
        v=1,
        participant=_role(seat.role),
        resume=messages.ResumeKey(_role(seat.role), key),
        ice_servers=_ice_servers(app, seat, at),
        server_time=iso(at),
        limits=messages.Limits(messages.MESSAGE_BYTES_MAX, messages.CHAT_CHARS_MAX),
        session=view,
    )


def resumed(app: web.Application, seat: Seat, key: str, at: datetime) -> messages.Resumed:
    """What has to be new when a line is back and the picture stands."""
    return messages.Resumed(
        messages.ResumeKey(_role(seat.role), key), _ice_servers(app, seat, at), iso(at)
    )


def _ice_servers(app: web.Application, seat: Seat, at: datetime) -> tuple[messages.IceServer, ...]:
    return tuple(
        messages.IceServer(tuple(one["urls"]), one.get("username"), one.get("credential"))
        for one in ice_servers(app[MEDIA], seat.session, seat.role, at)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A session and its host's name, read once for all who are told how it stands."""

    session: Session
    host_name: str


async def standing(db: AsyncConnection, number: str) -> Standing:
    """Raises: SessionUnknown."""
    session = await sessions.session(db, number)
    return Standing(session, (await parties.party(db, session.host)).name)


def state(app: web.Application, read: Standing, seat: Seat, by: str | None) -> messages.StateChange:
    """How the session stands for one viewer; `by`: whose doing it is, if not a pause's."""
    session, across = read.session, other(seat.role)
    there = messages.Peer(
        name=read.host_name if across == "host" else session.client_name or None,
        joined=seat.role == "client" or session.client is not None,
        online=app[HUB].online(seat.session, across),
    )
    return messages.StateChange(
        state=state_name(session),
        cause=session.cause,
        by=_role(who) if (who := by or session.paused_by) else None,
        at=iso(app[CLOCK]()),
        pressed=session.pressed,
        peer=there,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """What a session's meter says, read once for all who are told. `payer`: the seat that pays,
    `left`: what the payer has."""

    payer: str
    meter: Meter
    left: Means
    strip: tuple[messages.Cell, ...]


async def counted(db: AsyncConnection, number: str, at: datetime) -> Counted | None:
    """None before the start."""
    session = await sessions.session(db, number)
    if session.started_at is None:
        return None
    found = await metering.load(db, number)
    left = await means_of(db, found.payer.owner, at, found.payer.currency)
    strip = _strip(found, await metering.who_signed(db, number))
    return Counted(session.payer, found, left, strip)


def meter(read: Counted, seat: Seat, at: datetime) -> messages.Meter:
    """The clock and the money for one viewer."""
    found, left, pays = read.meter, read.left, read.payer == seat.role
    shows_cost = pays or (read.payer == "client" and seat.role in PRINCIPALS)
    cost = Money(found.charged_minor, found.tariff.currency)
    return messages.Meter(
        running=found.state in (MeterState.RUNNING, MeterState.FINAL),
        clock_s=found.clock_s,
        at=iso(at),
        billed_minutes=found.ticks,
        cost_text=money_text(cost, seat.locale) if shows_cost else None,
        balance_text=money_text(left.posted, seat.locale) if pays else None,
        minutes_left=_left_for(found, left.available, pays, at) if shows_cost else None,
        cause=found.cause or None,
        ends_in_s=max(0, found.paid_s - found.clock_s) if found.state is MeterState.FINAL else None,
        strip=read.strip,
    )


def cap(session: Session, locale: str) -> messages.CapNow:
    """What the payer lets the session cost, in the payer's words."""
    if session.spend_cap_minor is None:
        return messages.CapNow(None, "")
    most = Money(session.spend_cap_minor, session.tariff.currency)
    text = words(locale).gettext("no more than {sum}", sum=money_text(most, locale))
    return messages.CapNow(text, field_text(most))


def state_name(session: Session) -> Any:
    return session.state.value


def _minutes_left(found: Meter, available: Money, at: datetime) -> int:
    """Whole minutes that the free money pays beyond what is paid or held already."""
    if found.tariff.allowance or found.means != PLAIN_MEANS:
        return found.left_s // 60  # seconds in advance and caps were reckoned with at the last look
    price = price_tag(found.tariff, at).minor
    paid_ahead = max(0, found.paid_s - found.clock_s) // 60
    return paid_ahead + (available.minor // price if price else STRIP_CELLS_MAX)


def _left_for(found: Meter, available: Money, pays: bool, at: datetime) -> int:
    """To the minute for the payer; the other side learns about how long, and never the sum."""
    left = _minutes_left(found, available, at)
    return left if pays else about(left)


def about(minutes: int) -> int:
    """Minutes in steps that grow with their number, so that no sum can be reckoned from them.

    >>> [about(n) for n in (0, 7, 14, 33, 59, 74, 500)]
    [0, 7, 10, 30, 50, 60, 240]
    """
    for until, step in ABOUT_STEPS:
        if minutes <= until:
            return minutes - minutes % step
    return ABOUT_STEPS[-1][0]


def _strip(found: Meter, signed: Mapping[int, tuple[str, ...]]) -> tuple[messages.Cell, ...]:
    first = max(1, found.ticks - STRIP_CELLS_MAX + 1)
    free = found.tariff.free_whole_s // 60
    cells = [
        messages.Cell(n, "free" if n <= free else "billed", None, signed.get(n, ()))
        for n in range(first, found.ticks + 1)
    ]
    if found.state is MeterState.PAUSED:
        kind = "absent" if found.cause in CAUSES_OF_ABSENCE else "paused"
        cells.append(messages.Cell(found.ticks + 1, kind, found.cause or None))
    return tuple(cells)


async def _terms(db: AsyncConnection, session: Session, seat: Seat, at: datetime) -> messages.Terms:
    """Four lines and a button, the same facts on both sides."""
    say, tariff = words(seat.locale), session.tariff
    tag = price_tag(tariff, at)
    price, pays = tag.money, tariff.payer == seat.role
    payer = await _name(db, session, tariff.payer) or ""
    enough = None
    if pays and (party := _party_of(session, tariff.payer)):
        minutes = await _enough(
            db, Account(AccountKind.PREPAID, party, tariff.currency), tariff, at
        )
        enough = say.gettext("enough {time}", time=lasting_text(minutes, seat.locale))
    return messages.Terms(
        payer_text=say.gettext("You pay") if pays else say.gettext("{name} pays", name=payer),
        price_text=_price(tag, seat.locale, tariff.timezone)
        if pays or tariff.payer == "client"
        else say.gettext("Free for you"),
        counting_text=_counting(session, seat.locale),
        cap_text=_cap(session, seat.locale),
        enough_text=enough,
        start_text=say.gettext("Start for {sum} per minute", sum=money_text(price, seat.locale))
        if pays
        else say.gettext("Start"),
        pause_text=None if tariff.may_pause(seat.role) else pause_text(tariff, seat.locale),
    )


async def _enough(db: AsyncConnection, payer: Account, tariff: Tariff, at: datetime) -> int:
    """Whole minutes that seconds in advance, promo credit and money pay for."""
    try:
        return await metering.authorize(db, payer, tariff, at)
    except InsufficientFunds:
        return 0


def _price(tag: PriceTag, locale: str, zone: str) -> str:
    """A socket knows no time zone of its viewer: the tariff's is said."""
    text = tag_text(tag, locale, zone)
    return text if tag.changes_at is None else f"{text} ({zone})"


def _counting(session: Session, locale: str) -> str:
    say, tariff = words(locale), session.tariff
    text = say.gettext("A begun minute counts, while both are connected")
    if tariff.grace_seconds:
        grace = seconds_text(tariff.grace_seconds, locale)
        return f"{text}; " + say.gettext("a session up to {time} is free", time=grace)
    if tariff.free_seconds:
        free = seconds_text(tariff.free_seconds, locale)
        return f"{text}; " + say.gettext("the first {time} are free", time=free)
    return text


def _cap(session: Session, locale: str) -> str | None:
    if session.cap_minor is None:
        return None
    cap = money_text(Money(session.cap_minor, session.tariff.currency), locale)
    return words(locale).gettext("no more than {sum}", sum=cap)


async def _name(db: AsyncConnection, session: Session, role: str) -> str | None:
    if role == "client":
        return session.client_name or None
    return (await parties.party(db, session.host)).name


def _party_of(session: Session, role: str) -> str | None:
    return session.host if role == "host" else session.client


def _source(source: Source) -> messages.Source:
    return messages.Source(source.id, _role(source.leg), source.kind)


def _role(name: str) -> Any:
    return name
