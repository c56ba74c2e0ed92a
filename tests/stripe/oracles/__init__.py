"""Foreign programs that judge us, each in a place of its own under `.oracles/`.

`python -m tests.stripe.oracles` prepares what is missing, all at once; what cannot be had here is
said loudly and left out, and the tests that need it skip with that reason. Nothing of this is part
of the product or of its environment.
"""

from pathlib import Path

HOME = Path(__file__).resolve().parents[3] / ".oracles"
OPENAPI = HOME / "openapi" / "stripe.json"
SEAHAVEN = HOME / "seahaven" / "bin" / "python"
LOCALSTRIPE = HOME / "localstripe" / "bin" / "python"
STRIPE_CLI = HOME / "cli" / "node_modules" / "@stripe" / "cli-linux-x64" / "bin" / "stripe"


def why_missing(name: str) -> str:
    """What the last try to prepare an oracle said; empty when it is ready."""
    if (HOME / name / ".ready").exists():
        return ""
    log = HOME / f"{name}.log"
    said = log.read_text().strip().splitlines()[-1:] if log.exists() else ["run `make oracles`"]
    return f"oracle {name} is not to be had here: {' '.join(said)}"
