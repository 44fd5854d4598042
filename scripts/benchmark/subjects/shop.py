"""A branch that runs, with the bare echo beside it: what subjects about acknowledgements measure in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from scripts.benchmark import processes
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Failed
from scripts.benchmark.subjects.loads import REGISTERS, order_for
from tests.rigs.branch import Branch

POLICY = "gateway: fsync, then cumulative acknowledgement; echo: an acknowledgement per message, nothing stored; mTLS on both"


@dataclass(frozen=True, slots=True)
class Shop:
    """The branch, and the address of the echo."""

    branch: Branch
    echo: str

    async def gateway(self, **order: Any) -> dict[str, float]:
        """Loads the gateway, then waits until its sales store has nothing left to do."""
        report = await processes.run("load", order_for(self.branch, **order))
        if report["remarks"]:
            raise Failed(f"{report['remarks']} receipts of the bench broke a rule or were refused")
        await self.settle()
        return report

    async def bare(self, **order: Any) -> dict[str, float]:
        """Loads the echo."""
        return await processes.run("load", order_for(self.branch, address=self.echo, **order))

    async def settle(self) -> None:
        """Waits until the gateway and its child are quiet."""
        assert self.branch.ready is not None
        await processes.quiet(self.branch.ready.pid)


@asynccontextmanager
async def open_shop(
    bench: Bench, *, registers: int = REGISTERS, environment: dict[str, str] | None = None
) -> AsyncIterator[Shop]:
    """Starts both; they run until the block ends."""
    with bench.folder() as folder, Branch(folder, registers=registers, environment=environment) as branch:
        await asyncio.to_thread(branch.start)
        async with processes.serving("echo", {"keys": str(branch.data / "keys")}) as echo:
            shop = Shop(branch, f"127.0.0.1:{echo['port']}")
            await shop.settle()
            yield shop
        await asyncio.to_thread(branch.stop)
