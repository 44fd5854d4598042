"""The bare stream of a catalogue: encoded once, sent to whoever asks, waiting for nobody. mTLS as at the gateway.

Reads one JSON line: `keys` (the gateway's folder of keys), `articles`, `per_message`. Says how much CPU the encoding took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import grpc.aio

from branchgate.sync.service import Context, sync_handler
from branchgate.sync.serving import ServerStream
from branchgate.sync.source import Entry
from branchgate.v1 import sync_pb2
from branchgate.wire.options import LAN, server_options
from branchgate.wire.tls import server_credentials
from scripts.benchmark.assortments import articles
from scripts.benchmark.echo import certificate_of


def encoded(entries: Sequence[Entry], per_message: int) -> list[bytes]:
    """The catalogue as responses, and the sign that it is complete."""
    pages = []
    for start in range(0, len(entries), per_message):
        chunk = entries[start : start + per_message]
        puts = [sync_pb2.SyncPut(type=one.entry_type, key=one.key, value=one.value) for one in chunk]  # type: ignore[arg-type]
        pages.append(sync_pb2.SyncResponse(batch=sync_pb2.SyncBatch(put=puts)).SerializeToString())
    end = sync_pb2.SyncResponse(snapshot_end=sync_pb2.SyncSnapshotEnd(entries=len(entries)))
    return [*pages, end.SerializeToString()]


async def serve(order: dict[str, Any]) -> None:
    """Serves until the input ends."""
    entries = list(articles(order["articles"]))
    began = time.process_time()
    pages = encoded(entries, order["per_message"])
    encoding_s = time.process_time() - began

    async def send(stream: ServerStream, _context: Context) -> None:
        await stream.read()
        for page in pages:
            await stream.write(page)

    server = grpc.aio.server(options=server_options(LAN))
    server.add_generic_rpc_handlers((sync_handler(send),))
    certificate = certificate_of(Path(order["keys"]))
    credentials = server_credentials(lambda: certificate, require_client_certificate=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    print(json.dumps({"port": port, "encoding_s": encoding_s}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(None)


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
