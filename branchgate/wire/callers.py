"""Who calls: read from the connection, never from the message.

Over TLS the client certificate names a register or a gateway; over the owner-only Unix socket it is the operator; everybody else is
anyone, who may do nothing but pair and enrol.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any, assert_never

import grpc.aio
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from branchgate.identity.names import GatewayName, PeerName, RegisterName, parsed_uri

Context = grpc.aio.ServicerContext[Any, Any]
"""What a handler is called with."""

_REMEMBERED_CERTIFICATES = 4096


class CallerKind(IntEnum):
    """Kinds of caller; the numbers are those of the contract (authorization.proto)."""

    ANYONE = 1
    REGISTER = 2
    GATEWAY = 3
    OPERATOR = 4


@dataclass(frozen=True, slots=True)
class Caller:
    """One caller. Ids are empty where the kind has none.

    `expires_ms` is the end of the certificate in UTC milliseconds, `key_sha256` the SHA-256 of its DER SubjectPublicKeyInfo;
    0 and empty without a certificate.
    """

    kind: CallerKind
    central_id: str = ""
    branch_id: str = ""
    register_id: str = ""
    expires_ms: int = 0
    key_sha256: bytes = b""

    @property
    def label(self) -> str:
        """The caller for logs and sentences, for example "register kasse-1 of mitte"."""
        match self.kind:
            case CallerKind.REGISTER:
                return f"register {self.register_id} of {self.branch_id}"
            case CallerKind.GATEWAY:
                return f"gateway of {self.branch_id}"
            case CallerKind.OPERATOR | CallerKind.ANYONE:
                return self.kind.name.lower()
            case _:
                assert_never(self.kind)


ANYONE = Caller(CallerKind.ANYONE)
OPERATOR = Caller(CallerKind.OPERATOR)


def caller(context: Context) -> Caller:
    """The caller of the RPC that this context belongs to."""
    # Only our own listener on the owner-only socket has peers of this form; TCP peers read "ipv4:..." or "ipv6:...".
    if context.peer().startswith("unix:"):
        return OPERATOR
    certificates = list(context.auth_context().get("x509_pem_cert", ()))
    return caller_by_certificate(certificates[0]) if certificates else ANYONE


@lru_cache(maxsize=_REMEMBERED_CERTIFICATES)
def caller_by_certificate(pem: bytes) -> Caller:
    """The caller a verified client certificate names; anyone, if its names are not of our form or contradict each other."""
    certificate = x509.load_pem_x509_certificate(pem)
    name = named_peer(certificate)
    if name is None:
        return ANYONE
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Caller(
        kind=CallerKind.REGISTER if isinstance(name, RegisterName) else CallerKind.GATEWAY,
        central_id=name.branch.central_id,
        branch_id=name.branch.branch_id,
        register_id=name.register_id if isinstance(name, RegisterName) else "",
        expires_ms=int(certificate.not_valid_after_utc.timestamp() * 1000),
        key_sha256=hashlib.sha256(key).digest(),
    )


def named_peer(certificate: x509.Certificate) -> PeerName | None:
    """The peer of a certificate: exactly one URI of ours, and beside it exactly the DNS name that belongs to it."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    peer: GatewayName | RegisterName | None = parsed_uri(uris[0]) if len(uris) == 1 else None
    if peer is None or names.get_values_for_type(x509.DNSName) != [peer.dns]:
        return None
    return peer
