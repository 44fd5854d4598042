"""The status page when things are short or broken: the disk is full, the sales store is in memory or dies. It is read most then."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.errors import TryAgain
from branchgate.errors.texts import sentence_for
from branchgate.events import EventKind
from branchgate.receipts.codec import encode_receipt
from branchgate.sync import FollowState
from gateway.branch.stores import SALES_FILE, Stores, open_stores
from gateway.config import GatewaySettings
from gateway.devices import Devices
from gateway.equipment import DeviceKind, DeviceState
from gateway.journal import NewEntry
from gateway.printing.desk import PrintDesk
from gateway.printing.documents import Documents
from gateway.printing.ledger import StoredLedger
from gateway.sales.database import temporary_of
from gateway.sales.tables import LOADED
from gateway.status import GatewayStatus, StatusDesk, Surroundings
from gateway.store import reserve
from tests.gateway.branch import event_id, receipt
from tests.rigs.branch import Branch


@asynccontextmanager
async def opened(
    folder: Path, *, reserve_bytes: int = 8192, board: tuple[DeviceState, ...] = ()
) -> AsyncIterator[tuple[StatusDesk, Stores]]:
    clock = SystemClock()
    async with open_stores(folder, GatewaySettings(reserve_bytes=reserve_bytes), "mitte", clock) as stores:
        documents = Documents(stores.reader, clock)
        devices = Devices((), lambda name: StoredLedger(name, stores.jobs, documents), clock)
        surroundings = Surroundings(
            central_connected=lambda: True,
            central_sequence=lambda: 0,
            catalogue=FollowState,
            open_streams=frozenset,
            short_of_room=stores.reserve.short_of,
            devices=lambda: board,
        )
        printing = PrintDesk(stores.jobs, documents, devices)
        desk = StatusDesk(
            "mitte",
            stores.journal,
            stores.reading,
            stores.registers,
            stores.replica,
            stores.sales,
            printing,
            surroundings,
        )
        yield desk, stores


def warned(page: GatewayStatus, reason: str) -> bool:
    """In both languages, whatever value is named."""
    beginnings = [sentence_for(reason, language, value="\0").partition("\0")[0] for language in ("de", "en")]
    return any(all(map(str.startswith, warning, beginnings)) for warning in page.warnings)


async def test_what_is_wrong_with_a_device_is_told_and_what_is_merely_plugged_in_is_not(tmp_path: Path) -> None:
    left_open = DeviceState("theke", DeviceKind.DRAWER, "tcp://h", drawer_open=True, reason="DRAWER_OPEN_TOO_LONG")
    fine = DeviceState("theke", DeviceKind.PRINTER, "tcp://h", online=True)
    stick = DeviceState("04b8:0e28@1-1", DeviceKind.UNKNOWN, "usb://04b8:0e28", reason="DEVICE_NOT_CONFIGURED")
    async with opened(tmp_path, board=(left_open, fine, stick)) as (desk, _stores):
        told = [
            german for german, _english in (await desk.page()).warnings if "Kassenlade" in german or "04b8" in german
        ]
        assert [german.partition(" steht")[0] for german in told] == ["Die Kassenlade an „theke“"]


async def test_a_branch_with_room_is_not_warned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve, "SHORT_BYTES", 4096)
    async with opened(tmp_path) as (desk, stores):
        await stores.sales.start()
        page = await desk.page()
        assert not warned(page, "WARN_DISK_FULL")
        assert not warned(page, "WARN_SALES_STORE_NOT_READY")
        assert not warned(page, "WARN_SALES_STORE_IN_MEMORY")


async def test_a_reserve_that_cannot_be_held_is_on_the_page(tmp_path: Path) -> None:
    """Sales were refused with DISK_FULL and the page said nothing."""
    async with opened(tmp_path, reserve_bytes=shutil.disk_usage(tmp_path).total) as (desk, _):
        assert warned(await desk.page(), "WARN_DISK_FULL")


def test_a_gateway_starts_on_a_full_disk_and_says_so(tmp_path: Path) -> None:
    """It ended with DISK_FULL before it was ready, so that after a restart nobody could close the day."""
    too_much = str(shutil.disk_usage(tmp_path).total)
    with Branch(tmp_path, environment={"BRANCHGATE_GATEWAY_RESERVE_BYTES": too_much}) as branch:
        branch.start()
        command = [sys.executable, "-m", "branchgate", "gateway", "status", "--json", "--data", str(branch.data)]
        status = json.loads(subprocess.run(command, capture_output=True, timeout=60, check=True).stdout)
    assert any("Platz schaffen" in warning for warning in status["warnings_de"])
    assert any("Make room" in warning for warning in status["warnings_en"])


async def test_a_disk_that_is_nearly_full_is_on_the_page_while_the_reserve_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (desk, stores):
        assert stores.reserve.hold()
        monkeypatch.setattr(reserve, "SHORT_BYTES", shutil.disk_usage(tmp_path).total)
        assert warned(await desk.page(), "WARN_DISK_FULL")


async def test_a_sales_store_in_memory_is_on_the_page(tmp_path: Path) -> None:
    batches = temporary_of(tmp_path / SALES_FILE)
    batches.mkdir()
    for table in LOADED:
        for turn in (0, 1):
            (batches / f"{table.name}.{turn}.csv").symlink_to("/dev/full")
    async with opened(tmp_path) as (desk, stores):
        await stores.journal.append(NewEntry(event_id(1), "k1", 1, EventKind.RECEIPT, encode_receipt(receipt())))
        await stores.sales.start()
        async with asyncio.timeout(30):
            while not await _is_filled(stores):  # noqa: ASYNC110 - a store that starts again tells nobody
                await asyncio.sleep(0.02)
        page = await desk.page()
        assert page.sales_sequence == 1
        assert warned(page, "WARN_SALES_STORE_IN_MEMORY")


async def test_a_sales_store_that_dies_while_it_is_asked_is_a_warning_and_no_error(tmp_path: Path) -> None:
    """`status` failed with TRY_AGAIN."""
    async with opened(tmp_path) as (desk, stores):
        await stores.sales.start()
        assert stores.sales.child_id is not None
        os.kill(stores.sales.child_id, signal.SIGSTOP)
        asking = asyncio.create_task(desk.page())
        await asyncio.sleep(0)
        os.kill(stores.sales.child_id, signal.SIGKILL)
        page = await asking
        assert page.sales_sequence == 0
        assert warned(page, "WARN_SALES_STORE_NOT_READY")


async def _is_filled(stores: Stores) -> bool:
    try:
        return (await stores.sales.figures(None, 1)).covered.through == 1
    except TryAgain:
        return False
