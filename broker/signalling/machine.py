"""One socket's conversation without a socket: frames in, effects out, nothing else touched.

    new --hello--> greeted --welcome()--> open --refuse(), bye(), too many errors--> closed

The skin feeds `receive`, performs the effects in order, and speaks through `welcome`, `send` and
`bye`. In `greeted` the skin is redeeming the ticket; frames that come meanwhile wait (at most
`EARLY_MAX`). A refused frame is answered by `error` and moves nothing.
"""

from dataclasses import replace
from datetime import datetime
from enum import Enum

from broker.signalling import company, cosigning, countering, effects, messages, pointing, taping
from broker.signalling.codec import parse, to_json
from broker.signalling.codes import CODES, words
from broker.signalling.effects import Effect
from broker.signalling.errors import ProtocolError
from broker.signalling.messages import ClientMessage, ServerMessage
from broker.signalling.outbox import Outbox

ERRORS_MAX = 20
EARLY_MAX = 64
FRAMES_PER_S = 40
FRAMES_BURST = 200
HELLO_WITHIN_S = 10

_PRESSED: dict[type, Effect] = {
    messages.Start: effects.PressStart(),
    messages.Pause: effects.Pause(),
    messages.Resume: effects.Resume(),
    messages.End: effects.HangUp(),
}


class Stage(Enum):
    NEW = "new"
    GREETED = "greeted"
    OPEN = "open"
    CLOSED = "closed"


