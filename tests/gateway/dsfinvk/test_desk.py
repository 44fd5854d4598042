"""The child and its parent: progress, one at a time, ends when nobody wants it, leaves nothing behind, and cleans up after the dead."""

from __future__ import annotations

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from branchgate.errors import Refused, TryAgain
from gateway.dsfinvk.desk import ExportDesk, Step
from gateway.dsfinvk.order import ExportOrder, Progress, Summary
from gateway.dsfinvk.workplace import FOLDER
from tests.gateway.dsfinvk.everything import till_day
from tests.gateway.dsfinvk.exported import NOW_MS, Shop, export, unpacked
from tests.gateway.sales.written_journal import WrittenJournal
from tests.rigs.clock import TurnedClock

ORDER = ExportOrder("2026-10-01", "2026-10-31")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shop = Shop(WrittenJournal(tmp_path))
    for receipt in till_day():
        shop.sell("kasse-1", receipt)
    shop.close_day("kasse-1")
    shop.journal.close()
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> ExportDesk:
    return ExportDesk(folder, TurnedClock(NOW_MS))


async def taken(steps: AsyncIterator[Step]) -> list[Step]:
    return [step async for step in steps]


async def test_the_child_tells_how_far_it_is_then_what_it_made_then_the_bytes(desk: ExportDesk, folder: Path) -> None:
    steps = await taken(desk.export(ORDER))
    kinds = [type(step).__name__ for step in steps]
    assert kinds == sorted(kinds, key=["Progress", "Summary", "bytes"].index)
    (summary,) = [step for step in steps if isinstance(step, Summary)]
    content = b"".join(step for step in steps if isinstance(step, bytes))
    assert (summary.size_bytes, summary.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (summary.closings, summary.receipts) == (1, len(till_day()))
    assert unpacked(content) == export(folder, "2026-10-01", "2026-10-31").files
    assert not (folder / FOLDER).exists()


async def test_a_refusal_of_the_child_is_the_callers(desk: ExportDesk, folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        await taken(desk.export(ExportOrder("2020-01-01", "2020-01-31")))
    assert (refused.value.reason, refused.value.rule) == ("EXPORT_NOTHING_CLOSED", "-")
    assert not (folder / FOLDER).exists()


async def test_a_second_export_is_told_to_wait(desk: ExportDesk) -> None:
    first = desk.export(ORDER)
    await anext(first)
    with pytest.raises(TryAgain) as busy:
        await taken(desk.export(ORDER))
    assert busy.value.reason == "EXPORT_BUSY"
    await first.aclose()
    assert any(isinstance(step, Summary) for step in await taken(desk.export(ORDER)))


async def test_who_stops_listening_ends_the_child_and_leaves_nothing(
    desk: ExportDesk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child would go on for ever; it must not outlive the one who asked."""
    children = instead_of_the_child(monkeypatch, "exec sleep 600")
    steps = desk.export(ORDER)
    assert await anext(steps) == Progress("read", 1, 9)
    await steps.aclose()
    (child,) = children
    assert child.returncode == -signal.SIGKILL
    assert not (folder / FOLDER).exists()


async def test_a_killed_child_is_told_of(desk: ExportDesk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead_of_the_child(monkeypatch, "kill -KILL $$")
    steps = desk.export(ORDER)
    assert await anext(steps) == Progress("read", 1, 9)
    with pytest.raises(Refused) as refused:
        await anext(steps)
    assert refused.value.reason == "EXPORT_FAILED"
    assert not (folder / FOLDER).exists()


async def test_what_a_killed_gateway_left_is_cleared_by_the_next_export(desk: ExportDesk, folder: Path) -> None:
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "detail.duckdb").write_bytes(b"half")
    assert any(isinstance(step, Summary) for step in await taken(desk.export(ORDER)))
    assert not (folder / FOLDER).exists()


async def test_a_journal_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "branch.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(Refused) as refused:
        await taken(ExportDesk(tmp_path, TurnedClock(NOW_MS)).export(ORDER))
    assert refused.value.reason == "EXPORT_FAILED"


def instead_of_the_child(monkeypatch: pytest.MonkeyPatch, then: str) -> list[asyncio.subprocess.Process]:
    """A child that takes its task, tells of progress and then does something else; the list holds those that were started."""
    spawn = asyncio.create_subprocess_exec
    script = f"""read task; echo '{{"progress": {{"stage": "read", "done": 1, "total": 9}}}}'; {then}"""
    started: list[asyncio.subprocess.Process] = []

    async def other(*_arguments: str, **options: Any) -> asyncio.subprocess.Process:
        started.append(await spawn("/bin/sh", "-c", script, **options))
        return started[-1]

    monkeypatch.setattr("gateway.dsfinvk.desk.asyncio.create_subprocess_exec", other)
    return started
