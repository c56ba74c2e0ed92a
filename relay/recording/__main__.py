"""`python -m relay.recording FOLDER`: make the film of the tapes there; prints it as JSON.

Exit 0: made. Exit 3: there was nothing to show. Runs with low priority, beside the server.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from relay.errors import NothingRecorded
from relay.recording.film import make

NICE = 10
NOTHING = 3


def main(folder: str) -> int:
    """The exit code."""
    os.nice(NICE)
    try:
        print(json.dumps(asdict(make(Path(folder)))))
    except NothingRecorded:
        return NOTHING
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