class Conversation:
    """A live thing: one per socket. `locale` chooses the language of error texts."""

    __slots__ = ("_allowance", "_early", "_errors", "_heard_at", "locale", "outbox", "stage")

    def __init__(self, locale: str = "en") -> None:
        self.stage = Stage.NEW
        self.locale = locale
        self.outbox: Outbox | None = None
        self._early: list[ClientMessage] = []
        self._errors = 0
        self._allowance = float(FRAMES_BURST)
        self._heard_at: datetime | None = None

    # What the skin calls.

    def receive(self, text: str, at: datetime | None = None) -> list[Effect]:
        """Take one frame. With `at` the pace is limited too. Never raises on bad input."""
        if self.stage is Stage.CLOSED:
            return []
        if at is not None and not self._within_pace(at):
            return self._refused("slow_down", retry_after_s=1)
        try:
            message = parse(text)
        except ProtocolError as error:
            if self.stage is Stage.NEW:
                return self.refuse("hello_expected")
            return self._refused(error.code)
        if isinstance(message, messages.Hello):
            return self._greet(message)
        if self.stage is Stage.NEW:
            return self.refuse("hello_expected")
        if self.stage is Stage.GREETED:
            return self._wait(message)
        return self._take(message)

    def welcome(
        self, outbox: Outbox, welcome: messages.Welcome, missed: list[str] | None = None
    ) -> list[Effect]:
        """Open the conversation: missed frames first, then the picture, then early frames.

        `missed` is `outbox.since(seq)` of a resumed participant, None for a new one; the
        welcome's `resumed` is set by whether it is there.
        """
        if self.stage is not Stage.GREETED:
            return []
        return self._open(outbox, _with_resumed(welcome, missed is not None), missed or [])

    def resumed(self, outbox: Outbox, resumed: messages.Resumed, missed: list[str]) -> list[Effect]:
        """As `welcome`, where the picture of the client stands and need not be drawn again."""
        if self.stage is not Stage.GREETED:
            return []
        return self._open(outbox, resumed, missed)

    def _open(self, outbox: Outbox, first: ServerMessage, missed: list[str]) -> list[Effect]:
        self.stage = Stage.OPEN
        self.outbox = outbox
        found: list[Effect] = [effects.Send(frame) for frame in missed]
        found += self.send(first)
        early, self._early = self._early, []
        for message in early:
            found += self._take(message)
        return found

    def send(self, message: ServerMessage) -> list[Effect]:
        """Number and send; before the welcome and after the end there is nobody to send to.

        An answer to an offer that a newer generation replaced is dropped.
        """
        if self.stage is not Stage.OPEN or self.outbox is None:
            return []
        if isinstance(message, messages.Answer | countering.Counter):
            offer = self.outbox.offers.get(message.pc)
            if offer is not None and message.generation < offer.generation:
                return []
            self.outbox.answers[message.pc] = message
        return [effects.Send(self.outbox.number(message))]

    def refuse(self, code: str) -> list[Effect]:
        """Close before the welcome, or after it when nothing else helps."""
        return self.bye(code)

    def bye(self, code: str, result_url: str | None = None) -> list[Effect]:
        """Say goodbye and close. Once."""
        if self.stage is Stage.CLOSED:
            return []
        farewell = messages.Bye(code=code, text=words(code, self.locale), result_url=result_url)
        text = self.outbox.number(farewell) if self.outbox else to_json(farewell, seq=0)
        self.stage = Stage.CLOSED
        return [effects.Send(text), effects.Close(code)]

    def error(
        self,
        code: str,
        reply_to: str | None = None,
        retry_after_s: int | None = None,
        text: str = "",
    ) -> list[Effect]:
        """Answer a message that the domain refused; the conversation goes on."""
        return self.send(self._error(code, reply_to, retry_after_s, text))

    # What a frame does.

    def _greet(self, hello: messages.Hello) -> list[Effect]:
        if self.stage is not Stage.NEW:
            return self._refused("already_greeted", reply_to="hello")
        if not set(hello.v) & set(messages.VERSIONS):
            return self.refuse("version_unsupported")
        if hello.resume is None and hello.ticket is None:
            return self.refuse("ticket_needed")
        self.stage = Stage.GREETED
        if hello.resume is not None:
            return [effects.Readmit(hello.resume, hello.ticket, hello.ua, hello.brief)]
        return [effects.Admit(hello.ticket or "", hello.ua)]

    def _wait(self, message: ClientMessage) -> list[Effect]:
        if len(self._early) >= EARLY_MAX:
            return self.bye("too_many_errors")
        self._early.append(message)
        return []

    def _take(self, message: ClientMessage) -> list[Effect]:
        match message:
            case messages.Offer() | messages.Ice() | messages.Trouble() | countering.Accept():
                return self._connect(message)
            case messages.Start() | messages.Pause() | messages.Resume() | messages.End():
                return [_PRESSED[type(message)]]
            case messages.Cap():
                return [effects.SetCap(message.sum)]
            case messages.Media():
                return [effects.ClaimMedia(message)]
            case messages.Chat():
                return self._chat(message)
            case pointing.Pointer() | pointing.Mark() | pointing.MarkClear():
                return self._point(message)
            case taping.Consent():
                return [effects.Consent(message)]
            case company.Call() | company.CallAnswer():
                return self._company(message)
            case (
                cosigning.CosignKey()
                | cosigning.CosignCannot()
                | cosigning.Cosign()
                | cosigning.CosignWaive()
            ):
                return [effects.Signing(message)]
            case messages.Ping():
                return self._ping(message)
            case messages.Hello():
                return self._refused("already_greeted", reply_to="hello")

    def _company(self, message: company.FromClient) -> list[Effect]:
        if isinstance(message, company.Call):
            return [effects.Call(message)]
        return [effects.CallAnswer(message)]

    def _connect(
        self, message: messages.Offer | messages.Ice | messages.Trouble | countering.Accept
    ) -> list[Effect]:
        if isinstance(message, messages.Offer):
            return self._offer(message)
        if isinstance(message, messages.Ice):
            return self._candidate(message)
        if isinstance(message, countering.Accept):
            return self._accept(message)
        return self._trouble(message)

    def _offer(self, offer: messages.Offer) -> list[Effect]:
        """Older generation: refused. The same offer again: the same answer again."""
        known = self._known_offer(offer.pc)
        if known is not None and offer.generation < known.generation:
            refused = self._refused("stale_generation", reply_to="offer")
            return [effects.Stale(offer.pc), *refused]
        assert self.outbox is not None
        if offer == known:
            answered = self.outbox.answers.get(offer.pc)
            return self.send(answered) if answered else []
        self.outbox.offers[offer.pc] = offer
        self.outbox.answers.pop(offer.pc, None)
        shape = effects.Publish if offer.pc == "pub" else effects.Subscribe
        return [shape(offer.generation, offer.sdp)]

    def _candidate(self, ice: messages.Ice) -> list[Effect]:
        """Candidates of older connections come late by nature: they are dropped in silence."""
        known = self._known_offer(ice.pc)
        if known is None or ice.generation != known.generation:
            return []
        return [effects.Candidate(ice.pc, ice.generation, ice.candidate, ice.mid)]

    def _accept(self, accept: countering.Accept) -> list[Effect]:
        """Of an offer that a newer one of the client made void, it means nothing."""
        known = self._known_offer(accept.pc)
        if known is None or accept.generation != known.generation:
            return []
        return [effects.Accept(accept)]

    def _trouble(self, trouble: messages.Trouble) -> list[Effect]:
        """Like a candidate: of another generation it means nothing."""
        known = self._known_offer(trouble.pc)
        if known is None or trouble.generation != known.generation:
            return []
        return [effects.Trouble(trouble.pc, trouble.code)]

    def _chat(self, chat: messages.Chat) -> list[Effect]:
        if not chat.id or not chat.text.strip():
            return self._refused("empty_text", reply_to=chat.id or "chat")
        return [effects.Chat(chat.id, chat.text)]

    def _point(self, message: pointing.FromClient) -> list[Effect]:
        """An arrow and a box have two ends; the pen leaves at least a dot."""
        if isinstance(message, pointing.Pointer):
            return [effects.PointAt(message)]
        if isinstance(message, pointing.MarkClear):
            return [effects.Wipe(message.id)]
        points = len(message.points)
        if not message.id or not (points if message.shape == "pen" else points == 2):
            return self._refused("bad_mark", reply_to=message.id or "mark")
        return [effects.Draw(message)]

    def _ping(self, ping: messages.Ping) -> list[Effect]:
        if self.outbox is not None:
            self.outbox.ack(ping.ack)
        self._errors = max(0, self._errors - 1)
        return self.send(messages.Pong(t=ping.t))

    # Helpers.

    def _known_offer(self, pc: str) -> messages.Offer | None:
        return self.outbox.offers.get(pc) if self.outbox is not None else None

    def _within_pace(self, at: datetime) -> bool:
        if self._heard_at is not None:
            passed_s = max(0.0, (at - self._heard_at).total_seconds())
            self._allowance = min(FRAMES_BURST, self._allowance + passed_s * FRAMES_PER_S)
        self._heard_at = at
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _refused(
        self, code: str, reply_to: str | None = None, retry_after_s: int | None = None
    ) -> list[Effect]:
        self._errors += 1
        if self._errors >= ERRORS_MAX:
            return self.bye("too_many_errors")
        message = self._error(code, reply_to, retry_after_s)
        if self.stage is Stage.OPEN:
            return self.send(message)
        return [effects.Send(to_json(message, seq=0))]

    def _error(
        self, code: str, reply_to: str | None, retry_after_s: int | None, text: str = ""
    ) -> messages.Error:
        known = CODES.get(code, CODES["internal"])
        return messages.Error(
            code=code,
            text=text or words(code, self.locale),
            retry_after_s=retry_after_s,
            action=known.action,
            reply_to=reply_to,
        )


def _with_resumed(welcome: messages.Welcome, resumed: bool) -> messages.Welcome:
    return replace(welcome, resumed=resumed)
