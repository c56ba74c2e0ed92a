"""What this process knows of signatures beside the database."""

from dataclasses import dataclass, field
from datetime import datetime

import metering
from broker.signalling import cosigning as wire


@dataclass(slots=True)
class Cosigning:
    """What this process knows beside the database: our key; what each seat was asked, and when;
    how each session's signers were told to stand."""

    counter: metering.Counter
    asked: dict[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)
    stood: dict[str, wire.Cosigners] = field(default_factory=dict)
