"""A welcome, and a conversation that has got as far as being open."""

import json
from typing import Any

from broker.signalling import Conversation, Outbox, effects, messages

TERMS = messages.Terms(
    "Платит консультант", "1,00 ₽ в минуту", "начатая минута", None, None, "Начать"
)
VIEW = messages.SessionView(
    "S-2026-000001", "Тема", "host-pays", "together", "host", "Иван", TERMS, (), (), (), True
)
WELCOME = messages.Welcome(
    v=1,
    participant="client",
    resume=messages.ResumeKey("client", "key-1"),
    ice_servers=(messages.IceServer(("turn:example.org:3478",), "name", "secret"),),
    server_time="2026-11-21T12:00:00Z",
    limits=messages.Limits(messages.MESSAGE_BYTES_MAX, messages.CHAT_CHARS_MAX),
    session=VIEW,
)
HELLO = '{"type":"hello","v":[1],"ticket":"t1","ua":"test"}'


def frame(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields})


def opened(outbox: Outbox | None = None) -> Conversation:
    conversation = Conversation()
    conversation.receive(HELLO)
    conversation.welcome(outbox or Outbox("key-1"), WELCOME)
    return conversation


def sent(found: list[effects.Effect]) -> list[dict[str, Any]]:
    """What the effects write to the socket."""
    return [json.loads(effect.text) for effect in found if isinstance(effect, effects.Send)]


def codes(found: list[effects.Effect]) -> list[str]:
    return [one["code"] for one in sent(found) if one["type"] in ("error", "bye")]
