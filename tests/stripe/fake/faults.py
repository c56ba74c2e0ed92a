"""Trouble on demand: by name for the next requests, or by chance from a seed."""

import random
from dataclasses import dataclass, field

KINDS = {
    "unreachable": "the connection is reset before anything is done",
    "500": "an error before anything is done; nothing is saved",
    "429": "too many requests; nothing is done",
    "409": "the same key is being worked on; nothing is done",
    "saved_500": "the work is done, an error is answered and saved under the key",
    "reset": "the work is done, the connection is reset before the answer",
    "mid_body": "the work is done, the answer breaks off in its middle",
    "delay": "the work is done, the answer comes after `delay_s`",
}


@dataclass
class Faults:
    """`queue` is used up one a POST ("" is a good answer); then `chances` are per cent by kind.

    >>> faults = Faults(["reset", ""], {"500": 100})
    >>> [faults.next("POST") for _ in range(3)], faults.next("GET")
    (['reset', '', '500'], '')
    """

    queue: list[str] = field(default_factory=list)
    chances: dict[str, int] = field(default_factory=dict)
    seed: int = 1
    delay_s: int = 1
    on_reading: bool = False
    met: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        unknown = {*self.queue, *self.chances} - {*KINDS, ""}
        assert not unknown, unknown

    def next(self, method: str) -> str:
        if method != "POST" and not self.on_reading:
            return ""
        fault = self.queue.pop(0) if self.queue else self._by_chance()
        if fault:
            self.met.append(fault)
        return fault

    def _by_chance(self) -> str:
        drawn = self._random.randrange(100)
        for kind, per_cent in self.chances.items():
            drawn -= per_cent
            if drawn < 0:
                return kind
        return ""
