"""Enrolment of a gateway at central over real TLS, and everything that must not enrol."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from cryptography import x509

from branchgate.errors import Refused, TryAgain
from branchgate.errors.status import error_from
from branchgate.identity.certificates import from_pem, to_pem
from branchgate.identity.keys import certificate_key_sha256, new_key, signing_request, unbundle
from branchgate.identity.names import CENTRAL_DNS
from branchgate.identity.token import parsed_token
from branchgate.v1 import enrolment_pb2_grpc
from branchgate.wire.guard import Guard
from branchgate.wire.options import WAN
from branchgate.wire.sockets import listen, make_server
from branchgate.wire.tls import ServerCertificate, open_channel, server_credentials
from central.identity.authority import SERVER_FILE, CentralAuthority
from central.identity.enrolment import TOKEN_LIVES_MS, Enrolment
from central.rpc.enrolment import EnrolmentServicer
from gateway.identity import FILE_NAME, load_identity
from gateway.uplink.enrolment import enrol
from tests.central.identity.tokens_in_memory import TokensInMemory
from tests.rigs.chains import DAY_MS
from tests.rigs.clock import TurnedClock


@dataclasses.dataclass
class Central:
    authority: CentralAuthority
    enrolment: Enrolment
    store: TokensInMemory
    clock: TurnedClock
    enrolment_address: str
    service_address: str

    async def token(self, branch_id: str = "mitte") -> str:
        return (await self.enrolment.make_token(branch_id, self.enrolment_address)).text


@contextlib.asynccontextmanager
async def central_in(folder: Path) -> AsyncIterator[Central]:
    clock = TurnedClock()
    authority = CentralAuthority(folder / "keys", "zentrale", clock)
    store = TokensInMemory("mitte", "sued")
    enrolment = Enrolment(authority, store, clock)
    enrolling, serving = make_server(Guard(clock)), make_server(Guard(clock))
    enrolment_port = listen(enrolling, "127.0.0.1:0", authority.enrolment_credentials())
    service_port = listen(serving, "127.0.0.1:0", authority.service_credentials())
    servicer = EnrolmentServicer(enrolment, service_port)
    enrolment_pb2_grpc.add_EnrolmentServiceServicer_to_server(servicer, enrolling)
    await enrolling.start()
    await serving.start()
    try:
        yield Central(authority, enrolment, store, clock, f"127.0.0.1:{enrolment_port}", f"127.0.0.1:{service_port}")
    finally:
        await enrolling.stop(None)
        await serving.stop(None)


async def refusal(token: str, keys: Path) -> str:
    with pytest.raises((Refused, TryAgain)) as caught:
        await enrol(token, keys)
    assert not (keys / FILE_NAME).exists()
    return caught.value.reason


async def test_a_token_enrols_a_gateway_that_then_reaches_central_by_its_certificate(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        identity = await enrol(await central.token(), tmp_path / "keys")
        assert (identity.central_id, identity.branch_id, identity.central_name) == ("zentrale", "mitte", CENTRAL_DNS)
        assert identity.central_address == central.service_address
        assert central.store.gateways["mitte"] == certificate_key_sha256(from_pem(identity.gateway_chain_pem)[0])
        async with open_channel(
            identity.central_address,
            WAN,
            root_pem=identity.root_pem,
            server_name=identity.central_name,
            certificate=identity.client_certificate,
        ) as channel:
            call: Any = channel.unary_unary("/branchgate.v1.IntakeService/None")
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call(b"")
    # Past TLS: only the method is missing.
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    file = tmp_path / "keys" / FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_identity(tmp_path / "keys") == identity


async def test_the_branch_ca_it_gets_cannot_leave_its_branch(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        identity = await enrol(await central.token("sued"), tmp_path / "keys")
    branch_ca = from_pem(identity.branch_ca_pem)[0]
    names = branch_ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert names.critical
    assert names.value.permitted_subtrees == [x509.DNSName("sued.branchgate.internal")]


async def test_a_token_works_once(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        token = await central.token()
        await enrol(token, tmp_path / "first")
        assert await refusal(token, tmp_path / "second") == "ENROLMENT_TOKEN_NOT_ACCEPTED"


async def test_of_eight_gateways_with_one_token_one_enrols(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        token = await central.token()
        outcomes = await asyncio.gather(
            *(enrol(token, tmp_path / str(number)) for number in range(8)), return_exceptions=True
        )
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1


async def test_a_token_dies_after_a_day(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        token = await central.token()
        central.clock.advance(TOKEN_LIVES_MS)
        assert await refusal(token, tmp_path / "keys") == "ENROLMENT_TOKEN_NOT_ACCEPTED"


async def test_a_garbled_token_is_named_so_and_sent_nowhere(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        token = await central.token()
        for garbled in (
            "",
            "bge1-",
            token[:-1],
            token[5:],
            token[:20] + ("y" if token[20] == "x" else "x") + token[21:],
            token + "x",
            "ä" + token,
        ):
            assert await refusal(garbled, tmp_path / "keys") == "ENROLMENT_TOKEN_MALFORMED", garbled
        await enrol(f"  {token[:30]}\n{token[30:]}\n", tmp_path / "keys")


async def test_a_central_with_another_root_never_sees_the_secret(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as real, central_in(tmp_path / "fake") as fake:
        token = parsed_token(await real.token())
        misled = dataclasses.replace(token, address=fake.enrolment_address)
        assert await refusal(misled.text, tmp_path / "keys") == "CENTRAL_ROOT_WRONG"
        await enrol(token.text, tmp_path / "keys")


async def test_showing_the_right_root_beside_an_own_certificate_does_not_help(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as real, central_in(tmp_path / "fake") as fake:
        token = parsed_token(await real.token())
        key_pem, chain_pem = unbundle((tmp_path / "fake" / "keys" / SERVER_FILE).read_bytes())
        relay = ServerCertificate(key_pem, to_pem(from_pem(chain_pem)[0], real.authority.root))
        server = make_server(Guard(fake.clock))
        port = listen(server, "127.0.0.1:0", server_credentials(lambda: relay, require_client_certificate=False))
        await server.start()
        misled = dataclasses.replace(token, address=f"127.0.0.1:{port}")
        assert await refusal(misled.text, tmp_path / "keys") == "CENTRAL_ROOT_WRONG"
        await server.stop(None)


async def test_nobody_there_is_worth_another_try(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        token = await central.token()
    assert await refusal(token, tmp_path / "keys") == "NOT_REACHABLE"


async def test_a_bad_request_does_not_use_the_token_up(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        token = parsed_token(await central.token())
        with pytest.raises(Refused, match="CSR_INVALID"):
            await central.enrolment.enrol(token.wire_secret, b"nonsense", signing_request(new_key()))
        await enrol(token.text, tmp_path / "keys")


async def test_a_folder_of_another_branch_is_not_taken_over(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        first = await enrol(await central.token(), tmp_path / "keys")
        with pytest.raises(Refused, match="ENROLLED_ELSEWHERE"):
            await enrol(await central.token("sued"), tmp_path / "keys")
        assert load_identity(tmp_path / "keys") == first
        again = await enrol(await central.token(), tmp_path / "keys")
        assert load_identity(tmp_path / "keys") == again


async def test_no_token_is_made_for_what_is_no_branch(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        for branch_id, reason in (("nord", "NOT_FOUND"), ("central", "NAME_RESERVED"), ("Mitte", "INVALID_ID")):
            with pytest.raises(Refused, match=reason):
                await central.token(branch_id)


async def test_only_the_secrets_digest_is_kept_and_no_representation_shows_it(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        token = parsed_token(await central.token())
        assert token.secret.hex() not in repr(token)
        assert token.secret not in central.store.tokens
        assert len(central.store.tokens) == 1


async def test_the_enrolment_port_serves_nothing_else_and_the_service_port_no_strangers(tmp_path: Path) -> None:
    async with central_in(tmp_path / "central") as central:
        root_pem = (
            await central.enrolment.enrol(
                parsed_token(await central.token()).wire_secret, signing_request(new_key()), signing_request(new_key())
            )
        ).root_pem
        async with open_channel(central.service_address, WAN, root_pem=root_pem, server_name=CENTRAL_DNS) as channel:
            call: Any = channel.unary_unary("/branchgate.v1.EnrolmentService/Enrol")
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call(b"")
    assert error_from(caught.value).reason == "NOT_REACHABLE"


def test_central_keeps_its_keys_over_restarts_and_refuses_another_id(tmp_path: Path) -> None:
    clock = TurnedClock()
    first = CentralAuthority(tmp_path, "zentrale", clock)
    again = CentralAuthority(tmp_path, "zentrale", clock)
    assert (again.root_sha256, again.server.key_sha256) == (first.root_sha256, first.server.key_sha256)
    with pytest.raises(Refused, match="CENTRAL_ID_CHANGED"):
        CentralAuthority(tmp_path, "andere", clock)
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_centrals_server_certificate_is_renewed_in_time(tmp_path: Path) -> None:
    clock = TurnedClock()
    authority = CentralAuthority(tmp_path, "zentrale", clock)
    assert not authority.server.renew_if_due()
    clock.advance(46 * DAY_MS)
    assert authority.server.renew_if_due()


def test_a_gateway_that_never_enrolled_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="NOT_ENROLLED"):
        load_identity(tmp_path)
    (tmp_path / FILE_NAME).write_text("[]")
    with pytest.raises(Refused, match="IDENTITY_DAMAGED"):
        load_identity(tmp_path)
