"""SyncService on grpc: responses travel as the bytes that were encoded once, never encoded again per reader."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio

from branchgate.errors import TryAgain
from branchgate.errors.status import error_from
from branchgate.sync.serving import ServerStream
from branchgate.v1 import sync_pb2, sync_pb2_grpc

SERVICE = "branchgate.v1.SyncService"

Context = grpc.aio.ServicerContext[sync_pb2.SyncRequest, bytes]


class _ContextStream:
    """A servicer's context as a stream of encoded responses."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def read(self) -> sync_pb2.SyncRequest | None:
        request: object = await self._context.read()
        return request if isinstance(request, sync_pb2.SyncRequest) else None

    async def write(self, payload: bytes) -> None:
        await self._context.write(payload)


def sync_handler(serve: Callable[[ServerStream, Context], Awaitable[None]]) -> grpc.GenericRpcHandler:
    """The handler to add to a server with `add_generic_rpc_handlers`; `serve` runs one stream."""

    async def sync(_requests: object, context: Context) -> None:
        await serve(_ContextStream(context), context)

    method: grpc.RpcMethodHandler[sync_pb2.SyncRequest, bytes] = grpc.stream_stream_rpc_method_handler(
        sync,
        request_deserializer=sync_pb2.SyncRequest.FromString,
        response_serializer=None,
    )
    return grpc.method_handlers_generic_handler(SERVICE, {"Sync": method})


class SyncStubCall:
    """A call of SyncService.Sync on a channel."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        stub: Any = sync_pb2_grpc.SyncServiceStub(channel)
        self._call: grpc.aio.StreamStreamCall[sync_pb2.SyncRequest, sync_pb2.SyncResponse] = stub.Sync()

    async def read(self) -> sync_pb2.SyncResponse | None:
        """The next message, None at the end. Raises BranchgateError."""
        try:
            response = await self._call.read()
        except grpc.aio.AioRpcError as failure:
            raise error_from(failure) from failure
        except asyncio.CancelledError:
            # A channel closed under the call looks like the cancellation of this task.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise TryAgain("NOT_REACHABLE", rule="the channel was closed") from None
        return response if isinstance(response, sync_pb2.SyncResponse) else None

    async def write(self, request: sync_pb2.SyncRequest) -> None:
        """Sends a message. Raises BranchgateError."""
        try:
            await self._call.write(request)
        except grpc.aio.AioRpcError as failure:
            raise error_from(failure) from failure
        except asyncio.InvalidStateError:
            # The call has ended meanwhile; its status tells why.
            ended = grpc.aio.AioRpcError(
                await self._call.code(),
                await self._call.initial_metadata(),
                await self._call.trailing_metadata(),
                details=await self._call.details(),
            )
            raise error_from(ended) from None

    def cancel(self) -> None:
        """Ends the call."""
        self._call.cancel()
