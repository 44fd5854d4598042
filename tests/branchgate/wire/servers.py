"""Servers for tests of the wire: started, and stopped without patience."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

import grpc.aio

from branchgate.clock import SystemClock
from branchgate.wire.guard import Admit, Guard, admit_all
from branchgate.wire.sockets import listen, make_server
from branchgate.wire.tls import ServerCertificate, server_credentials
from tests.rigs.clock import TurnedClock

Serve = Callable[[grpc.aio.Server], None]


@contextlib.asynccontextmanager
async def serving(
    serve: Serve,
    certificate: ServerCertificate,
    *,
    require_client_certificate: bool,
    clock: TurnedClock | None = None,
    admit: Admit = admit_all,
) -> AsyncIterator[str]:
    """A guarded server on a free port of the loopback; gives its address."""
    server = make_server(Guard(clock or SystemClock(), admit=admit))
    serve(server)
    credentials = server_credentials(lambda: certificate, require_client_certificate=require_client_certificate)
    port = listen(server, "127.0.0.1:0", credentials)
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(None)
