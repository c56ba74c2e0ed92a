"""How Stripe says no."""

from typing import Any


class Refusal(Exception):
    """An error answer. `saved`: the answer is kept under the idempotency key, as declines are."""

    def __init__(self, status: int, error: dict[str, Any], saved: bool = False) -> None:
        super().__init__(error.get("message", ""))
        self.status = status
        self.error = error
        self.saved = saved

    @property
    def code(self) -> str:
        return str(self.error.get("code", ""))


def invalid(message: str, code: str = "", param: str = "", status: int = 400) -> Refusal:
    error = {"type": "invalid_request_error", "message": message}
    if code:
        error["code"] = code
    if param:
        error["param"] = param
    return Refusal(status, error)


def missing(kind: str, id: str) -> Refusal:
    return invalid(f"No such {kind}: '{id}'", "resource_missing", "id", 404)


def required(param: str) -> Refusal:
    return invalid(f"Missing required param: {param}.", "parameter_missing", param)


def declined(code: str, decline_code: str, message: str, **facts: Any) -> Refusal:
    error = {"type": "card_error", "code": code, "message": message, **facts}
    if decline_code:
        error["decline_code"] = decline_code
    return Refusal(402, error, saved=True)


def broken() -> Refusal:
    """Stripe's own trouble after the endpoint began to work: the answer is kept."""
    return Refusal(500, {"type": "api_error", "message": "Something went wrong."}, saved=True)
