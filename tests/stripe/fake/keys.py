"""Idempotency keys as Stripe keeps them: the first answer for a day, whatever it was."""

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.stripe.fake.errors import Refusal

if TYPE_CHECKING:
    from tests.stripe.fake.world import Call

LIFE_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Saved:
    at: int
    asked: tuple[str, Any]
    status: int
    body: dict[str, Any]


@dataclass
class Keys:
    saved: dict[tuple[str, str], Saved] = field(default_factory=dict)

    def find(self, call: "Call", now: int) -> Saved | None:
        """The saved answer, None for a new or forgotten key. Raises: Refusal."""
        known = self.saved.get((call.account, call.key))
        if known is None or now - known.at >= LIFE_S:
            return None
        if known.asked != (call.path, call.form):
            text = (
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{call.key}'."
            )
            raise Refusal(400, {"type": "idempotency_error", "message": text})
        return known

    def save(self, call: "Call", now: int, status: int, body: dict[str, Any]) -> None:
        asked = (call.path, copy.deepcopy(call.form))
        self.saved[call.account, call.key] = Saved(now, asked, status, copy.deepcopy(body))
