"""What a browser says of its own attempts to connect; see `messages` for the rest of the wire."""

from dataclasses import dataclass
from typing import Literal

TroubleCode = Literal["turn_refused", "turn_unreachable"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """The TURN server refused the browser, or was not reached; `generation` of the offer."""

    pc: Literal["pub", "sub"]
    generation: int
    code: TroubleCode
