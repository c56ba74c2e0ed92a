"""A counterpart for the Stripe adapter, on a real socket: checks forms, remembers keys, fails
on demand. The forms are checked against Stripe's published reference of the three calls.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

# Parameters of the published reference that the adapter may use: name pattern -> value pattern.
CHECKOUT_FORM = {
    r"mode": r"payment",
    r"line_items\[0\]\[quantity\]": r"[1-9]\d*",
    r"line_items\[0\]\[price_data\]\[currency\]": r"[a-z]{3}",
    r"line_items\[0\]\[price_data\]\[unit_amount\]": r"\d+",
    r"line_items\[0\]\[price_data\]\[product_data\]\[name\]": r".+",
    r"client_reference_id": r".{1,200}",
    r"metadata\[[^\[\]]{1,40}\]": r".{0,500}",
    r"payment_intent_data\[metadata\]\[[^\[\]]{1,40}\]": r".{0,500}",
    r"success_url": r"https?://.+",
    r"cancel_url": r"https?://.+",
    r"expires_at": r"\d{10}",
}
REFUND_FORM = {
    r"payment_intent": r"pi_\w+",
    r"amount": r"[1-9]\d*",
    r"metadata\[[^\[\]]{1,40}\]": r".{0,500}",
}
TRANSFER_FORM = {
    r"amount": r"[1-9]\d*",
    r"currency": r"[a-z]{3}",
    r"destination": r"acct_\w+",
    r"metadata\[[^\[\]]{1,40}\]": r".{0,500}",
}


@dataclass
class Counterpart:
    """`faults` are used up one a request: "reset", "mid_body", "500", "429", "declined"."""

    url: str = ""
    faults: list[str] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    saved: dict[str, tuple[dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    refund_status: str = "succeeded"
    session: dict[str, Any] = field(default_factory=dict)

    async def post(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        key = request.headers["Idempotency-Key"]
        self.requests.append((request.path, key, form))
        if request.headers["Authorization"] != "Bearer sk_test_1":
            return _error(401, "invalid_request_error", "bad_key")
        known = self.saved.get(key)
        if known and known[0] != form:
            return _error(400, "idempotency_error", "idempotency_key_in_use")
        answer = known[1] if known else self._answer(request.path, form)
        self.saved[key] = (form, answer)
        return await self._send(request, answer)

    async def get(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["id"] != self.session.get("id"):
            return _error(404, "invalid_request_error", "resource_missing")
        return web.json_response(self.session)

    def _answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        number = len(self.saved) + 1
        if path == "/v1/checkout/sessions":
            check_form(form, CHECKOUT_FORM, {"mode", "success_url", "line_items[0][quantity]"})
            self.session = {
                "id": f"cs_test_{number}",
                "object": "checkout.session",
                "url": f"https://checkout.stripe.com/c/pay/cs_test_{number}",
                "status": "open",
                "payment_status": "unpaid",
                "payment_intent": None,
                "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
                "currency": form["line_items[0][price_data][currency]"],
                "metadata": {"top_up": form["metadata[top_up]"]},
            }
            return self.session
        if path == "/v1/refunds":
            check_form(form, REFUND_FORM, {"payment_intent"})
            status = self.refund_status
            return {
                "id": f"re_{number}",
                "object": "refund",
                "status": status,
                "failure_reason": "expired_or_canceled_card" if status == "failed" else None,
            }
        check_form(form, TRANSFER_FORM, {"amount", "currency", "destination"})
        return {"id": f"tr_{number}", "object": "transfer"}

    async def _send(self, request: web.Request, answer: dict[str, Any]) -> web.StreamResponse:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "500":
            return _error(500, "api_error", "")
        if fault == "429":
            return _error(429, "rate_limit_error", "rate_limit")
        if fault == "declined":
            return _error(402, "card_error", "card_declined")
        transport = request.transport
        assert transport is not None
        if fault == "reset":
            transport.abort()
        if fault == "mid_body":
            broken = web.StreamResponse(headers={"Content-Length": "5000"})
            await broken.prepare(request)
            await broken.write(b'{"id": "cs_')
            transport.abort()
            return broken
        return web.json_response(answer)


def check_form(form: dict[str, str], allowed: dict[str, str], required: set[str]) -> None:
    """Every field is in the reference and has the shape it asks for."""
    assert required <= form.keys(), required - form.keys()
    for name, value in form.items():
        shapes = [shape for pattern, shape in allowed.items() if re.fullmatch(pattern, name)]
        assert shapes, f"unknown parameter {name}"
        assert re.fullmatch(shapes[0], value), f"{name}={value}"


def _error(status: int, kind: str, code: str) -> web.Response:
    error = {"type": kind, "code": code, "message": f"{code} said the counterpart"}
    return web.json_response({"error": error}, status=status)


@asynccontextmanager
async def counterpart() -> AsyncIterator[Counterpart]:
    serving = Counterpart()
    app = web.Application()
    for path in ("/v1/checkout/sessions", "/v1/refunds", "/v1/transfers"):
        app.router.add_post(path, serving.post)
    app.router.add_get("/v1/checkout/sessions/{id}", serving.get)
    async with TestServer(app, host="127.0.0.1") as server:
        serving.url = str(server.make_url("")).rstrip("/")
        yield serving
