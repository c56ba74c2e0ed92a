"""Stripe's own command line against our fake: the calls of its fixtures must all succeed, in a
network namespace without routes where we may make one.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stripe.oracles import why_missing

ROOT = Path(__file__).resolve().parents[2]
EVENTS = (
    "account.updated",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.refund.updated",
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payout.created",
    "setup_intent.succeeded",
    "transfer.created",
    "transfer.reversed",
)
_MY_OWN_LOOPBACK = 'ip link set lo up && ! ip route get 192.0.2.1 2>/dev/null && exec "$@"'


def _prefix() -> list[str]:
    if os.geteuid() == 0 and shutil.which("unshare"):
        return ["unshare", "--net", "sh", "-c", _MY_OWN_LOOPBACK, "sh"]
    return []


@pytest.mark.slow
def test_every_fixture_of_the_official_program_succeeds() -> None:
    if why_missing("cli"):
        pytest.skip(why_missing("cli"))
    command = [*_prefix(), sys.executable, "-m", "tests.stripe.oracles.trigger", *EVENTS]
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    results = json.loads(done.stdout)
    assert results.keys() == set(EVENTS)
    failed = {name: one["said"] for name, one in results.items() if one["code"]}
    silent = {name: one["events"] for name, one in results.items() if name not in one["events"]}
    wrong = {name: one["violations"] for name, one in results.items() if one["violations"]}
    assert (failed, silent, wrong) == ({}, {}, {})
