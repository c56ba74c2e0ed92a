"""The engine in our own process."""

from collections.abc import Callable
from datetime import datetime

from relay.engine import Engine, RelaySettings
from relay.events import RelayEvent


def embedded_engine(
    settings: RelaySettings,
    on_event: Callable[[RelayEvent], None],
    clock: Callable[[], datetime],
) -> Engine:
    """An engine on the running loop."""
    raise RuntimeError("being built")
