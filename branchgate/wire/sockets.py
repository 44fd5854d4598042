"""Servers and where they listen: TCP ports that collide loudly, and the owner-only Unix socket of the operator's commands."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import grpc
import grpc.aio

from branchgate.errors import Refused, RefusedKind
from branchgate.wire.options import LAN, Link, channel_options, server_options

# sun_path of sockaddr_un (unix(7)) less the terminating zero.
_LONGEST_SOCKET_PATH = 107


def make_server(
    *interceptors: grpc.aio.ServerInterceptor, link: Link = LAN, concurrent_rpcs: int | None = None
) -> grpc.aio.Server:
    """A server with our options; beyond `concurrent_rpcs` open RPCs, streams counted, callers are told to try again."""
    return grpc.aio.server(
        interceptors=interceptors, options=server_options(link), maximum_concurrent_rpcs=concurrent_rpcs
    )


def listen(server: grpc.aio.Server, address: str, credentials: grpc.ServerCredentials) -> int:
    """Binds a TCP port (port 0: any free one) and returns it.

    Raises Refused: PORT_IN_USE when somebody else listens there, ADDRESS_NOT_USABLE when the machine does not have this address.
    """
    try:
        return server.add_secure_port(address, credentials)
    except RuntimeError as failure:
        raise _why_not(address) from failure


def listen_for_operator(server: grpc.aio.Server, path: Path) -> None:
    """Binds the owner-only Unix socket. A socket that a killed process left is taken over: the data folder's lock guards it.

    Raises Refused (SOCKET_NOT_USABLE) when the path is too long or its folder cannot be written.
    """
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        raise Refused(
            "SOCKET_NOT_USABLE", field="data", value=path, rule=f"at most {_LONGEST_SOCKET_PATH} bytes in the path"
        )
    # The mask and not a later chmod: between bind and chmod the socket would be open to others.
    mask = os.umask(0o177)
    try:
        server.add_insecure_port(f"unix:{path}")
    except RuntimeError as failure:
        raise Refused("SOCKET_NOT_USABLE", field="data", value=path, rule="the folder must be writable") from failure
    finally:
        os.umask(mask)


def operator_channel(path: Path) -> grpc.aio.Channel:
    """A channel to a running process of this machine, by its owner-only socket."""
    return grpc.aio.insecure_channel(f"unix:{path}", options=channel_options(LAN))


def _why_not(address: str) -> Refused:
    """What gRPC keeps to its log: binds once more by hand and looks."""
    host, _, port = address.rpartition(":")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.bind(place)
    except (OSError, ValueError) as failure:
        if not (isinstance(failure, OSError) and failure.errno == errno.EADDRINUSE):
            return Refused("ADDRESS_NOT_USABLE", field="listen", value=address, rule=str(failure))
    return Refused("PORT_IN_USE", field="listen", value=address, rule="one process per port", kind=RefusedKind.EXISTS)
