"""A gateway that dies by SIGKILL at the n-th thing its job store writes, before or after it is on disk.

    python -m tests.gateway.printing.crashing FOLDER SCENARIO STEP before|after ADDRESS...

Sells one receipt and serves the printers until the scenario has come to its end; then, with exit code 0, the step never came.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gateway.config import Device
from gateway.printing import PrintState
from gateway.store import GroupWriter
from tests.gateway.printing.shop import open_shop, roles

T = TypeVar("T")
PAPER_PLEASE = b"paper, please\n"
SETTINGS = roles(("", "receipt", "front"))


class DeadlyWriter(GroupWriter):
    """Counts what the job store writes; whatever else is written is left alone."""

    deadly_step = 0
    after = False
    _step = 0

    def submit(self, work: Callable[[sqlite3.Connection], T], *, urgent: bool = False) -> asyncio.Future[T]:
        if not work.__qualname__.startswith("JobStore."):
            return super().submit(work, urgent=urgent)
        self._step += 1
        deadly = self._step == self.deadly_step
        if deadly and not self.after:
            _die()
        future = super().submit(work, urgent=urgent)
        if deadly:
            future.add_done_callback(lambda _future: _die())  # before whoever waits for it goes on
        return future


def _ask_for_paper() -> None:
    """Whoever started this process holds the printers."""
    os.write(sys.stdout.fileno(), PAPER_PLEASE)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def devices_at(addresses: list[str]) -> tuple[Device, ...]:
    """One printer, or a printer and its fallback."""
    if len(addresses) == 1:
        return (Device(name="front", address=addresses[0]),)
    front, back = addresses
    return Device(name="front", address=front, fallback="back", fallback_after_s=0), Device(name="back", address=back)


async def _live(
    folder: Path, scenario: str, devices: tuple[Device, ...], writer: Callable[[Path], GroupWriter]
) -> None:
    async with open_shop(folder, *devices, settings=SETTINGS, make_writer=writer) as shop:
        event = await shop.sell(lines=30)
        match scenario:
            case "cancelled":
                job = await shop.reaches(event, PrintState.WAITING_PRINTER)
                await shop.desk.cancel(job.job_id, "anna")
                _ask_for_paper()
                await shop.until(lambda: shop.jobs_of(event)[0].parted)
            case "out of paper":
                await shop.reaches(event, PrintState.WAITING_PRINTER)
                _ask_for_paper()
                await shop.reaches(event, PrintState.PRINTED)
            case "lost link":
                job = await shop.reaches(event, PrintState.UNCERTAIN)
                await shop.desk.resolve(job.job_id, False, "anna")
                await shop.reaches(event, PrintState.PRINTED, copy_number=1)
            case _:
                await shop.reaches(event, PrintState.PRINTED)


def main(folder: str, scenario: str, step: str, when: str, *addresses: str) -> None:
    """Live until death."""

    def writer(path: Path) -> GroupWriter:
        made = DeadlyWriter(path)
        made.deadly_step, made.after = int(step), when == "after"
        return made

    asyncio.run(_live(Path(folder), scenario, devices_at(list(addresses)), writer))


if __name__ == "__main__":
    main(*sys.argv[1:])
