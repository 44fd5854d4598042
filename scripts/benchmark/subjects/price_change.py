"""One price changes: what a register that follows the branch is sent for it."""

from __future__ import annotations

from dataclasses import replace

from branchgate.catalogue import Article
from branchgate.clock import SystemClock
from branchgate.sync.client import SyncClient
from branchgate.sync.pages import make_page
from branchgate.sync.server import SyncServer
from branchgate.sync.timing import Instant
from branchgate.v1 import sync_pb2
from gateway.catalogue.replica import Replica
from scripts.benchmark.assortments import articles
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal

POLICY = "bytes of all messages to a register that was up to date, before TLS and HTTP/2 framing"


async def measure(bench: Bench) -> list[Figure]:
    """The gateway's replica on one end, a register's copy on the other, messages passed by hand."""
    first, *others = articles(bench.amount(1_000, 100))
    old = Article.decode(first.value)
    with bench.folder() as folder:
        ours = await Replica.open(folder / "gateway.db", SystemClock())
        theirs = await Replica.open(folder / "register.db", SystemClock())
        try:
            for entry in (first, *others):
                ours.sink.put(*entry)
            ours.sink.commit(b"before")
            reader = SyncClient(theirs.sink)
            server = SyncServer(ours.feed.filter_hash, lambda _rejection: None)
            server.received(reader.open())
            _exchange(server, reader, ours)
            changed = replace(old, unit_price=old.unit_price + 10_000).encode()
            ours.sink.put(first.entry_type, first.key, changed)
            ours.sink.commit(b"after")
            server.changed()
            sent = _exchange(server, reader, ours)
        finally:
            await ours.close()
            await theirs.close()
    details = {"bytes sent": float(sent), "bytes of the article": float(len(changed))}
    return [
        Figure(
            "one price change: bytes to a register / bytes of the article",
            sent / len(changed),
            "×",
            Goal(2),
            POLICY,
            details,
        )
    ]


def _exchange(server: SyncServer, reader: SyncClient, source: Replica) -> int:
    """Passes messages until there is nothing more to say; returns the bytes that went to the register."""
    sent = 0
    while (wanted := server.next_read()) is not None:
        for payload in server.page(make_page(source.feed, wanted), Instant(0, 0)):
            sent += len(payload)
            for answer in reader.received(sync_pb2.SyncResponse.FromString(payload)):
                server.received(answer)
    return sent
