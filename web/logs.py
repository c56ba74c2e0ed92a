"""Structured logs: one JSON object a line in production, readable lines elsewhere.

No bodies, no tokens: the names below are blotted out wherever they appear as a field.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_NAMES = ("token", "secret", "password", "key", "cookie", "authorization", "ticket", "code")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out every field whose name tells that it is a secret.

    >>> redact(None, "info", {"event": "hello", "ticket": "abc", "session": "S-2026-000001"})
    {'event': 'hello', 'ticket': '***', 'session': 'S-2026-000001'}
    """
    for name in event:
        if any(secret in name.lower() for secret in SECRET_NAMES):
            event[name] = "***"
    return event


def set_up(production: bool) -> None:
    """Configure structlog and route the standard library's warnings into it."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    if production:
        shared.append(structlog.processors.format_exc_info)
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if production
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=shared)
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
