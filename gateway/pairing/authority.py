"""The branch CA in use: certificates for registers, and the gateway's own for both of its ports."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import grpc
import structlog
from cryptography import x509

from branchgate.clock import Clock
from branchgate.errors import BranchgateError
from branchgate.identity.certificates import Issuer, from_pem, renewal_due, to_pem
from branchgate.identity.keys import (
    PrivateKey,
    bundle,
    key_from_pem,
    key_to_pem,
    new_key,
    public_key_sha256,
    requested_key,
    unbundle,
    write_private,
)
from branchgate.identity.names import RegisterName
from branchgate.wire.tls import ServerCertificate, server_credentials
from gateway.identity import GatewayIdentity

SERVER_FILE = "server.pem"

_LOOK_FOR_RENEWAL_S = 3600

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Issued:
    """A register's new certificate: leaf and branch CA as PEM, and the SHA-256 of the key it is for."""

    chain_pem: bytes
    key_sha256: bytes


class BranchAuthority:
    """Issues what the branch needs. `keys` is the folder of the gateway's keys.

    The server key is made once and only its certificate renewed, so that a QR code on a screen or a sticker stays true.
    """

    def __init__(self, identity: GatewayIdentity, keys: Path, clock: Clock, *, newest_ms: int = 0) -> None:
        self.identity = identity
        self._clock = clock
        self._file = keys / SERVER_FILE
        certificate = from_pem(identity.branch_ca_pem)[0]
        self._issuer = Issuer(key_from_pem(identity.branch_ca_key_pem), certificate, newest_ms=newest_ms)
        self._server_key, self._served = self._stored() or self._new_server()
        self.renew_server_certificate_if_due()

    @property
    def branch_ca(self) -> x509.Certificate:
        """The only CA whose registers this gateway takes."""
        return self._issuer.certificate

    @property
    def server_key_sha256(self) -> bytes:
        """What pairing proofs and QR codes are bound to."""
        return public_key_sha256(self._server_key.public_key())

    def issue_register(self, csr_der: bytes, register_id: str) -> Issued:
        """A certificate for the key of a request, in the name the operator chose.

        Raises Refused (CSR_INVALID, NAME_RESERVED, ISSUER_CLOCK_BEHIND, CA_EXPIRED).
        """
        key = requested_key(csr_der)
        name = RegisterName(self.identity.name.branch, register_id)
        leaf = self._issuer.register(name, key, self._clock.now_ms())
        return Issued(to_pem(leaf, self.branch_ca), public_key_sha256(key))

    def service_credentials(self) -> grpc.ServerCredentials:
        """For the port of paired registers: clients must show a certificate of this branch's CA."""
        return server_credentials(lambda: self._served, require_client_certificate=True)

    def pairing_credentials(self) -> grpc.ServerCredentials:
        """For the pairing port: clients have no certificate yet."""
        return server_credentials(lambda: self._served, require_client_certificate=False)

    def renew_server_certificate_if_due(self) -> bool:
        """Renews the gateway's own certificate from half of its life; connections made from then on see the new one."""
        if not renewal_due(from_pem(self._served.chain_pem)[0], self._clock.now_ms()):
            return False
        self._served = self._certified(self._server_key)
        return True

    async def keep_renewed(self) -> None:
        """Looks for a due renewal every hour until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOK_FOR_RENEWAL_S)
            try:
                if self.renew_server_certificate_if_due():
                    _log.info("server_certificate_renewed")
            except (BranchgateError, OSError) as failure:
                _log.warning("server_certificate_not_renewed", reason=str(failure))

    def _stored(self) -> tuple[PrivateKey, ServerCertificate] | None:
        """The server's key and certificate, if they were issued by the branch CA in use."""
        if not self._file.exists():
            return None
        key_pem, chain_pem = unbundle(self._file.read_bytes())
        key = key_from_pem(key_pem)
        if from_pem(chain_pem)[-1] != self.branch_ca:
            return key, self._certified(key)
        return key, ServerCertificate(key_pem, chain_pem, to_pem(self.branch_ca))

    def _new_server(self) -> tuple[PrivateKey, ServerCertificate]:
        key = new_key()
        return key, self._certified(key)

    def _certified(self, key: PrivateKey) -> ServerCertificate:
        leaf = self._issuer.gateway_server(self.identity.name, key.public_key(), self._clock.now_ms())
        served = ServerCertificate(key_to_pem(key), to_pem(leaf, self.branch_ca), to_pem(self.branch_ca))
        write_private(self._file, bundle(served.key_pem, served.chain_pem))
        return served
