"""SyncService for the registers of the branch: serves the replica."""

from __future__ import annotations

import grpc
import structlog

from branchgate.sync.server import Rejection
from branchgate.sync.service import Context, sync_handler
from branchgate.sync.serving import FeedServer, ServerStream
from branchgate.wire.callers import caller

_log = structlog.get_logger(__name__)


def sync_service(feed: FeedServer) -> grpc.GenericRpcHandler:
    """The service, to be added to a server with `add_generic_rpc_handlers`."""

    async def serve(stream: ServerStream, context: Context) -> None:
        register = caller(context).register_id

        def rejected(rejection: Rejection) -> None:
            _log.warning(
                "catalogue_entry_rejected",
                register=register,
                type=rejection.entry_type,
                key=rejection.key,
                reason=rejection.reason,
                text=rejection.text,
            )

        await feed.serve(stream, rejected)

    return sync_handler(serve)
