"""The branch CA in use: certificates for registers, and the gateway's own for both of its ports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from branchgate.clock import Clock
from branchgate.identity.certificates import Issuer, from_pem, to_pem
from branchgate.identity.keys import key_from_pem, public_key_sha256, requested_key
from branchgate.identity.names import RegisterName
from branchgate.wire.served import ServedCertificate
from gateway.identity import GatewayIdentity

SERVER_FILE = "server.pem"


@dataclass(frozen=True, slots=True)
class Issued:
    """A register's new certificate: leaf and branch CA as PEM, and the SHA-256 of the key it is for."""

    chain_pem: bytes
    key_sha256: bytes


class BranchAuthority:
    """Issues what the branch needs. `keys` is the folder of the gateway's keys.

    `newest_ms` is when a register was last paired: with a clock behind that nothing is issued. `server` is what the gateway shows on both
    of its ports; on the service port it takes registers of this branch CA only. Raises Refused (ISSUER_CLOCK_BEHIND, CA_EXPIRED) when the
    server needs a certificate and none can be issued.
    """

    def __init__(self, identity: GatewayIdentity, keys: Path, clock: Clock, *, newest_ms: int = 0) -> None:
        self.identity = identity
        self.branch_ca: x509.Certificate = from_pem(identity.branch_ca_pem)[0]
        self._clock = clock
        self._issuer = Issuer(key_from_pem(identity.branch_ca_key_pem), self.branch_ca, newest_ms=newest_ms)
        self.server = ServedCertificate(
            keys / SERVER_FILE,
            clock,
            lambda key: self._issuer.gateway_server(identity.name, key, clock.now_ms()),
            issuer=self.branch_ca,
            client_roots=self.branch_ca,
        )

    def issue_register(self, csr_der: bytes, register_id: str) -> Issued:
        """A certificate for the key of a request, in the name the operator chose.

        Raises Refused (CSR_INVALID, NAME_RESERVED, ISSUER_CLOCK_BEHIND, CA_EXPIRED).
        """
        key = requested_key(csr_der)
        name = RegisterName(self.identity.name.branch, register_id)
        leaf = self._issuer.register(name, key, self._clock.now_ms())
        return Issued(to_pem(leaf, self.branch_ca), public_key_sha256(key))
