"""TLS of both ends: server credentials that follow a renewed certificate, channels pinned to a root and a name.

A server's certificate is exchanged in place, open connections keep theirs. A client's cannot be: a renewed client certificate means a new
channel that takes over from the old one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import grpc
import grpc.aio

from branchgate.wire.options import Link, channel_options


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """What a server presents, and whose certificates it takes. All PEM; `client_roots_pem` is empty where clients need none."""

    key_pem: bytes
    chain_pem: bytes
    client_roots_pem: bytes = b""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What a client presents: key and chain (leaf and intermediate: a server that trusts the root alone needs both), PEM."""

    key_pem: bytes
    chain_pem: bytes


def server_credentials(
    current: Callable[[], ServerCertificate], *, require_client_certificate: bool
) -> grpc.ServerCredentials:
    """Credentials of one port. `current` is asked before every handshake, on threads of gRPC: it must be quick, only read,
    and return the same object until there is another certificate.
    """
    shown = current()
    comparing = threading.Lock()

    def changed() -> grpc.ServerCertificateConfiguration | None:
        # None unless it has really changed: each new configuration frees the factory that a handshake on another thread may just be
        # using (grpc #36693), and answering with the same one every time crashes the process under a few connections at once.
        nonlocal shown
        with comparing:
            latest = current()
            if latest is shown:
                return None
            shown = latest
            return _configuration(latest, require_client_certificate)

    return grpc.dynamic_ssl_server_credentials(
        _configuration(shown, require_client_certificate),
        changed,  # type: ignore[arg-type]  # the stubs do not know that None means unchanged
        require_client_authentication=require_client_certificate,
    )


def _configuration(certificate: ServerCertificate, require_clients: bool) -> grpc.ServerCertificateConfiguration:
    roots = certificate.client_roots_pem if require_clients else None
    return grpc.ssl_server_certificate_configuration([(certificate.key_pem, certificate.chain_pem)], roots)


def open_channel(
    address: str, link: Link, *, root_pem: bytes, server_name: str, certificate: ClientCertificate | None = None
) -> grpc.aio.Channel:
    """A channel to `address` (host:port) that trusts only `root_pem` and only a server of that DNS name.

    The caller closes it, after its calls have ended.
    """
    if certificate is None:
        credentials = grpc.ssl_channel_credentials(root_pem)
    else:
        credentials = grpc.ssl_channel_credentials(root_pem, certificate.key_pem, certificate.chain_pem)
    return grpc.aio.secure_channel(address, credentials, options=channel_options(link, server_name=server_name))
