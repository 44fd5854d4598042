"""A whole trust chain in memory: a central, its branches, their gateways and registers."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.identity.certificates import Issuer, root_certificate, to_pem
from branchgate.identity.keys import PrivateKey, key_to_pem, new_key
from branchgate.identity.names import CENTRAL_DNS, BranchName, GatewayName, RegisterName
from branchgate.wire.tls import ClientCertificate, ServerCertificate
from gateway.identity import GatewayIdentity

CENTRAL_ID = "zentrale"
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class BranchChain:
    """One branch's CA and its gateway."""

    name: GatewayName
    issuer: Issuer
    server: ServerCertificate
    """Shown to registers; takes clients of this branch's CA only."""
    client: ClientCertificate
    """Shown to central."""
    now_ms: int

    @property
    def ca_pem(self) -> bytes:
        return to_pem(self.issuer.certificate)

    def register(self, register_id: str, *, now_ms: int | None = None) -> ClientCertificate:
        key = new_key()
        name = RegisterName(self.name.branch, register_id)
        leaf = self.issuer.register(name, key.public_key(), self.now_ms if now_ms is None else now_ms)
        return ClientCertificate(key_to_pem(key), to_pem(leaf, self.issuer.certificate))


class CentralChain:
    """Root, gateway CA and central's own server certificate; grows branches."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        root_key, gateway_ca_key, server_key = new_key(), new_key(), new_key()
        self.root = Issuer(root_key, root_certificate(root_key, CENTRAL_ID, now_ms))
        gateway_ca = self.root.gateway_authority(CENTRAL_ID, gateway_ca_key.public_key(), now_ms)
        self.gateway_ca = Issuer(gateway_ca_key, gateway_ca)
        leaf = self.root.central_server(server_key.public_key(), now_ms)
        self.server = ServerCertificate(key_to_pem(server_key), to_pem(leaf), to_pem(gateway_ca))

    @property
    def root_pem(self) -> bytes:
        return to_pem(self.root.certificate)

    def branch(self, branch_id: str, *, now_ms: int | None = None) -> BranchChain:
        now_ms = self.now_ms if now_ms is None else now_ms
        name = GatewayName(BranchName(CENTRAL_ID, branch_id))
        ca_key: PrivateKey = new_key()
        issuer = Issuer(ca_key, self.root.branch_authority(name.branch, ca_key.public_key(), now_ms))
        server_key, client_key = new_key(), new_key()
        server = to_pem(issuer.gateway_server(name, server_key.public_key(), now_ms), issuer.certificate)
        client = to_pem(
            self.gateway_ca.gateway_client(name, client_key.public_key(), now_ms), self.gateway_ca.certificate
        )
        return BranchChain(
            name,
            issuer,
            ServerCertificate(key_to_pem(server_key), server, to_pem(issuer.certificate)),
            ClientCertificate(key_to_pem(client_key), client),
            now_ms,
        )

    def enrolled(self, branch_id: str, central_address: str = "127.0.0.1:7445") -> GatewayIdentity:
        """What a gateway holds after its enrolment."""
        name = GatewayName(BranchName(CENTRAL_ID, branch_id))
        ca_key, key = new_key(), new_key()
        client = self.gateway_ca.gateway_client(name, key.public_key(), self.now_ms)
        return GatewayIdentity(
            central_id=CENTRAL_ID,
            branch_id=branch_id,
            central_address=central_address,
            central_name=CENTRAL_DNS,
            root_pem=self.root_pem,
            branch_ca_pem=to_pem(self.root.branch_authority(name.branch, ca_key.public_key(), self.now_ms)),
            gateway_chain_pem=to_pem(client, self.gateway_ca.certificate),
            branch_ca_key_pem=key_to_pem(ca_key),
            gateway_key_pem=key_to_pem(key),
        )
