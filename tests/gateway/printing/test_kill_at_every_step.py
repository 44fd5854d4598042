"""The gateway is killed at every step of a print job that it puts on record: no receipt ever has two unmarked originals.

The printers outlive it. Each scenario is repeated with a later step until it comes to its end alive. In the gate the plain one is killed
before and after each step, the others at every third; BRANCHGATE_PRINT_KILLS=all leaves out none, as in `scripts/soak`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from drivers.virtual.faults import Faults
from drivers.virtual.paper import Cut, PaperCount
from drivers.virtual.server import VirtualPrinterServer
from gateway.config import Device
from gateway.printing import Job, PrintState
from tests.gateway.branch import event_id
from tests.gateway.printing.crashing import PAPER_PLEASE, SETTINGS, devices_at
from tests.gateway.printing.shop import Shop, device_at, open_shop, virtual_printer

ROOT = Path(__file__).resolve().parents[3]
NUMBER = "K1-000001"
SCENARIOS = {
    "printed": (Faults(),),
    "out of paper": (Faults(paper_out_after_lines=30),),
    "cancelled": (Faults(paper_out_after_lines=30),),
    "lost link": (Faults(disconnect_after_process_ids=3),),
    "fallback": (Faults(cover_open=True), Faults()),
}
"""The faults of each printer at the start."""
ALL = os.environ.get("BRANCHGATE_PRINT_KILLS") == "all"
RUNS = [
    (scenario, when, 1 if ALL or scenario == "printed" else 3)
    for scenario in SCENARIOS
    for when in ("before", "after")
    if ALL or scenario == "printed" or when == "before"
]
"""What happens, on which side of the write the gateway dies, and every how many steps."""


@pytest.mark.parametrize(("scenario", "when", "stride"), RUNS)
async def test_killed_at_any_step_there_is_at_most_one_unmarked_original(
    tmp_path: Path, scenario: str, when: str, stride: int
) -> None:
    ends = []
    for step in count(stride, stride):
        folder = tmp_path / str(step)
        folder.mkdir()
        async with _printers(folder, SCENARIOS[scenario]) as printers:
            died = await _run(folder, scenario, step, when, printers)
            for printer in printers:
                printer.set_faults(Faults())
            async with open_shop(folder, *_devices(printers), settings=SETTINGS) as shop:
                await shop.sell(lines=30)  # the register sends again what it was not told to be recorded
                await shop.until(partial(_has_come_to_rest, shop))
                ends.append(await _answer_as_a_person_would(shop, printers))
            _check_paper(printers, ends[-1])
        if not died:
            break
    assert step > 3, "it was never killed in the middle"
    assert scenario != "printed" or {PrintState.UNCERTAIN, PrintState.PRINTED} == {end.state for end in ends}


@asynccontextmanager
async def _printers(folder: Path, faults: tuple[Faults, ...]) -> AsyncIterator[list[VirtualPrinterServer]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(virtual_printer(folder, faults=one)) for one in faults]


def _devices(printers: list[VirtualPrinterServer]) -> tuple[Device, ...]:
    return devices_at([device_at(printer).address for printer in printers])


async def _run(folder: Path, scenario: str, step: int, when: str, printers: list[VirtualPrinterServer]) -> bool:
    """True when the gateway died, False when it ended of its own accord."""
    addresses = [device_at(printer).address for printer in printers]
    words = (str(folder), scenario, str(step), when, *addresses)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.gateway.printing.crashing", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async for line in process.stdout:
        assert line == PAPER_PLEASE
        printers[0].switch("paper_out", False)
    code = await process.wait()
    assert code in (0, -signal.SIGKILL)
    return code != 0


def _has_come_to_rest(shop: Shop) -> bool:
    return all(job.state.is_final or job.state.asks_a_person for job in shop.jobs_of(event_id(1)))


async def _answer_as_a_person_would(shop: Shop, printers: list[VirtualPrinterServer]) -> Job:
    """Whoever looks at the paper sees pieces at most; a careful person says no and gets a copy. Returns the job as it was."""
    job = shop.jobs_of(event_id(1))[0]
    if job.state is PrintState.PRINTED:
        assert _on_paper(printers).originals == 1
    if job.state.asks_a_person:
        await shop.desk.resolve(job.job_id, False, "anna")
        await shop.reaches(event_id(1), PrintState.PRINTED, copy_number=1)
    return job


def _on_paper(printers: list[VirtualPrinterServer]) -> PaperCount:
    counts = [printer.printer.receipts().get(NUMBER, PaperCount()) for printer in printers]
    return PaperCount(sum(one.originals for one in counts), sum(one.copies for one in counts))


def _check_paper(printers: list[VirtualPrinterServer], end: Job) -> None:
    on_paper = _on_paper(printers)
    assert on_paper.originals <= 1
    assert on_paper.originals + on_paper.copies >= (end.state is not PrintState.CANCELLED)
    assert all(slip.cut is not Cut.NONE for printer in printers for slip in printer.printer.slips)
