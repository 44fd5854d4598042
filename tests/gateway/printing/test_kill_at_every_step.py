"""The gateway is killed at every step it puts on record: no receipt ever has two unmarked originals."""

from __future__ import annotations

import asyncio
import signal
import sys
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from drivers.virtual.paper import PaperCount
from gateway.printing import PrintState
from tests.gateway.branch import event_id
from tests.gateway.printing.shop import Shop, device_at, open_shop, virtual_printer

ROOT = Path(__file__).resolve().parents[3]
NUMBER = "K1-000001"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_any_step_there_is_at_most_one_unmarked_original(tmp_path: Path, when: str) -> None:
    states = []
    for call in count(1):
        folder = tmp_path / str(call)
        folder.mkdir()
        async with virtual_printer(folder) as printer:
            device = device_at(printer)
            died = await _run(folder, device.address, call, when)
            async with open_shop(folder, device) as shop:
                await shop.until(partial(_is_settled, shop))
                states.append(shop.jobs_of(event_id(1))[0].state)
                await _answer_as_a_person_would(shop, printer.printer.receipts().get(NUMBER, PaperCount()))
                on_paper = printer.printer.receipts()[NUMBER]
                assert on_paper.originals <= 1
                assert on_paper.originals + on_paper.copies >= 1
        if not died:
            break
    assert PrintState.UNCERTAIN in states
    assert states[0] is states[-1] is PrintState.PRINTED


async def _run(folder: Path, address: str, call: int, when: str) -> bool:
    """True when the gateway died, False when it ended of its own accord."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.gateway.printing.crashing", str(folder), address, str(call), when, cwd=ROOT
    )
    code = await process.wait()
    assert code in (0, -signal.SIGKILL)
    return code != 0


def _is_settled(shop: Shop) -> bool:
    (job,) = shop.jobs_of(event_id(1))
    return job.state.is_final or job.state is PrintState.UNCERTAIN


async def _answer_as_a_person_would(shop: Shop, seen: PaperCount) -> None:
    """Whoever looks at the paper sees at most pieces; a careful person says no and gets a copy."""
    (job,) = shop.jobs_of(event_id(1))
    if job.state is PrintState.PRINTED:
        assert seen.originals == 1
        return
    await shop.desk.resolve(job.job_id, False, "anna")
    await shop.reaches(event_id(1), PrintState.PRINTED, copy_number=1)
