"""The gateway is killed around a drawer's pulse: whatever was asked before is never obeyed after the restart."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from branchgate.ids import new_event_id
from drivers.virtual.events import DrawerPulsed, PrinterEvent
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import VirtualPrinterServer
from drivers.virtual.settings import PrinterSettings
from gateway.drawers import DrawerAnswer, DrawerResult
from gateway.printing import PrintState
from tests.gateway.printing.shop import REGISTER, UNHURRIED, WITH_DRAWER, device_at, open_shop

ROOT = Path(__file__).resolve().parents[3]
COMMAND = new_event_id(1)


async def ended(*arguments: str) -> int:
    """How a gateway ends that is about to die. None is left behind when the test itself is stopped."""
    command = (sys.executable, "-m", "tests.gateway.drawers.dying", *arguments)
    gateway = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        return await gateway.wait()
    finally:
        if gateway.returncode is None:
            gateway.kill()


@pytest.mark.parametrize(
    ("write", "when", "pulses", "answer", "journal"),
    [
        ("note", "after", 0, DrawerAnswer(DrawerResult.UNKNOWN, "RESTARTED"), ["UNKNOWN"]),
        ("conclusion", "before", 1, DrawerAnswer(DrawerResult.UNKNOWN, "RESTARTED"), ["UNKNOWN"]),
        ("conclusion", "after", 1, DrawerAnswer(DrawerResult.OPENED), ["OPENED"]),
    ],
)
async def test_a_command_of_a_killed_gateway_is_never_replayed(
    tmp_path: Path, write: str, when: str, pulses: int, answer: DrawerAnswer, journal: list[str]
) -> None:
    events: list[PrinterEvent] = []
    settings = PrinterSettings(drawer_shuts_after_ms=None)
    async with VirtualPrinterServer(VirtualPrinter(settings), on_event=events.append) as printer:
        device = device_at(printer, drawer=WITH_DRAWER)
        assert await ended(str(tmp_path), write, when, COMMAND.hex(), device.address) == -signal.SIGKILL
        async with open_shop(tmp_path, device, limits=UNHURRIED) as shop:
            await shop.reaches(await shop.sell(), PrintState.PRINTED)
            assert await shop.drawers.open_drawer(COMMAND, REGISTER, "anna", "SALE") == answer
            assert [one.outcome for one in shop.openings()] == journal
    assert sum(isinstance(event, DrawerPulsed) for event in events) == pulses
