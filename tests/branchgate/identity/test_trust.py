"""Over real TLS: a certificate counts inside its branch and for its purpose, whatever a stolen CA key is made to sign."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import grpc
import grpc.aio
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from branchgate.clock import SystemClock
from branchgate.errors.status import error_from
from branchgate.identity.certificates import to_pem
from branchgate.identity.keys import key_to_pem, new_key
from branchgate.identity.names import CENTRAL_DNS, RegisterName
from branchgate.wire.options import LAN
from branchgate.wire.tls import ClientCertificate, ServerCertificate, open_channel
from tests.branchgate.wire.servers import serving
from tests.rigs.chains import DAY_MS, BranchChain, CentralChain

METHOD = "/grpc.health.v1.Health/Check"
IN = "in"
NO_CONNECTION = "no connection"

CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER = ExtendedKeyUsageOID.SERVER_AUTH


@pytest.fixture
def central() -> CentralChain:
    return CentralChain(SystemClock().now_ms())


@pytest.fixture
def here(central: CentralChain) -> BranchChain:
    return central.branch("mitte")


@pytest.fixture
def elsewhere(central: CentralChain) -> BranchChain:
    return central.branch("sued")


def minted(
    branch: BranchChain, usage: x509.ObjectIdentifier, *names: x509.GeneralName, common_name: str = ""
) -> tuple[bytes, bytes]:
    """What a thief of a branch CA's key can sign: any names, or none beside a common name."""
    key = new_key()
    begins = branch.issuer.certificate.not_valid_before_utc
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []))
        .issuer_name(branch.issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=60))
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    leaf = builder.sign(branch.issuer._key, hashes.SHA256())
    return key_to_pem(key), to_pem(leaf, branch.issuer.certificate)


def names_of(name: Any) -> list[x509.GeneralName]:
    return [x509.DNSName(name.dns), x509.UniformResourceIdentifier(name.uri)]


def serve_health(server: grpc.aio.Server) -> None:
    class Health(grpc.GenericRpcHandler):
        def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
            async def check(_request: Any, _context: Any) -> bytes:
                return b""

            return grpc.unary_unary_rpc_method_handler(check) if handler_call_details.method == METHOD else None

    server.add_generic_rpc_handlers((Health(),))


async def reaches(served: ServerCertificate, client: ClientCertificate, *, root_pem: bytes, server_name: str) -> str:
    """How far a call comes: past TLS and guard, to the guard's reason, or not even to a connection."""
    async with (
        serving(serve_health, served, require_client_certificate=True) as address,
        open_channel(address, LAN, root_pem=root_pem, server_name=server_name, certificate=client) as channel,
    ):
        check: Any = channel.unary_unary(METHOD)
        try:
            await check(b"", timeout=10)
        except grpc.aio.AioRpcError as failure:
            return NO_CONNECTION if failure.code() is grpc.StatusCode.UNAVAILABLE else error_from(failure).reason
        return IN


async def at_gateway(central: CentralChain, branch: BranchChain, client: ClientCertificate) -> str:
    return await reaches(branch.server, client, root_pem=central.root_pem, server_name=branch.name.dns)


async def at_central(central: CentralChain, client: ClientCertificate) -> str:
    return await reaches(central.server, client, root_pem=central.root_pem, server_name=CENTRAL_DNS)


async def test_a_register_reaches_its_gateway_and_a_gateway_its_central(
    central: CentralChain, here: BranchChain
) -> None:
    assert await at_gateway(central, here, here.register("kasse-1")) == IN
    assert await at_central(central, here.client) == IN


async def test_a_register_of_another_branch_is_refused(
    central: CentralChain, here: BranchChain, elsewhere: BranchChain
) -> None:
    assert await at_gateway(central, here, elsewhere.register("kasse-1")) == NO_CONNECTION


async def test_a_foreign_branch_ca_cannot_mint_a_register_of_this_branch(
    central: CentralChain, here: BranchChain, elsewhere: BranchChain
) -> None:
    forged = minted(elsewhere, CLIENT, *names_of(RegisterName(here.name.branch, "kasse-1")))
    assert await at_gateway(central, here, ClientCertificate(*forged)) == NO_CONNECTION


