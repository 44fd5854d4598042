"""Registers that pull the whole catalogue at once, acknowledge what they are sent and store nothing. Order and report are JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from branchgate.sync.server import SCHEMA_VERSION
from branchgate.sync.service import SyncStubCall
from branchgate.v1 import sync_pb2
from scripts.benchmark.load import channel_of


async def pull(order: dict[str, Any]) -> int:
    """One register's full load; returns how many articles came."""
    channel = channel_of(order)
    try:
        call = SyncStubCall(channel)
        await call.write(sync_pb2.SyncRequest(open=sync_pb2.SyncOpen(schema_version=SCHEMA_VERSION)))
        came = 0
        while (response := await call.read()) is not None:
            if response.HasField("batch"):
                came += len(response.batch.put)
                if response.batch.cursor_after:
                    acknowledged = sync_pb2.SyncAcknowledge(cursor=response.batch.cursor_after)
                    await call.write(sync_pb2.SyncRequest(acknowledge=acknowledged))
            elif response.HasField("snapshot_end"):
                call.cancel()
                return came
        raise RuntimeError("the stream ended before the catalogue was complete")
    finally:
        await channel.close()


async def pull_all(order: dict[str, Any]) -> dict[str, float]:
    """All registers at once, so often one after the other."""
    began = time.perf_counter()
    came = 0
    for _ in range(order.get("times", 1)):
        came += sum(await asyncio.gather(*(pull(one) for one in order["registers"])))
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "articles": came, "per_second": came / seconds}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(pull_all(json.load(sys.stdin)))))
