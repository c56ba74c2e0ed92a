"""Prepare every oracle that is not ready; say loudly which cannot be had. Always exits 0."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.stripe.oracles import HOME, install


def main() -> None:
    HOME.mkdir(exist_ok=True)
    began = time.monotonic()
    fresh = [oracle for oracle in install.ORACLES if not oracle.ready()]
    with ThreadPoolExecutor() as pool:
        failures = list(pool.map(install.prepare, fresh))
    for oracle, failure in zip(fresh, failures, strict=True):
        if failure:
            print(f"!!! oracle {oracle.name} CANNOT BE HAD HERE: {failure}", file=sys.stderr)
    if fresh:
        ready = len(fresh) - sum(map(bool, failures))
        print(f"oracles: {ready} of {len(fresh)} prepared in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
