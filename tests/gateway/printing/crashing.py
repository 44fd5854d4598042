"""A gateway that dies by SIGKILL at the n-th call of a printer's ledger, before or after the call took effect.

    python -m tests.gateway.printing.crashing FOLDER ADDRESS CALL before|after

Sells one receipt and serves the printer. Ends with exit code 0 when the receipt was printed before the n-th call came.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from drivers.errors import Reason
from drivers.printing.ledger import JobLedger
from drivers.printing.states import JobEvidence, JobState
from gateway.config import Device
from gateway.printing import PrintState
from tests.gateway.printing.shop import open_shop
from tests.gateway.printing.wrapped import WrappedLedger


class DeadlyLedger(WrappedLedger):
    """Counts the calls that change something."""

    def __init__(self, ledger: JobLedger, deadly_call: int, *, after: bool) -> None:
        super().__init__(ledger)
        self._deadly_call, self._after = deadly_call, after
        self._calls = 0

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        deadly = self._deadly()
        await super().decline(printer, job_id, state, reason)
        _die_if(deadly)

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        deadly = self._deadly()
        claimed = await super().claim(printer, job_id, evidence)
        _die_if(deadly)
        return claimed

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        deadly = self._deadly()
        await super().moved(job_id, state, evidence)
        _die_if(deadly)

    async def take_process_ids(self, printer: str, count: int) -> int:
        deadly = self._deadly()
        first = await super().take_process_ids(printer, count)
        _die_if(deadly)
        return first

    def _deadly(self) -> bool:
        self._calls += 1
        deadly = self._calls == self._deadly_call
        _die_if(deadly and not self._after)
        return deadly


def _die_if(deadly: bool) -> None:
    if deadly:
        os.kill(os.getpid(), signal.SIGKILL)


async def _serve(folder: Path, address: str, deadly_call: int, *, after: bool) -> None:
    device = Device(name="bon", address=address)
    async with open_shop(folder, device, wrap=lambda ledger: DeadlyLedger(ledger, deadly_call, after=after)) as shop:
        await shop.reaches(await shop.sell(lines=30), PrintState.PRINTED)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), after=sys.argv[4] == "after"))
