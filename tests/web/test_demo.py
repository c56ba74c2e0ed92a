"""`minuta demo` for a few seconds: a real process, real media, documents verified, audit clean."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_migrations import ROOT


async def demo(*arguments: str) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web", "demo", *arguments,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, told = await process.communicate()
    assert process.returncode == 0, told.decode()[-3000:]
    return json.loads(out.decode().splitlines()[-1])


@pytest.mark.slow
async def test_all_plans_in_a_few_seconds(tmp_path: Path) -> None:
    """1,00 ₽ у консультанта; 20,00 ₽ = 2,00 + 18,00; 20,00 ₽ = 2,00 + 2,00 + 16,00 назад."""
    whole = await demo("--seconds", "4", "--out", str(tmp_path))
    told = whole.pop("plans")
    assert whole == told["host-pays"]
    assert set(told) == {"host-pays", "client-pays", "client-pays-unresolved"}
    sums = {
        name: (one["charge_minor"], one["platform_minor"], one["consultant_minor"])
        for name, one in told.items()
    }
    assert sums == {
        "host-pays": (100, 100, 0),
        "client-pays": (2000, 200, 1800),
        "client-pays-unresolved": (2000, 200, 200),
    }
    assert told["client-pays-unresolved"]["refunded_minor"] == 1600
    for one in told.values():
        paid = one["payer"]["before_minor"] - one["payer"]["after_minor"]
        assert paid == one["charge_minor"] - one["refunded_minor"]
        assert one["billed_minutes"] == 1
        assert one["media"]["video_packets_forwarded"] > 0
        assert abs(one["connected_s"] - 4) <= 1
        assert abs(one["media"]["mutual_s"] - one["connected_s"]) <= 1
        assert one["audit"] == "clean"
        assert {document["kind"] for document in one["documents"]} == {"protocol", "act"}
        for document in one["documents"]:
            assert document["verified"]
            assert Path(document["path"]).parent == tmp_path


@pytest.mark.slow
async def test_one_plan_prints_one_object(tmp_path: Path) -> None:
    told = await demo(
        "--plan", "client-pays", "--outcome", "unresolved", "--seconds", "2", "--out", str(tmp_path)
    )
    assert told["plan"] == "client-pays"
    assert told["refunded_minor"] == 1600
