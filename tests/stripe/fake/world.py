"""The state of one pretended Stripe platform, and the way of a call through it.

Money is integers of minor units; times are whole seconds of the epoch.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.stripe.fake.errors import Refusal, invalid, missing
from tests.stripe.fake.keys import Keys

START = 1795262400  # 2026-11-21 12:00 UTC, the day of the ledger's tests
API_VERSION = "2026-08-26.dahlia"
DAY_S = 86400

Object = dict[str, Any]
Form = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `id` is the variable part of the path, `account` a connected account."""

    method: str
    path: str
    form: Form = field(default_factory=dict)
    key: str = ""
    account: str = ""
    id: str = ""

    def number(self, name: str) -> int | None:
        text = self.form.get(name)
        if text is None:
            return None
        if not str(text).lstrip("-").isdigit():
            raise invalid(f"Invalid integer: {text}", "parameter_invalid_integer", name)
        return int(text)

    def text(self, name: str) -> str | None:
        value = self.form.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str) -> bool:
        return str(self.form.get(name, "false")).lower() == "true"

    def group(self, name: str) -> Form:
        value = self.form.get(name)
        return value if isinstance(value, dict) else {}

    def metadata(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.group("metadata").items()}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Object
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[["World", Call], Object]


@dataclass
class World:
    """`clearing_s`: how long charged money is pending; `fee` is taken from every charge.

    `late_fees`: charges show no balance transaction until `acts.book_fees`. `onboards_at_once`:
    connected accounts are ready when made, as the accounts of Stripe's own fixtures are.
    `refunds_need_funds`: a refund waits while the balance is short, which else goes below zero.
    `views`, when it is a dict, keeps all objects as they were at each event, by the event's id.
    `behaviours`: which test card a payment method is. `checkouts`: what intents of pages will be.
    """

    now: int = START
    livemode: bool = False
    clearing_s: int = 2 * DAY_S
    late_fees: bool = False
    onboards_at_once: bool = False
    refunds_need_funds: bool = False
    objects: dict[str, dict[str, Object]] = field(default_factory=dict)
    events: list[Object] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    keys: Keys = field(default_factory=Keys)
    behaviours: dict[str, str] = field(default_factory=dict)
    checkouts: dict[str, Form] = field(default_factory=dict)
    made: int = 0
    request: dict[str, str | None] = field(default_factory=dict)
    views: dict[str, dict[str, dict[str, Object]]] | None = None

    # --- objects

    def id(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}_{self.made:014d}"

    def make(self, kind: str, prefix: str, account: str = "", **facts: Any) -> Object:
        made = {"id": self.id(prefix), "object": kind, "created": self.now, **facts}
        self.objects.setdefault(account, {})[made["id"]] = made
        return made

    def find(self, id: str, kind: str, account: str = "") -> Object:
        """Raises: Refusal (404)."""
        found = self.objects.get(account, {}).get(id)
        if found is None or found["object"] != kind:
            raise missing(kind.replace(".", " "), id)
        return found

    def all(self, kind: str, account: str = "") -> list[Object]:
        """Newest first."""
        mine = self.objects.get(account, {}).values()
        return [o for o in reversed(list(mine)) if o["object"] == kind]

    def emit(self, kind: str, about: Object, account: str = "") -> Object:
        """Keep an event with a snapshot of what it is about."""
        event: Object = {
            "id": self.id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": {"object": copy.deepcopy(about)},
            "livemode": self.livemode,
            "pending_webhooks": 1,
            "request": self.request or {"id": None, "idempotency_key": None},
            "type": kind,
        }
        if account:
            event["account"] = account
        self.events.append(event)
        if self.views is not None:
            self.views[event["id"]] = copy.deepcopy(self.objects)
        return event

    # --- calls

    def call(self, call: Call) -> Answer:
        """Answer one request; a repeated key gets the saved answer."""
        self.calls.append(call)
        headers = {"Request-Id": self.id("req"), "Stripe-Version": API_VERSION}
        repeatable = call.method == "POST" and call.key
        try:
            saved = self.keys.find(call, self.now) if repeatable else None
            if saved:
                return Answer(saved.status, saved.body, {**headers, "Idempotent-Replayed": "true"})
            status, body, keep = self._run(call, headers["Request-Id"])
        except Refusal as refusal:
            return Answer(refusal.status, {"error": refusal.error}, headers)
        if repeatable and keep:
            self.keys.save(call, self.now, status, body)
        return Answer(status, body, headers)

    def _run(self, call: Call, request_id: str) -> tuple[int, Object, bool]:
        from tests.stripe.fake.lists import expanded
        from tests.stripe.fake.routes import route

        self.request = {"id": request_id, "idempotency_key": call.key or None}
        try:
            handler, addressed = route(call)
            body = expanded(self, handler(self, addressed), addressed)
            return 200, body, True
        except Refusal as refusal:
            if not refusal.saved:
                raise
            return refusal.status, {"error": copy.deepcopy(refusal.error)}, True
        finally:
            self.request = {}
