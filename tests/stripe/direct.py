"""The fake without a port: Stripe's library speaks to a world in the same process.

For proofs that make thousands of calls. What stays of the network are the two awaits that matter,
one before the world has done the work and one after.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from tests.stripe.contract import contract
from tests.stripe.fake import Answer, Call, Faults, World, forms

_BEFORE = {"500": 500, "429": 429, "409": 409}
_ID = re.compile(r"/[a-z_]+_\w*\d{8,}\w*")
_JUDGED: set[tuple[Any, ...]] = set()


class Direct(stripe.HTTPClient):
    """`calls` counts what reached the world."""

    name = "direct"

    def __init__(self, world: World, faults: Faults | None = None) -> None:
        super().__init__()
        self.world = world
        self.faults = faults or Faults()

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        split = urlsplit(url)
        form = forms.read(post_data or "") if method == "post" else forms.read(split.query)
        key, account = headers.get("Idempotency-Key", ""), headers.get("Stripe-Account", "")
        call = Call(method.upper(), split.path, form, key, account)
        fault = self.faults.next(call.method)
        await asyncio.sleep(0)
        if fault == "unreachable":
            raise _lost()
        if fault in _BEFORE:
            return b'{"error": {"type": "api_error", "message": "later"}}', _BEFORE[fault], {}
        answer = self.world.call(call)
        judge(call, answer)
        await asyncio.sleep(0)
        if fault in ("reset", "mid_body", "delay"):
            raise _lost()
        assert fault in ("", "saved_500")
        if fault == "saved_500":
            body = {"error": {"type": "api_error", "message": "saved"}}
            self.world.keys.save(call, self.world.now, 500, body)
            return json.dumps(body).encode(), 500, answer.headers
        return json.dumps(answer.body).encode(), answer.status, answer.headers

    async def sleep_async(self, secs: float) -> None:
        """The library's pauses between its retries cost nothing here."""

    async def close_async(self) -> None:
        """Nothing is open."""


class NotAsDescribed(BaseException):
    """Stripe's own description knows no such request or answer; no handler may catch this."""


def judge(call: Call, answer: Answer) -> None:
    """Each shape of a request and its answer once a process. Raises: NotAsDescribed."""
    shape = (call.method, _ID.sub("/…", call.path), answer.status, _names(call.form))
    law = contract()
    if law is None or shape in _JUDGED:
        return
    _JUDGED.add(shape)
    found = law.of_request(call.method, call.path, call.form)
    found += law.of_answer(call.method, call.path, answer.status, answer.body)
    if found:
        raise NotAsDescribed("\n".join(found))


def _names(form: Any) -> tuple[Any, ...]:
    if isinstance(form, list):
        return tuple(_names(one) for one in form)
    return tuple((k, _names(v)) for k, v in sorted(form.items())) if isinstance(form, dict) else ()


def _lost() -> stripe.APIConnectionError:
    return stripe.APIConnectionError("the answer was lost", should_retry=True)
