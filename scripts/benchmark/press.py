"""Printer actors at work: reads one JSON order, prints, writes one JSON report.

The order: `devices` (serial), `baud`, `lines` of a long document. Every printer gets to know its actor by a short page first; then the first
prints alone, then all that print do so at once. Devices named in `stalled` have a job that does not end.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

from drivers.escpos.document import Document, Text
from drivers.escpos.profile import PrinterProfile
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.states import JobEvidence, JobState
from scripts.benchmark import processes

PAUSE_S = 0.5  # parts one job from the next on the line
PAPER = PrinterProfile("bench", has_process_id=True)


class Ledger(MemoryLedger):
    """Tells when a job is settled."""

    def __init__(self) -> None:
        super().__init__()
        self._settled = asyncio.Condition()

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Records, and tells."""
        await super().moved(job_id, state, evidence)
        async with self._settled:
            self._settled.notify_all()

    async def settled(self, job_id: bytes) -> JobState:
        """Waits for the end of a job."""
        async with self._settled:
            await self._settled.wait_for(lambda: self.state(job_id).is_settled)
        return self.state(job_id)


@dataclass(frozen=True, slots=True)
class Press:
    """One actor with its ledger."""

    actor: PrinterActor
    ledger: Ledger

    async def print_page(self, name: str, lines: int) -> None:
        """Prints so many full lines. Raises RuntimeError when the printer does not confirm them."""
        text = "".join(chr(33 + column % 90) for column in range(PAPER.columns))
        self.ledger.add(MemoryJob(name.encode(), Document((Text(text),) * lines)))
        self.actor.wake()
        state = await self.ledger.settled(name.encode())
        if state is not JobState.PRINTED:
            raise RuntimeError(f"{self.actor.name}: {name} is {state}")


async def work(order: dict[str, Any]) -> dict[str, float]:
    """Carries out the order; resident memory in bytes before and after."""
    empty = processes.resident_bytes(os.getpid())
    presses = [_press(device, order["baud"]) for device in (*order["devices"], *order["stalled"])]
    printing = presses[: len(order["devices"])]
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(press.actor.run()) for press in presses]
        await asyncio.gather(*(press.print_page("hello", 1) for press in printing))
        await asyncio.sleep(PAUSE_S)
        await printing[0].print_page("alone", order["lines"])
        await asyncio.sleep(PAUSE_S)
        running += [group.create_task(press.print_page("stuck", order["lines"])) for press in presses[len(printing) :]]
        await asyncio.gather(*(press.print_page("together", order["lines"]) for press in printing))
        full = processes.resident_bytes(os.getpid())
        for task in running:
            task.cancel()
    return {"empty_bytes": empty, "full_bytes": full}


def _press(device: str, baud: int) -> Press:
    ledger = Ledger()
    opened = transport_factory(f"serial://{device}?baud={baud}&flow=rtscts")
    return Press(PrinterActor(device, opened, ledger, PAPER, lambda: time.time_ns() // 1_000_000), ledger)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(work(json.loads(sys.stdin.readline())))))
