"""`branchgate gateway archive …` and `branchgate check archive`: what people type, with the child that does the work."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from branchgate.archive.manifest import manifests
from branchgate.clock import SystemClock
from branchgate.errors import Refused, TryAgain
from branchgate.errors.status import error_from
from branchgate.v1 import archive_pb2, archive_pb2_grpc
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from gateway.archive.desk import ArchiveDesk
from gateway.archive.order import Archived, ArchiveOrder, Step
from gateway.rpc.archive import ArchiveServicer
from tests.gateway.archive.archived_shop import DECEMBER_MS, Weeks, made_weeks
from tests.rigs.clock import TurnedClock


def branchgate(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "branchgate", *command], capture_output=True, text=True, timeout=120, check=False
    )


def left_behind(folder: Path) -> list[Path]:
    return list(folder.glob("branchgate-archive-*"))


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    return asyncio.run(made_weeks(tmp_path_factory.mktemp("weeks")))


def desk_of(folder: Path) -> ArchiveDesk:
    return ArchiveDesk(folder, "mitte", TurnedClock(DECEMBER_MS), lambda: None)


@pytest.fixture
async def stub(weeks: Weeks, tmp_path: Path) -> AsyncIterator[Any]:
    server = make_server(Guard(SystemClock()))
    desk = desk_of(weeks.copied(tmp_path / "branch"))
    archive_pb2_grpc.add_ArchiveServiceServicer_to_server(ArchiveServicer(desk), server)
    listen_for_operator(server, tmp_path / "s")
    await server.start()
    async with operator_channel(tmp_path / "s") as channel:
        yield archive_pb2_grpc.ArchiveServiceStub(channel)
    await server.stop(None)


async def test_months_are_written_over_the_operators_socket_and_answer_at_the_command_line(
    stub: Any, weeks: Weeks, tmp_path: Path
) -> None:
    target = tmp_path / "kept elsewhere"
    request = archive_pb2.ArchiveMonthsRequest(until="2026-11", folder=str(target))
    steps = [step async for step in stub.ArchiveMonths(request)]
    done = [step.archived for step in steps if step.HasField("archived")]
    assert [month.month for month in done] == ["2026-10", "2026-11"]
    assert [month.chain_hash.hex() for month in done] == [manifest.last_hash for _, manifest in manifests(target)]
    checked = await asyncio.to_thread(branchgate, "check", "archive", str(target))
    assert (checked.returncode, "heil" in checked.stdout) == (0, True), checked.stdout + checked.stderr
    newest = await asyncio.to_thread(branchgate, "gateway", "archive", "closings", str(target), "--limit", "1")
    assert "KOPIE" in newest.stdout, newest.stderr
    year = await asyncio.to_thread(branchgate, "gateway", "archive", "year", str(target), "2026", "--json")
    assert json.loads(year.stdout.splitlines()[0])["closings"] == len(weeks.past)
    days = ("--from", "2026-10-20", "--to", "2026-10-22", "--output", str(tmp_path / "days.zip"), "--json")
    exported = await asyncio.to_thread(branchgate, "gateway", "archive", "dsfinvk", str(target), *days)
    assert exported.returncode == 0, exported.stderr
    assert json.loads(exported.stdout)["closings"] == 4
    assert left_behind(tmp_path) == []


async def test_a_damaged_archive_ends_the_check_with_1_and_names_the_file(stub: Any, tmp_path: Path) -> None:
    target = tmp_path / "archive"
    async for _ in stub.ArchiveMonths(archive_pb2.ArchiveMonthsRequest(month="2026-10", folder=str(target))):
        pass
    (target / "2026-10" / "lines.parquet").write_bytes(b"PAR1")
    checked = await asyncio.to_thread(branchgate, "check", "archive", str(target))
    assert checked.returncode == 1
    assert "2026-10/lines.parquet" in checked.stdout
    (target / "2026-10" / "journal-000001.parquet").write_bytes(b"PAR1")
    asked = await asyncio.to_thread(branchgate, "gateway", "archive", "closings", str(target))
    assert asked.returncode != 0
    assert "journal-000001.parquet" in asked.stderr


async def test_what_the_child_refuses_arrives_with_its_reason(stub: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as told:
        async for _ in stub.ArchiveMonths(archive_pb2.ArchiveMonthsRequest(until="2026-09")):
            pass
    refused = error_from(told.value)
    assert isinstance(refused, Refused)
    assert refused.reason == "ARCHIVE_NOTHING_CLOSED"


async def test_one_at_a_time_and_whoever_stops_listening_ends_it(weeks: Weeks, tmp_path: Path) -> None:
    desk = desk_of(weeks.copied(tmp_path))
    steps = desk.archive(ArchiveOrder(until="2026-11"))
    await anext(steps)
    with pytest.raises(TryAgain, match="ARCHIVE_BUSY"):
        await anext(desk.archive(ArchiveOrder(until="2026-11")))
    await steps.aclose()
    again: list[Step] = [step async for step in desk.archive(ArchiveOrder(until="2026-11"))]
    assert isinstance(again[-1], Archived)
    assert [manifest.month for _, manifest in manifests(tmp_path / "archive")] == ["2026-10", "2026-11"]


async def test_a_folder_that_cannot_be_written_is_told(weeks: Weeks, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    desk = desk_of(weeks.copied(tmp_path / "branch"))
    with pytest.raises(Refused, match="ARCHIVE_NOT_WRITABLE"):
        async for _ in desk.archive(ArchiveOrder(until="2026-11", to=str(tmp_path / "file" / "below"))):
            pass
