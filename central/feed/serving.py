"""The feeds as they are served: one server per branch, woken by every change at central."""

from __future__ import annotations

import structlog

from branchgate.clock import Clock
from branchgate.sync.server import Rejection
from branchgate.sync.serving import FeedServer, ServerStream
from central.feed.reading import BranchFeed
from central.store import Database

_log = structlog.get_logger(__name__)


class FeedServers:
    """Serves every branch its feed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._servers: dict[str, FeedServer] = {}
        self._closing = False

    async def serve(self, branch_id: str, stream: ServerStream) -> None:
        """Serves one stream until either end closes. Raises Refused when the reader breaks the protocol."""

        def rejected(rejection: Rejection) -> None:
            _log.warning(
                "entry_rejected",
                branch=branch_id,
                type=rejection.entry_type,
                key=rejection.key,
                reason=rejection.reason,
                text=rejection.text,
            )

        await self._server(branch_id).serve(stream, rejected)

    def changed(self) -> None:
        """Something changed at central; each branch that listens looks whether it concerns it."""
        for server in self._servers.values():
            server.changed()

    def close(self) -> None:
        """Ends all streams, now and from now on."""
        self._closing = True
        for server in self._servers.values():
            server.close()

    def _server(self, branch_id: str) -> FeedServer:
        server = self._servers.get(branch_id)
        if server is None:
            feed = BranchFeed(self._database, branch_id)
            server = self._servers[branch_id] = FeedServer(feed, self._database.on_reader, self._clock)
            if self._closing:
                server.close()
        return server
