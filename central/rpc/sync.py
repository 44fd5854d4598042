"""SyncService for gateways: the session code is the one that gateways use towards registers."""

from __future__ import annotations

import grpc

from branchgate.sync.service import Context, sync_handler
from branchgate.sync.serving import ServerStream
from branchgate.wire.callers import caller
from central.feed.serving import FeedServers


def sync_service(feeds: FeedServers) -> grpc.GenericRpcHandler:
    """The handler to add to the server; the branch is the one in the certificate."""

    async def serve(stream: ServerStream, context: Context) -> None:
        await feeds.serve(caller(context).branch_id, stream)

    return sync_handler(serve)
