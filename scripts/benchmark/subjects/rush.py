"""Fifty sales a second while everything else goes on too: the sales store is rebuilt, days are reckoned up, registers sync."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import grpc.aio

from branchgate.v1 import report_pb2, report_pb2_grpc
from gateway.branch.stores import SALES_FILE
from scripts.benchmark import processes
from scripts.benchmark.assortments import articles, settings
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, median_of
from scripts.benchmark.subjects.loads import REGISTERS, order_for
from tests.rigs.branch import BRANCH_ID, Branch
from tests.rigs.receipts import ARTICLES, article

EVERY_MS = 400
"""Of each of twenty registers: fifty sales a second."""

READING = 5
"""Registers that load the catalogue again and again meanwhile."""

RETRY_S = 0.5
LOOK_S = 0.05
MIB = 1024 * 1024

POLICY = (
    "50 sales/s over 20 registers, open loop; meanwhile the sales store is rebuilt from a long journal, X reports of the branch follow"
    " each other until the day is closed (Z of all registers) once the rebuild has caught up, DuckDB checkpoints by itself (64 MB of log),"
    " and 5 more registers load 20,000 articles again and again; load generators and gateway share the machine's cores"
)


async def measure(bench: Bench) -> list[Figure]:
    """Quiet and busy in turn, on one journal."""
    backlog, messages = bench.amount(5_000, 200), bench.amount(25, 10)
    sold = {number: article(number).encode() for number in range(ARTICLES)}
    with bench.folder() as folder, Branch(folder, registers=REGISTERS + READING) as branch:
        known = [entry._replace(key=f"A{n:06d}", value=sold[n]) for n, entry in enumerate(articles(ARTICLES))]
        await branch.stock([*known, *articles(bench.amount(20_000, 2_000)), settings(BRANCH_ID)])
        ready = await asyncio.to_thread(branch.start)
        await processes.run("load", order_for(branch, messages=backlog // 32, batch=32, in_flight=4))
        rounds = []
        for _ in range(bench.rounds):
            await processes.quiet(ready.pid)
            quiet = await processes.run("load", order_for(branch, messages=messages, every_ms=EVERY_MS))
            await asyncio.to_thread(branch.stop)
            branch.data.joinpath(SALES_FILE).unlink()
            ready = await asyncio.to_thread(branch.start)
            async with _everything_else(branch) as done:
                busy = await processes.run("load", order_for(branch, messages=messages, every_ms=EVERY_MS))
            rounds.append(
                {
                    "quiet p99 ms": quiet["p99_ms"],
                    "busy p99 ms": busy["p99_ms"],
                    "quiet p50 ms": quiet["p50_ms"],
                    "busy p50 ms": busy["p50_ms"],
                    "X reports meanwhile": done["reports"],
                    "catalogue loads meanwhile": done["loads"],
                    "Z meanwhile": done["closings"],
                    "checkpoints meanwhile": done["checkpoints"],
                }
            )
    details = {name: median_of(rounds, name) for name in rounds[0]}
    ratio = details["busy p99 ms"] / details["quiet p99 ms"]
    return [Figure("acknowledgement p99 while everything goes on / quiet p99", ratio, "×", Goal(8), POLICY, details)]


@asynccontextmanager
async def _everything_else(branch: Branch) -> AsyncIterator[Counter[str]]:
    """Yields the count of what was finished, so that a busy phase in which nothing else happened is seen."""
    done: Counter[str] = Counter()
    tasks = [asyncio.create_task(work(branch, done)) for work in (_sync, _report, _close, _watch)]
    try:
        yield done
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _sync(branch: Branch, done: Counter[str]) -> None:
    while True:
        await processes.run("pull", order_for(branch, registers=READING, first=REGISTERS, messages=0))
        done["loads"] += READING


async def _report(branch: Branch, done: Counter[str]) -> None:
    channel = branch.registers[0].open_channel()
    stub = report_pb2_grpc.ReportServiceStub(channel)
    try:
        while True:
            await stub.GetXReport(report_pb2.GetXReportRequest())
            done["reports"] += 1
    except grpc.aio.AioRpcError as failure:
        # Told to try again while the rebuild is far behind: then there is no report to ask for in this round.
        if failure.code() is not grpc.StatusCode.UNAVAILABLE:
            raise
    finally:
        await channel.close()


async def _close(branch: Branch, done: Counter[str]) -> None:
    """The day is closed, by one register for all of them, as soon as the sales store can tell the figures."""
    channel = branch.registers[0].open_channel()
    stub = report_pb2_grpc.ReportServiceStub(channel)
    request = report_pb2.CloseDayRequest(request_id=uuid.uuid4().bytes, user_id="anna")
    try:
        while not done["closings"]:
            try:
                async for step in stub.CloseDay(request):
                    done["closings"] += step.HasField("done")
            except grpc.aio.AioRpcError as failure:
                if failure.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                await asyncio.sleep(RETRY_S)
    finally:
        await channel.close()


async def _watch(branch: Branch, done: Counter[str]) -> None:
    """Counts checkpoints of DuckDB: its log, grown large, is suddenly short."""
    log = branch.data / f"{SALES_FILE}.wal"
    largest = 0
    while True:
        await asyncio.sleep(LOOK_S)
        size = log.stat().st_size if log.exists() else 0
        if largest > size + MIB:
            done["checkpoints"] += 1
            largest = 0
        largest = max(largest, size)
