"""A world behind a loopback port, at the root as Stripe's own command line wants it."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.stripe.contract import Contract, contract
from tests.stripe.fake import forms
from tests.stripe.fake.errors import broken
from tests.stripe.fake.faults import Faults
from tests.stripe.fake.world import Answer, Call, World

_BEFORE = {
    "500": (500, "api_error", ""),
    "429": (429, "invalid_request_error", "rate_limit"),
    "409": (409, "invalid_request_error", "idempotency_key_in_use"),
}


@dataclass
class Served:
    """`violations` of Stripe's own description, by the callers or by this fake; see `serving`."""

    world: World
    faults: Faults
    contract: Contract | None
    url: str = ""
    violations: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        call = await _call(request)
        fault = self.faults.next(call.method)
        if fault == "unreachable":
            return _cut(request)
        if fault in _BEFORE:
            status, kind, code = _BEFORE[fault]
            error = {"type": kind, "code": code, "message": f"{fault} on demand"}
            return web.json_response({"error": error}, status=status)
        if not _authorised(request, self.world.livemode):
            error = {"type": "invalid_request_error", "message": "Invalid API Key provided."}
            return web.json_response({"error": error}, status=401)
        answer = self.world.call(call)
        self._check(call, answer)
        return await self._send(request, call, answer, fault)

    def _check(self, call: Call, answer: Answer) -> None:
        if self.contract is None or "/payment_pages/" in call.path:
            return
        self.violations += self.contract.of_request(call.method, call.path, call.form)
        status, body = answer.status, answer.body
        self.violations += self.contract.of_answer(call.method, call.path, status, body)

    def check_events(self) -> None:
        """All that the world has told so far, also of what payers and banks did."""
        for event in self.world.events if self.contract else ():
            self.violations += self.contract.of_event(event)

    async def _send(
        self, request: web.Request, call: Call, answer: Answer, fault: str
    ) -> web.StreamResponse:
        if fault == "saved_500":
            body = {"error": broken().error}
            self.world.keys.save(call, self.world.now, 500, body)
            answer = Answer(500, body, answer.headers)
        elif fault == "reset":
            return _cut(request)
        elif fault == "delay":
            await asyncio.sleep(self.faults.delay_s)
        text = json.dumps(answer.body).encode()
        if fault == "mid_body":
            return await _break_off(request, text)
        return web.Response(
            body=text,
            status=answer.status,
            headers=answer.headers,
            content_type="application/json",
        )


async def _call(request: web.Request) -> Call:
    raw = await request.text() if request.method == "POST" else request.query_string
    return Call(
        method=request.method,
        path=request.path,
        form=forms.read(raw),
        key=request.headers.get("Idempotency-Key", ""),
        account=request.headers.get("Stripe-Account", ""),
    )


def _authorised(request: web.Request, livemode: bool) -> bool:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        key = base64.b64decode(key).decode().rstrip(":")
    return key.startswith(("sk_live_", "rk_live_") if livemode else ("sk_test_", "rk_test_"))


def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _break_off(request: web.Request, text: bytes) -> web.StreamResponse:
    half = web.StreamResponse(headers={"Content-Length": str(len(text))})
    await half.prepare(request)
    await half.write(text[: len(text) // 2])
    assert request.transport is not None
    request.transport.abort()
    return half


@asynccontextmanager
async def serving(
    world: World | None = None, faults: Faults | None = None
) -> AsyncIterator[Served]:
    """A world on a port of its own. At the end every request, answer and event that passed must
    have been as Stripe's own description says.
    """
    served = Served(world or World(), faults or Faults(), contract())
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        served.url = str(server.make_url("")).rstrip("/")
        yield served
    served.check_events()
    assert not served.violations, "\n".join(served.violations)
