"""Where servers listen: collisions are loud, the operator's socket is the owner's alone."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.errors.texts import sentence
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen, listen_for_operator, make_server
from branchgate.wire.tls import server_credentials
from tests.rigs.chains import CentralChain


async def refusal(address: str) -> Refused:
    certificate = CentralChain(SystemClock().now_ms()).branch("mitte").server
    server = make_server(Guard(SystemClock()))
    with pytest.raises(Refused) as caught:
        listen(server, address, server_credentials(lambda: certificate, require_client_certificate=False))
    await server.stop(None)
    return caught.value


async def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        error = await refusal(address)
    assert (error.reason, error.field, error.value) == ("PORT_IN_USE", "listen", address)
    assert address in sentence(error, "de")


async def test_two_servers_never_share_a_port() -> None:
    certificate = CentralChain(SystemClock().now_ms()).branch("mitte").server
    first = make_server(Guard(SystemClock()))
    port = listen(first, "127.0.0.1:0", server_credentials(lambda: certificate, require_client_certificate=False))
    await first.start()
    assert (await refusal(f"127.0.0.1:{port}")).reason == "PORT_IN_USE"
    await first.stop(None)


@pytest.mark.parametrize("address", ["192.0.2.1:7443", "no-such-host.invalid:7443", "127.0.0.1:words", "nonsense"])
async def test_an_address_of_another_machine_is_not_mistaken_for_a_port_in_use(address: str) -> None:
    assert (await refusal(address)).reason == "ADDRESS_NOT_USABLE"


async def test_the_operators_socket_is_open_to_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    server = make_server(Guard(SystemClock()))
    listen_for_operator(server, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await server.stop(None)


async def test_a_socket_left_by_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert path.exists()
    server = make_server(Guard(SystemClock()))
    listen_for_operator(server, path)
    await server.stop(None)


async def test_a_path_too_long_for_a_socket_is_refused_with_the_rule(tmp_path: Path) -> None:
    server = make_server(Guard(SystemClock()))
    with pytest.raises(Refused) as caught:
        listen_for_operator(server, tmp_path / ("x" * 120))
    assert caught.value.reason == "SOCKET_NOT_USABLE"
    with pytest.raises(Refused):
        listen_for_operator(server, tmp_path / "missing" / "admin.sock")
    await server.stop(None)
