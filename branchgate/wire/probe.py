"""A look at the certificates a server presents, before anything of it is trusted.

gRPC has no callback to pin a key in the handshake. So the chain is fetched first, over a connection that carries nothing, and the channel
that follows trusts this one certificate only. That is safe just where a proof in the messages covers the fetched key (pairing), or where a
digest known beforehand covers the fetched root (enrolment).
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import grpc.aio
from cryptography import x509

from branchgate.errors import Refused, TryAgain
from branchgate.identity.certificates import to_pem
from branchgate.wire.options import Link
from branchgate.wire.tls import open_channel

_PATIENCE_S = 10


async def presented_chain(address: str) -> list[x509.Certificate]:
    """The certificates that the server at `address` (host:port) presents, leaf first, unverified.

    Raises Refused (INVALID_VALUE) for a malformed address and TryAgain (NOT_REACHABLE) when no TLS server of ours answers there.
    """
    host, port = split_address(address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    try:
        async with asyncio.timeout(_PATIENCE_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except OSError as failure:
        raise TryAgain("NOT_REACHABLE", field="address", value=address, rule=_cause(failure, address)) from failure
    try:
        return _chain_of(writer.get_extra_info("ssl_object"))
    finally:
        # No waiting for a polite goodbye: nothing was said.
        writer.transport.abort()


def pinned_channel(address: str, link: Link, certificate: x509.Certificate) -> grpc.aio.Channel:
    """A channel that trusts this one certificate and no authority. Raises Refused (NOT_A_GATEWAY) if it carries no DNS name."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        server_name = names.get_values_for_type(x509.DNSName)[0]
    except (x509.ExtensionNotFound, IndexError) as missing:
        raise Refused("NOT_A_GATEWAY", field="address", value=address, rule="names itself in DNS") from missing
    return open_channel(address, link, root_pem=to_pem(certificate), server_name=server_name)


def split_address(address: str) -> tuple[str, int]:
    """Host and port; the host of an IPv6 address without its brackets. Raises Refused (INVALID_VALUE)."""
    host, _, port = address.strip().rpartition(":")
    if not host or not (port.isascii() and port.isdecimal() and int(port) <= 0xFFFF):
        raise Refused("INVALID_VALUE", field="address", value=address, rule="host:port, for example 192.168.1.10:7444")
    return host.removeprefix("[").removesuffix("]"), int(port)


def joined_address(host: str, port: int) -> str:
    """The opposite of `split_address`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _chain_of(tls: Any) -> list[x509.Certificate]:
    """All presented certificates. `ssl` shows them to the public from 3.13 on; before that its inner object has the same method."""
    if hasattr(tls, "get_unverified_chain"):
        return [x509.load_der_x509_certificate(der) for der in tls.get_unverified_chain()]
    return [x509.load_pem_x509_certificate(one.public_bytes().encode()) for one in tls._sslobj.get_unverified_chain()]


def _cause(failure: OSError, address: str) -> str:
    if isinstance(failure, ssl.SSLError):
        return f"{address}: no TLS server of ours"
    return f"{address}: {failure.strerror or 'no answer'}"
