"""Devices that cannot be are refused at the start; a printer's task that fails is started again."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.errors import Refused, TryAgain
from drivers.printing.ledger import JobLedger, MemoryLedger
from drivers.printing.states import JobEvidence
from gateway.config import Device
from gateway.devices import Devices, check_devices
from gateway.printing import PrintState
from tests.gateway.printing.shop import device_at, open_shop, virtual_printer
from tests.gateway.printing.wrapped import WrappedLedger


class DiskFullOnce(WrappedLedger):
    """The store is full at the first step."""

    _failed = False

    async def claim(self, printer: str, job_id: bytes, evidence: JobEvidence) -> bool:
        if not self._failed:
            self._failed = True
            raise TryAgain("DISK_FULL")
        return await super().claim(printer, job_id, evidence)


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
        (Device(name="bon", address="tcp://h", profile="matrix"), "devices.bon.profile"),
    ],
)
def test_a_device_that_cannot_be_is_refused_by_field(device: Device, field: str) -> None:
    for check in (check_devices, lambda devices: Devices(devices, lambda _name: MemoryLedger(), SystemClock())):
        with pytest.raises(Refused) as refused:
            check((device,))
        assert (refused.value.reason, refused.value.field) == ("SETTINGS_INVALID", field)


def test_two_devices_at_one_address_are_refused() -> None:
    """The second would wait for ever for a port that the first one holds."""
    twins = tuple(Device(name=name, address="tcp://h:9100") for name in ("bon", "kueche"))
    with pytest.raises(Refused) as refused:
        check_devices(twins)
    assert (refused.value.field, refused.value.value) == ("devices.kueche.address", "tcp://h:9100")
    assert "bon" in refused.value.rule
