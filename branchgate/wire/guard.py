"""The interceptor of every server: nobody comes in without a rule, and every error goes out as a status with a reason.

`intercept_service` sees no peer, so the handler is wrapped and the caller is read inside. The wrapper keeps the handler's arity and its
style, response generator or `context.write()`, because gRPC dispatches by both.

A single request is read in the wrapper too: what gRPC's own reading raises, before any handler runs, goes out as UNKNOWN without a
reason and into the log with a traceback. Messages of a stream are read inside the handler and only need the right error.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NoReturn

import grpc
import grpc.aio
import structlog
from google.protobuf.message import DecodeError

from branchgate.clock import Clock
from branchgate.errors import BranchgateError, OutcomeUnknown, Refused, RefusedKind
from branchgate.errors.status import METADATA_KEY, abort, detail_of
from branchgate.wire.callers import Caller, CallerKind, Context, caller
from branchgate.wire.rules import allowed_callers

Admit = Callable[[Caller], None]

_log = structlog.get_logger(__name__)

_MAKE_HANDLER: dict[tuple[bool, bool], Callable[..., grpc.RpcMethodHandler[Any, Any]]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def admit_all(_caller: Caller) -> None:
    """Asks for nothing beyond the contract's rule and a certificate that has not expired."""


class Guard(grpc.aio.ServerInterceptor):
    """Checks every RPC before its handler runs and turns what the handler raises into a status.

    `admit` may raise Refused for a caller that the contract allows, for example a register that was replaced. It runs per RPC, because an
    open connection outlives the certificate and the pairing it was made with.
    """

    def __init__(self, clock: Clock, *, admit: Admit = admit_all) -> None:
        self._clock = clock
        self._admit = admit

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Wraps the handler of one RPC; a method that nobody serves stays unserved."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        inner = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
        make = _MAKE_HANDLER[handler.request_streaming, handler.response_streaming]
        method, read = handler_call_details.method, _refusing(handler.request_deserializer, handler_call_details.method)
        if handler.request_streaming:
            return make(self._guarded(inner, method, _as_it_is), read, handler.response_serializer)
        return make(self._guarded(inner, method, read), None, handler.response_serializer)

    def _guarded(self, inner: Any, method: str, read: Callable[[Any], Any]) -> Callable[..., Any]:
        if inspect.isasyncgenfunction(inner):

            async def responses(request: Any, context: Context) -> AsyncIterator[Any]:
                async with _errors_as_status(method, context):
                    self._check(method, context)
                    async with contextlib.aclosing(inner(read(request), context)) as produced:
                        async for response in produced:
                            yield response

            return responses
        if not inspect.iscoroutinefunction(inner):
            raise TypeError(f"{method} is served by a function that is not async; it could hang the server's stop")

        async def response(request: Any, context: Context) -> Any:
            async with _errors_as_status(method, context):
                self._check(method, context)
                return await inner(read(request), context)

        return response

    def _check(self, method: str, context: Context) -> None:
        who = caller(context)
        allowed = allowed_callers(method)
        if who.kind not in allowed:
            names = ", ".join(sorted(kind.name.lower() for kind in allowed)) or "nobody"
            raise Refused(
                "CALLER_NOT_ALLOWED",
                field="caller",
                value=who.label,
                rule=f"{method} is for {names}",
                kind=RefusedKind.NOT_ALLOWED,
            )
        if who.kind in (CallerKind.REGISTER, CallerKind.GATEWAY) and who.expires_ms <= self._clock.now_ms():
            raise Refused(
                "CERTIFICATE_EXPIRED",
                field="certificate",
                value=who.label,
                rule="certificates are checked at every call",
                kind=RefusedKind.NOT_ALLOWED,
            )
        self._admit(who)


def _refusing(read: Callable[[bytes], Any] | None, method: str) -> Callable[[Any], Any]:
    """A deserializer that refuses what it cannot read; DecodeError would look like a fault of the server's own data."""
    if read is None:
        return _as_it_is

    def refusing(message: bytes) -> Any:
        try:
            return read(message)
        except DecodeError:
            raise Refused(
                "MESSAGE_UNREADABLE", field="message", value=f"{len(message)} bytes", rule=f"the request of {method}"
            ) from None

    return refusing


def _as_it_is(request: Any) -> Any:
    return request


@contextlib.asynccontextmanager
async def _errors_as_status(method: str, context: Context) -> AsyncIterator[None]:
    """Ends the RPC with a status for what is raised inside. Cancellation and the handler's own abort pass through."""
    try:
        yield
    except grpc.aio.AbortError:
        raise
    except BranchgateError as error:
        await abort(context, error)
    except Exception as error:  # noqa: BLE001 - the edge of the process: logged with its traceback and told as INTERNAL
        _log.exception("rpc_failed", method=method, caller=caller(context).label)
        await _abort_internal(method, context, error)


async def _abort_internal(method: str, context: Context, error: Exception) -> NoReturn:
    # Text of an unexpected exception may hold anything, a secret included: the class is enough for a caller, the log has the rest.
    detail = detail_of(OutcomeUnknown("INTERNAL", field="method", value=method, rule=type(error).__name__))
    await context.abort(
        grpc.StatusCode.INTERNAL, "INTERNAL", trailing_metadata=((METADATA_KEY, detail.SerializeToString()),)
    )
