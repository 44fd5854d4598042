"""The guard over all four arities and both handler styles: errors, cancellation, expiry."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio
import pytest
import structlog.testing

from branchgate.errors import BranchgateError, OutcomeUnknown, Refused, RefusedKind, TryAgain
from branchgate.errors.status import error_from
from branchgate.v1 import error_pb2
from branchgate.wire import guard
from branchgate.wire.callers import Caller, CallerKind, caller
from branchgate.wire.guard import Admit, admit_all
from branchgate.wire.options import LAN
from branchgate.wire.tls import open_channel
from tests.branchgate.wire.servers import serving
from tests.rigs.chains import DAY_MS, CentralChain
from tests.rigs.clock import TurnedClock

Handler = Any


@pytest.fixture(autouse=True)
def open_to_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "allowed_callers", lambda _method: frozenset({CallerKind.REGISTER}))


class Served(grpc.GenericRpcHandler):
    def __init__(self, **handlers: Handler) -> None:
        self._handlers = {f"/test/{name}": handler for name, handler in handlers.items()}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        return self._handlers.get(handler_call_details.method)


@contextlib.asynccontextmanager
async def register_channel(
    *, clock: TurnedClock | None = None, admit: Admit = admit_all, **handlers: Any
) -> AsyncIterator[Any]:
    clock = clock or TurnedClock()
    central = CentralChain(clock.now_ms())
    branch = central.branch("mitte")
    async with (
        serving(
            lambda server: server.add_generic_rpc_handlers((Served(**handlers),)),
            branch.server,
            require_client_certificate=True,
            clock=clock,
            admit=admit,
        ) as address,
        open_channel(
            address,
            LAN,
            root_pem=central.root_pem,
            server_name=branch.name.dns,
            certificate=branch.register("kasse-1"),
        ) as channel,
    ):
        yield channel


async def requests() -> AsyncIterator[bytes]:
    yield b"a"
    yield b"b"


async def answer(request: Any, _context: Any) -> bytes:
    return b"<" + (request if isinstance(request, bytes) else b"".join([part async for part in request])) + b">"


async def answers(request: Any, context: Any) -> AsyncIterator[bytes]:
    yield await answer(request, context)
    yield b"end"


async def write_answers(request: Any, context: Any) -> None:
    await context.write(await answer(request, context))
    await context.write(b"end")


@pytest.mark.parametrize("many", [answers, write_answers])
async def test_all_four_arities_pass_in_both_styles(many: Any) -> None:
    async with register_channel(
        uu=grpc.unary_unary_rpc_method_handler(answer),
        su=grpc.stream_unary_rpc_method_handler(answer),
        us=grpc.unary_stream_rpc_method_handler(many),
        ss=grpc.stream_stream_rpc_method_handler(many),
    ) as channel:
        assert await channel.unary_unary("/test/uu")(b"x") == b"<x>"
        assert await channel.stream_unary("/test/su")(requests()) == b"<ab>"
        assert [part async for part in channel.unary_stream("/test/us")(b"x")] == [b"<x>", b"end"]
        assert [part async for part in channel.stream_stream("/test/ss")(requests())] == [b"<ab>", b"end"]


async def failure_of(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in call:
            pass
    return caught.value


@pytest.mark.parametrize("style", ["generator", "write"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("R", field="f", value="v", rule="r", kind=RefusedKind.NOT_FOUND), grpc.StatusCode.NOT_FOUND),
        (TryAgain("T", retry_after_ms=5), grpc.StatusCode.UNAVAILABLE),
        (OutcomeUnknown("U"), grpc.StatusCode.UNKNOWN),
    ],
)
async def test_an_error_of_ours_arrives_as_the_same_error(
    style: str, error: BranchgateError, status: grpc.StatusCode
) -> None:
    async def generator(_request: Any, _context: Any) -> AsyncIterator[bytes]:
        yield b"first"
        raise error

    async def write(_request: Any, context: Any) -> None:
        await context.write(b"first")
        raise error

    handler: Any = generator if style == "generator" else write
    async with register_channel(fails=grpc.unary_stream_rpc_method_handler(handler)) as channel:
        failure = await failure_of(channel.unary_stream("/test/fails")(b""))
    arrived = error_from(failure)
    assert failure.code() is status
    assert (type(arrived), arrived.reason, arrived.field, arrived.retry_after_ms) == (
        type(error),
        error.reason,
        error.field,
        error.retry_after_ms,
    )


async def test_an_unexpected_exception_is_logged_and_told_without_its_text() -> None:
    async def broken(_request: Any, _context: Any) -> bytes:
        raise LookupError("secret 4711")

    with structlog.testing.capture_logs() as logs:
        async with register_channel(broken=grpc.unary_unary_rpc_method_handler(broken)) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await channel.unary_unary("/test/broken")(b"")
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    arrived = error_from(caught.value)
    assert (type(arrived), arrived.reason, arrived.rule) == (OutcomeUnknown, "INTERNAL", "LookupError")
    assert "4711" not in str(caught.value)
    assert [(entry["event"], entry["method"], entry["caller"]) for entry in logs] == [
        ("rpc_failed", "/test/broken", "register kasse-1 of mitte")
    ]


@pytest.mark.parametrize("style", ["generator", "write"])
async def test_cancellation_reaches_the_handler_and_is_no_error(style: str) -> None:
    cleaned_up = asyncio.Event()

    async def generator(_request: Any, _context: Any) -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await asyncio.Event().wait()
        finally:
            cleaned_up.set()

    async def write(_request: Any, context: Any) -> None:
        try:
            await context.write(b"first")
            await asyncio.Event().wait()
        finally:
            cleaned_up.set()

    handler: Any = generator if style == "generator" else write
    with structlog.testing.capture_logs() as logs:
        async with register_channel(waits=grpc.unary_stream_rpc_method_handler(handler)) as channel:
            call = channel.unary_stream("/test/waits")(b"")
            assert await call.read() == b"first"
            call.cancel()
            await asyncio.wait_for(cleaned_up.wait(), 5)
    assert logs == []


async def test_a_handler_knows_its_caller() -> None:
    seen: list[Caller] = []

    async def look(_request: Any, context: Any) -> bytes:
        seen.append(caller(context))
        return b""

    async with register_channel(look=grpc.unary_unary_rpc_method_handler(look)) as channel:
        await channel.unary_unary("/test/look")(b"")
    (who,) = seen
    assert (who.kind, who.central_id, who.branch_id, who.register_id) == (
        CallerKind.REGISTER,
        "zentrale",
        "mitte",
        "kasse-1",
    )
    assert len(who.key_sha256) == 32


async def test_a_certificate_that_expires_on_an_open_connection_is_refused_at_the_next_call() -> None:
    clock = TurnedClock()
    async with register_channel(clock=clock, uu=grpc.unary_unary_rpc_method_handler(answer)) as channel:
        assert await channel.unary_unary("/test/uu")(b"x") == b"<x>"
        clock.advance(91 * DAY_MS)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/test/uu")(b"x")
    assert error_from(caught.value).reason == "CERTIFICATE_EXPIRED"
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_caller_that_is_no_longer_admitted_is_refused_on_the_open_connection() -> None:
    revoked: set[str] = set()

    def admit(who: Caller) -> None:
        if who.register_id in revoked:
            raise Refused("REGISTER_NOT_PAIRED", kind=RefusedKind.NOT_ALLOWED)

    async with register_channel(admit=admit, uu=grpc.unary_unary_rpc_method_handler(answer)) as channel:
        assert await channel.unary_unary("/test/uu")(b"x") == b"<x>"
        revoked.add("kasse-1")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/test/uu")(b"x")
    assert error_from(caught.value).reason == "REGISTER_NOT_PAIRED"


async def test_a_method_nobody_serves_is_unimplemented() -> None:
    async with register_channel() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/test/nothing")(b"")
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def stream_answer(messages: AsyncIterator[Any], _context: Any) -> AsyncIterator[bytes]:
    async for message in messages:
        yield message.SerializeToString()


async def single_stream_answer(message: Any, _context: Any) -> AsyncIterator[bytes]:
    yield message.SerializeToString()


async def single_answer(message: Any, _context: Any) -> bytes:
    return bytes(message.SerializeToString())


async def last_answer(messages: AsyncIterator[Any], _context: Any) -> bytes:
    return bytes([message.SerializeToString() async for message in messages][-1])


@pytest.mark.parametrize("arity", ["uu", "us", "su", "ss"])
async def test_a_message_that_cannot_be_read_is_refused_and_no_fault_of_the_server(
    arity: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Garbage gave INTERNAL in a stream and UNKNOWN in a single request, each with a traceback in the log."""
    garbage = b"\xff\xff no message"
    read = error_pb2.ErrorDetail.FromString
    served: dict[str, Any] = {
        "uu": grpc.unary_unary_rpc_method_handler(single_answer, read),
        "us": grpc.unary_stream_rpc_method_handler(single_stream_answer, read),
        "su": grpc.stream_unary_rpc_method_handler(last_answer, read),
        "ss": grpc.stream_stream_rpc_method_handler(stream_answer, read),
    }
    good = error_pb2.ErrorDetail(reason="GOOD").SerializeToString()

    async def asked(channel: Any, message: bytes) -> bytes:
        calls = {"uu": channel.unary_unary, "us": channel.unary_stream}
        calls |= {"su": channel.stream_unary, "ss": channel.stream_stream}
        call = calls[arity](f"/test/{arity}")(message if arity[0] == "u" else iter([good, message]))
        return bytes(await call) if arity[1] == "u" else [part async for part in call][-1]

    with structlog.testing.capture_logs() as logs:
        async with register_channel(**served) as channel:
            assert await asked(channel, good) == good
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await asked(channel, garbage)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    arrived = error_from(caught.value)
    assert (arrived.reason, arrived.value) == ("MESSAGE_UNREADABLE", f"{len(garbage)} bytes")
    assert logs == []
    assert caplog.records == []