async def test_a_foreign_branch_ca_cannot_mint_a_gateway_that_registers_of_this_branch_believe(
    central: CentralChain, here: BranchChain, elsewhere: BranchChain
) -> None:
    forged = ServerCertificate(*minted(elsewhere, SERVER, *names_of(here.name)), here.ca_pem)
    reached = await reaches(forged, here.register("kasse-1"), root_pem=central.root_pem, server_name=here.name.dns)
    assert reached == NO_CONNECTION


async def test_a_name_hidden_in_the_common_name_does_not_escape_the_constraint(
    central: CentralChain, here: BranchChain, elsewhere: BranchChain
) -> None:
    """Without alternative names gRPC falls back to the common name, which constraints do not bind."""
    forged = ServerCertificate(*minted(elsewhere, SERVER, common_name=here.name.dns), here.ca_pem)
    reached = await reaches(forged, here.register("kasse-1"), root_pem=central.root_pem, server_name=here.name.dns)
    assert reached == NO_CONNECTION


async def test_a_branch_ca_cannot_mint_a_gateway_that_central_believes(
    central: CentralChain, here: BranchChain, elsewhere: BranchChain
) -> None:
    forged = minted(elsewhere, CLIENT, *names_of(here.name))
    assert await at_central(central, ClientCertificate(*forged)) == NO_CONNECTION


async def test_a_branch_ca_cannot_mint_a_central_that_gateways_believe(
    central: CentralChain, here: BranchChain, elsewhere: BranchChain
) -> None:
    forged = ServerCertificate(*minted(elsewhere, SERVER, x509.DNSName(CENTRAL_DNS)), central.server.client_roots_pem)
    reached = await reaches(forged, here.client, root_pem=central.root_pem, server_name=CENTRAL_DNS)
    assert reached == NO_CONNECTION


async def test_a_register_at_central_is_refused(central: CentralChain, here: BranchChain) -> None:
    assert await at_central(central, here.register("kasse-1")) == NO_CONNECTION


async def test_a_register_cannot_pose_as_the_gateway_of_its_own_branch(
    central: CentralChain, here: BranchChain
) -> None:
    thief = here.register("kasse-1")
    forged = ServerCertificate(thief.key_pem, thief.chain_pem, here.ca_pem)
    victim = here.register("kasse-2")
    for name in (here.name.dns, RegisterName(here.name.branch, "kasse-1").dns):
        assert await reaches(forged, victim, root_pem=central.root_pem, server_name=name) == NO_CONNECTION


async def test_a_server_certificate_is_no_client_certificate(central: CentralChain, here: BranchChain) -> None:
    certificate = ClientCertificate(here.server.key_pem, here.server.chain_pem)
    assert await at_gateway(central, here, certificate) == NO_CONNECTION


async def test_an_identity_counts_only_beside_the_dns_name_that_belongs_to_it(
    central: CentralChain, here: BranchChain, elsewhere: BranchChain
) -> None:
    inside = x509.DNSName("kasse-9.mitte.branchgate.internal")
    foreign = RegisterName(elsewhere.name.branch, "kasse-1").uri
    own = RegisterName(here.name.branch, "kasse-1").uri
    for uris in ([foreign], [own], [own, foreign], [], ["spiffe://zentrale/branch/mitte/register/gateway"]):
        names = [inside, *(x509.UniformResourceIdentifier(uri) for uri in uris)]
        certificate = ClientCertificate(*minted(here, CLIENT, *names))
        assert await at_gateway(central, here, certificate) == "CALLER_NOT_ALLOWED", uris


async def test_an_expired_register_does_not_even_connect() -> None:
    now_ms = SystemClock().now_ms()
    central = CentralChain(now_ms - 200 * DAY_MS)
    branch = central.branch("mitte")
    expired = branch.register("kasse-1")
    key = new_key()
    leaf = branch.issuer.gateway_server(branch.name, key.public_key(), now_ms)
    served = ServerCertificate(key_to_pem(key), to_pem(leaf, branch.issuer.certificate), branch.ca_pem)
    here = dataclasses.replace(branch, server=served)
    assert await at_gateway(central, here, branch.register("kasse-1", now_ms=now_ms)) == IN
    assert await at_gateway(central, here, expired) == NO_CONNECTION
