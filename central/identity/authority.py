"""central's own CAs: the root, which signs branch CAs, and the CA of the gateways' client certificates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import grpc
from cryptography import x509

from branchgate.clock import Clock
from branchgate.errors import Refused
from branchgate.identity.certificates import Issuer, from_pem, root_certificate, to_pem
from branchgate.identity.keys import (
    PrivateKey,
    PublicKey,
    bundle,
    key_from_pem,
    key_to_pem,
    new_key,
    unbundle,
    write_private,
)
from branchgate.identity.names import BranchName, GatewayName
from branchgate.identity.token import certificate_sha256
from branchgate.ids import checked_name
from branchgate.wire.served import ServedCertificate

ID_FILE = "central-id"
ROOT_FILE = "root.pem"
GATEWAY_CA_FILE = "gateway-ca.pem"
SERVER_FILE = "server.pem"


class CentralAuthority:
    """Issues what gateways need; makes its keys on the first start. `keys` is the folder of central's keys.

    `server` is what central shows on both of its ports: leaf and root, so that a gateway can compare the root with its token. On the
    service port it takes gateways of the gateway CA only: no branch CA can mint one. Raises Refused (CENTRAL_ID_CHANGED) when the keys
    were made for another id, because every identity out there carries it.
    """

    def __init__(self, keys: Path, central_id: str, clock: Clock) -> None:
        self.central_id = central_id
        self._clock = clock
        _keep_id(keys / ID_FILE, central_id)
        self._root = _opened(keys / ROOT_FILE, self._new_root)
        self._gateway_ca = _opened(keys / GATEWAY_CA_FILE, self._new_gateway_ca)
        self.server = ServedCertificate(
            keys / SERVER_FILE,
            clock,
            lambda key: self._root.central_server(key, clock.now_ms()),
            issuer=self.root,
            client_roots=self._gateway_ca.certificate,
        )

    @property
    def root(self) -> x509.Certificate:
        """What registers and gateways trust in the end."""
        return self._root.certificate

    @property
    def root_sha256(self) -> bytes:
        """SHA-256 of the root, DER: stands in every enrolment token."""
        return certificate_sha256(self.root)

    def service_credentials(self) -> grpc.ServerCredentials:
        """For the port of enrolled gateways, who show their certificate."""
        return self.server.credentials(require_client_certificate=True)

    def enrolment_credentials(self) -> grpc.ServerCredentials:
        """For the enrolment port: whoever comes there has no certificate yet."""
        return self.server.credentials(require_client_certificate=False)

    async def keep_renewed(self) -> None:
        """Renews the server certificate when it is due, until it is cancelled."""
        await self.server.keep_renewed()

    def issue_branch_ca(self, branch: BranchName, key: PublicKey) -> bytes:
        """A branch CA that cannot leave its branch, PEM. Raises Refused (ISSUER_CLOCK_BEHIND, CA_EXPIRED)."""
        return to_pem(self._root.branch_authority(branch, key, self._clock.now_ms()))

    def issue_gateway(self, branch: BranchName, key: PublicKey) -> bytes:
        """A gateway's client certificate with the gateway CA, PEM. Raises Refused (ISSUER_CLOCK_BEHIND, CA_EXPIRED)."""
        leaf = self._gateway_ca.gateway_client(GatewayName(branch), key, self._clock.now_ms())
        return to_pem(leaf, self._gateway_ca.certificate)

    def _new_root(self, key: PrivateKey) -> x509.Certificate:
        return root_certificate(key, self.central_id, self._clock.now_ms())

    def _new_gateway_ca(self, key: PrivateKey) -> x509.Certificate:
        return self._root.gateway_authority(self.central_id, key.public_key(), self._clock.now_ms())


def _keep_id(file: Path, central_id: str) -> None:
    """Writes the id beside the keys on the first start and holds later ones to it."""
    if not file.exists():
        write_private(file, checked_name(central_id, "central_id").encode())
    kept = file.read_text(encoding="utf-8")
    if kept != central_id:
        raise Refused("CENTRAL_ID_CHANGED", field="central_id", value=central_id, rule=f"keys of {kept}")


def _opened(file: Path, certify: Callable[[PrivateKey], x509.Certificate]) -> Issuer:
    """A CA from its file; made and written there when it is not there yet."""
    if not file.exists():
        key = new_key()
        write_private(file, bundle(key_to_pem(key), to_pem(certify(key))))
    key_pem, chain_pem = unbundle(file.read_bytes())
    return Issuer(key_from_pem(key_pem), from_pem(chain_pem)[0])
