"""Who may call what, for real: every method of the contract, every kind of caller, over TLS and the owner-only socket."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf.descriptor import MethodDescriptor

from branchgate.clock import SystemClock
from branchgate.errors.status import error_from
from branchgate.wire.callers import CallerKind
from branchgate.wire.guard import Guard
from branchgate.wire.options import LAN
from branchgate.wire.rules import SERVICES_OF_OTHERS, allowed_callers
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from branchgate.wire.tls import open_channel
from tests.branchgate.wire.servers import serving
from tests.rigs.chains import CentralChain

REACHED = b"reached"


def contract_methods() -> dict[str, MethodDescriptor]:
    found = {}
    for file in sorted(files("branchgate.v1").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith("_pb2.py"):
            module: Any = import_module(f"branchgate.v1.{file.name.removesuffix('.py')}")
            for service in module.DESCRIPTOR.services_by_name.values():
                for method in service.methods:
                    found[f"/{service.full_name}/{method.name}"] = method
    return found


METHODS = contract_methods()


class EverythingIsServed(grpc.GenericRpcHandler):
    """Serves every method of the contract and some that are not in it, raw bytes, so that only the guard can refuse."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any]:
        method = METHODS.get(handler_call_details.method)

        async def one(_request: Any, _context: Any) -> bytes:
            return REACHED

        async def many(_request: Any, _context: Any) -> AsyncIterator[bytes]:
            yield REACHED

        match (method is not None and method.client_streaming, method is not None and method.server_streaming):
            case (False, False):
                return grpc.unary_unary_rpc_method_handler(one)
            case (False, True):
                return grpc.unary_stream_rpc_method_handler(many)
            case (True, False):
                return grpc.stream_unary_rpc_method_handler(one)
            case _:
                return grpc.stream_stream_rpc_method_handler(many)


def serve_everything(server: grpc.aio.Server) -> None:
    server.add_generic_rpc_handlers((EverythingIsServed(),))


@contextlib.asynccontextmanager
async def channel_of(kind: CallerKind, folder: Path) -> AsyncIterator[grpc.aio.Channel]:
    central = CentralChain(SystemClock().now_ms())
    branch = central.branch("mitte")
    if kind is CallerKind.OPERATOR:
        server = make_server(Guard(SystemClock()))
        serve_everything(server)
        listen_for_operator(server, folder / "admin.sock")
        await server.start()
        async with operator_channel(folder / "admin.sock") as channel:
            yield channel
        await server.stop(None)
        return
    certificate, served, name = {
        CallerKind.ANYONE: (None, branch.server, branch.name.dns),
        CallerKind.REGISTER: (branch.register("kasse-1"), branch.server, branch.name.dns),
        CallerKind.GATEWAY: (branch.client, central.server, "central.branchgate.internal"),
    }[kind]
    async with (
        serving(serve_everything, served, require_client_certificate=certificate is not None) as address,
        open_channel(address, LAN, root_pem=central.root_pem, server_name=name, certificate=certificate) as channel,
    ):
        yield channel


async def call(channel: grpc.aio.Channel, path: str, method: MethodDescriptor | None) -> bytes:
    async def requests() -> AsyncIterator[bytes]:
        # Nothing: a message sent into a stream that the server has just refused would hide the reason (grpc.aio).
        nothing: tuple[bytes, ...] = ()
        for request in nothing:
            yield request

    streams_in, streams_out = (
        method is not None and method.client_streaming,
        method is not None and method.server_streaming,
    )
    calls: dict[tuple[bool, bool], Callable[..., Any]] = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    ongoing = calls[streams_in, streams_out](path)(requests() if streams_in else b"")
    if not streams_out:
        return bytes(await ongoing)
    return b"".join([part async for part in ongoing])


async def outcome(channel: grpc.aio.Channel, path: str, method: MethodDescriptor | None) -> str:
    try:
        return (await call(channel, path, method)).decode()
    except grpc.aio.AioRpcError as failure:
        error = error_from(failure)
        assert failure.code() is grpc.StatusCode.PERMISSION_DENIED
        return error.reason


def test_every_method_of_the_contract_names_its_callers() -> None:
    assert len(METHODS) > 20
    assert [path for path in METHODS if not allowed_callers(path)] == []


def test_anyone_is_allowed_only_where_the_messages_carry_the_proof() -> None:
    open_to_anyone = {path.split("/")[1] for path in METHODS if CallerKind.ANYONE in allowed_callers(path)}
    assert open_to_anyone == {"branchgate.v1.PairingService", "branchgate.v1.EnrolmentService"}


def test_a_method_of_nobody_is_closed() -> None:
    assert allowed_callers("/branchgate.v1.JournalService/Erase") == frozenset()
    assert allowed_callers("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo") == frozenset()
    assert allowed_callers("") == frozenset()


@pytest.mark.parametrize("kind", list(CallerKind))
async def test_each_kind_of_caller_reaches_exactly_what_the_contract_gives_it(kind: CallerKind, tmp_path: Path) -> None:
    async with channel_of(kind, tmp_path) as channel:
        for path, method in METHODS.items():
            expected = REACHED.decode() if kind in allowed_callers(path) else "CALLER_NOT_ALLOWED"
            assert await outcome(channel, path, method) == expected, path
        for path, kinds in SERVICES_OF_OTHERS.items():
            expected = REACHED.decode() if kind in kinds else "CALLER_NOT_ALLOWED"
            assert await outcome(channel, path, None) == expected, path


@pytest.mark.parametrize("kind", list(CallerKind))
async def test_a_served_method_without_a_rule_is_refused_to_everybody(kind: CallerKind, tmp_path: Path) -> None:
    async with channel_of(kind, tmp_path) as channel:
        assert await outcome(channel, "/somebody.else.Service/Method", None) == "CALLER_NOT_ALLOWED"
