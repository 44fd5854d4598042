"""Devices that cannot be are refused at the start; a printer's task that fails is started again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.errors import Refused, TryAgain
from drivers.errors import Reason
from drivers.printing.ledger import JobLedger, MemoryLedger, OpenJob, QueuedJob
from drivers.printing.states import JobEvidence, JobState
from gateway.config import Device
from gateway.devices import Devices
from gateway.printing import PrintState
from tests.gateway.printing.shop import device_at, open_shop, virtual_printer


class DiskFullOnce:
    """A ledger whose store is full at the first step."""

    def __init__(self, ledger: JobLedger) -> None:
        self._ledger = ledger
        self._failed = False

    async def next_job(self, printer: str) -> QueuedJob | None:
        return await self._ledger.next_job(printer)

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        await self._ledger.decline(printer, job_id, state, reason)

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        if not self._failed:
            self._failed = True
            raise TryAgain("DISK_FULL")
        return await self._ledger.claim(printer, job_id, evidence)

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        await self._ledger.moved(job_id, state, evidence)

    async def unfinished(self, printer: str) -> Sequence[OpenJob]:
        return await self._ledger.unfinished(printer)

    async def take_process_ids(self, printer: str, count: int) -> int:
        return await self._ledger.take_process_ids(printer, count)


async def test_a_full_disk_stops_a_printer_before_the_first_byte_and_not_for_good(tmp_path: Path) -> None:
    ledgers: list[DiskFullOnce] = []

    def same(ledger: JobLedger) -> JobLedger:
        ledgers.append(ledgers[0] if ledgers else DiskFullOnce(ledger))
        return ledgers[0]

    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer), wrap=same) as shop:
        await shop.reaches(await shop.sell(), PrintState.PRINTED)
        assert len(ledgers) > 1
        assert printer.printer.receipts()["K1-000001"].originals == 1


@pytest.mark.parametrize(
    ("device", "field"),
    [
        (Device(name="bon", address="usb://1"), "devices.bon.address"),
        (Device(name="bon", address="tcp://h", profile="matrix"), "devices.profile"),
    ],
)
def test_a_device_that_cannot_be_is_refused_by_field(device: Device, field: str) -> None:
    with pytest.raises(Refused) as refused:
        Devices((device,), lambda _name: MemoryLedger(), SystemClock())
    assert (refused.value.reason, refused.value.field) == ("SETTINGS_INVALID", field)
