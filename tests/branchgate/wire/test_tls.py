"""Server certificates are exchanged in place; many handshakes at once do no harm."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import grpc.aio

from branchgate.clock import SystemClock
from branchgate.wire.probe import presented_chain
from branchgate.wire.sockets import listen, make_server
from branchgate.wire.tls import server_credentials
from tests.rigs.chains import CentralChain


async def test_a_new_certificate_is_shown_to_new_connections_and_none_is_loaded_twice(monkeypatch: Any) -> None:
    """A configuration per handshake frees what another handshake is using: with a few at once the process died (grpc #36693)."""
    first, second = (CentralChain(SystemClock().now_ms()).branch("mitte").server for _ in range(2))
    loaded = 0
    load = grpc.ssl_server_certificate_configuration

    def counted(*arguments: Any) -> Any:
        nonlocal loaded
        loaded += 1
        return load(*arguments)

    monkeypatch.setattr(grpc, "ssl_server_certificate_configuration", counted)
    served = [first]
    server = make_server()
    port = listen(server, "127.0.0.1:0", server_credentials(lambda: served[-1], require_client_certificate=False))
    await server.start()
    before = await asyncio.gather(*(presented_chain(f"127.0.0.1:{port}") for _ in range(50)))
    served.append(second)
    await presented_chain(f"127.0.0.1:{port}")
    after = await asyncio.gather(*(presented_chain(f"127.0.0.1:{port}") for _ in range(50)))
    await server.stop(None)
    assert len({chain[0].serial_number for chain in before}) == 1
    assert len({chain[0].serial_number for chain in after}) == 1
    assert before[0] != after[0]
    assert loaded == 2
