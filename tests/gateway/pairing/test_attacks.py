"""Every attack on a pairing that the design names, against a real gateway over real TLS."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from branchgate.errors import Refused, TryAgain
from branchgate.errors.status import error_from
from branchgate.identity.certificates import from_pem, issued_ms
from branchgate.identity.keys import new_key
from branchgate.pairing.code import parsed_code
from branchgate.pairing.session import CODE_LIVES_MS
from branchgate.register.identity import FILE_NAME
from branchgate.register.pairing import pair
from branchgate.v1 import pairing_pb2
from branchgate.wire.options import LAN
from branchgate.wire.probe import pinned_channel, presented_chain
from gateway.pairing.steps import Stage
from tests.gateway.pairing.attackers import attempt_of, fake_gateway, prove_message, proven, relay_to, send, wrong
from tests.gateway.pairing.shop import Shop, shop, stretch_quickly, who_am_i
from tests.rigs.chains import DAY_MS, CentralChain
from tests.rigs.clock import TurnedClock


async def try_to_pair(at: Shop, code: str, folder: Path) -> Any:
    return await pair(at.pairing_address, code, folder, stretch=stretch_quickly)


async def refused(at: Shop, code: str, folder: Path) -> str:
    with pytest.raises((Refused, TryAgain)) as caught:
        await try_to_pair(at, code, folder)
    return caught.value.reason


async def test_a_code_works_once(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        await try_to_pair(at, code, tmp_path / "till")
        assert await refused(at, code, tmp_path / "thief") == "PAIRING_CODE_NOT_ACCEPTED"
    assert not (tmp_path / "thief" / FILE_NAME).exists()


async def test_a_code_dies_after_ten_minutes_whatever_the_wall_clock_does(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        at.clock.wall_ms -= DAY_MS
        at.clock.running_ms += CODE_LIVES_MS
        assert await refused(at, code, tmp_path / "till") == "PAIRING_CODE_NOT_ACCEPTED"
        at.desk.bury_expired()
        assert at.stages == [Stage.CODE, Stage.ENDED]
        assert at.steps[-1].reason == "PAIRING_CODE_EXPIRED"


async def test_a_code_lives_until_its_last_millisecond(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        at.clock.running_ms += CODE_LIVES_MS - 1
        at.desk.bury_expired()
        await try_to_pair(at, code, tmp_path / "till")
        assert at.stages[-1] is Stage.COMPLETED


async def test_after_five_wrong_tries_the_right_code_is_dead(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        for _ in range(5):
            assert await refused(at, wrong(code), tmp_path / "till") == "PAIRING_CODE_NOT_ACCEPTED"
        assert await refused(at, code, tmp_path / "till") == "PAIRING_CODE_NOT_ACCEPTED"
    assert at.stages == [Stage.CODE, *[Stage.WRONG_TRY] * 4, Stage.ENDED]
    assert at.changes == [("ATTEMPT_REFUSED", "kasse-1")] * 5 + [("ATTEMPT_REFUSED", "")]


async def test_four_wrong_tries_leave_the_right_code_alive(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        for _ in range(4):
            await refused(at, wrong(code), tmp_path / "till")
        await try_to_pair(at, code, tmp_path / "till")
    assert at.stages[-1] is Stage.COMPLETED


async def test_unknown_expired_wrong_and_used_codes_are_answered_alike(tmp_path: Path) -> None:
    """An attacker must not learn which half of a guess was right."""

    async def answer(at: Shop, code: str) -> tuple[Any, ...]:
        certificate = (await presented_chain(at.pairing_address))[0]
        async with pinned_channel(at.pairing_address, LAN, certificate) as channel:
            call: Any = channel.stream_stream(
                "/branchgate.v1.PairingService/Pair",
                request_serializer=pairing_pb2.PairRequest.SerializeToString,
            )()
            await call.write(prove_message(attempt_of(code, at.authority.server.key_sha256)))
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call.read()
            return caught.value.code(), caught.value.details(), tuple(caught.value.trailing_metadata() or ())

    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        answers = [await answer(at, wrong(code)), await answer(at, "0000-0000-0000")]
        at.clock.advance(CODE_LIVES_MS)
        answers.append(await answer(at, code))
        used = await at.code()
        await proven(at, used)
        answers.append(await answer(at, used))
    assert len(set(answers)) == 1
    assert answers[0][0] is grpc.StatusCode.PERMISSION_DENIED


async def test_a_relay_with_its_own_key_gets_no_certificate(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at, relay_to(at.pairing_address) as (address, relay):
        code = await at.code()
        with pytest.raises(Refused) as caught:
            await pair(address, code, tmp_path / "till", stretch=stretch_quickly)
    assert caught.value.reason == "PAIRING_CODE_NOT_ACCEPTED"
    assert len(relay.received) == 1
    assert at.changes == [("ATTEMPT_REFUSED", "kasse-1")]
    assert not (tmp_path / "till" / FILE_NAME).exists()


async def test_with_the_qr_code_no_secret_reaches_a_relay(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at, relay_to(at.pairing_address) as (address, relay):
        code = await at.code()
        expected = at.steps[0].server_key_sha256
        with pytest.raises(Refused, match="GATEWAY_KEY_WRONG"):
            await pair(address, code, tmp_path / "till", expected_key_sha256=expected, stretch=stretch_quickly)
    assert relay.received == []
    assert at.journal == []


async def test_a_fake_gateway_that_answers_by_itself_is_not_believed(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        real = await proven(at, await at.code())

    async def answer(_request: pairing_pb2.PairRequest) -> pairing_pb2.PairResponse:
        granted = pairing_pb2.PairGranted(chain_pem=real.chain_pem, root_pem=real.root_pem, proof=real.proof)
        return pairing_pb2.PairResponse(granted=granted)

    async with fake_gateway(answer) as (address, fake):
        with pytest.raises(Refused, match="GATEWAY_PROOF_WRONG"):
            await pair(address, "737C-JM8E-TVEZ", tmp_path / "till", stretch=stretch_quickly)
    assert [request.WhichOneof("step") for request in fake.received] == ["prove"]
    assert not (tmp_path / "till").exists()


async def test_something_that_is_no_gateway_is_named_so(tmp_path: Path) -> None:
    async def answer(_request: pairing_pb2.PairRequest) -> pairing_pb2.PairResponse:
        return pairing_pb2.PairResponse(completed=pairing_pb2.PairCompleted())

    async with fake_gateway(answer) as (address, _):
        with pytest.raises(Refused, match="NOT_A_GATEWAY"):
            await pair(address, "737C-JM8E-TVEZ", tmp_path / "till", stretch=stretch_quickly)


async def test_eight_registers_with_one_code_get_exactly_one_certificate(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        outcomes = await asyncio.gather(
            *(try_to_pair(at, code, tmp_path / f"till-{number}") for number in range(8)), return_exceptions=True
        )
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [error.reason for error in refusals] == ["PAIRING_CODE_NOT_ACCEPTED"] * 7
    assert sum((tmp_path / f"till-{number}" / FILE_NAME).exists() for number in range(8)) == 1
    assert at.changes.count(("PAIRED", "kasse-1")) == 1


async def test_after_twenty_failures_in_a_minute_even_the_right_code_waits(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        for guess in range(20):
            at.clock.running_ms += 1_000
            with pytest.raises(Refused):
                await proven(
                    at, f"00{guess:010d}".replace("00", "ZZ", 1) if not code.startswith("ZZ") else f"00{guess:010d}"
                )
        with pytest.raises(TryAgain, match="PAIRING_TOO_MANY_FAILURES") as caught:
            await try_to_pair(at, code, tmp_path / "till")
        assert caught.value.retry_after_ms == 41_000
        assert at.changes.count(("ATTEMPT_REFUSED", "")) == 20
        at.clock.running_ms += caught.value.retry_after_ms
        await try_to_pair(at, code, tmp_path / "till")


async def test_an_old_message_played_again_is_a_used_code(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        prove = prove_message(attempt_of(code, at.authority.server.key_sha256))
        confirm = pairing_pb2.PairRequest(confirm=pairing_pb2.PairConfirm())
        assert await send(at.pairing_address, prove, confirm) == ["granted", "completed"]
        assert await send(at.pairing_address, prove, confirm) == ["PAIRING_CODE_NOT_ACCEPTED"]


async def test_messages_out_of_order_are_refused_and_an_unconfirmed_grant_is_told(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        confirm = pairing_pb2.PairRequest(confirm=pairing_pb2.PairConfirm())
        assert await send(at.pairing_address, confirm) == ["PAIRING_OUT_OF_ORDER"]
        assert await send(at.pairing_address) == ["PAIRING_OUT_OF_ORDER"]
        prove = prove_message(attempt_of(await at.code(), at.authority.server.key_sha256))
        prove.prove.method = pairing_pb2.PAIR_METHOD_SPAKE2
        assert await send(at.pairing_address, prove) == ["PAIRING_METHOD_UNKNOWN"]
        prove.prove.method = pairing_pb2.PAIR_METHOD_HMAC_CODE
        assert await send(at.pairing_address, prove, prove) == ["granted", "PAIRING_OUT_OF_ORDER"]
    assert at.steps[-1].reason == "PAIRING_NOT_CONFIRMED"


def greedy_request() -> bytes:
    builder = x509.CertificateSigningRequestBuilder()
    builder = builder.subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway.mitte.branchgate.internal")])
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    names = [
        x509.DNSName("gateway.mitte.branchgate.internal"),
        x509.UniformResourceIdentifier("spiffe://zentrale/branch/mitte/register/kasse-2"),
    ]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(new_key(), hashes.SHA256()).public_bytes(Encoding.DER)


async def test_a_request_for_other_names_or_a_ca_gets_the_operators_choice(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        grant = await proven(at, await at.code(), greedy_request())
    leaf = from_pem(grant.chain_pem)[0]
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["kasse-1.mitte.branchgate.internal"]
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [
        "spiffe://zentrale/branch/mitte/register/kasse-1"
    ]
    assert leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert "gateway" not in leaf.subject.rfc4514_string()


async def test_a_request_that_cannot_be_signed_still_burns_the_code(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        with pytest.raises(Refused, match="CSR_INVALID"):
            await proven(at, code, b"nonsense")
        assert (at.steps[-1].stage, at.steps[-1].reason) == (Stage.ENDED, "CSR_INVALID")
        assert await refused(at, code, tmp_path / "till") == "PAIRING_CODE_NOT_ACCEPTED"


async def test_a_gateway_whose_clock_runs_behind_issues_nothing(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        at.clock.wall_ms -= 2 * DAY_MS
        with pytest.raises(Refused, match="ISSUER_CLOCK_BEHIND"):
            await proven(at, await at.code())
    assert at.journal == []


async def test_the_pairing_port_serves_nothing_else(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        certificate = (await presented_chain(at.pairing_address))[0]
        async with pinned_channel(at.pairing_address, LAN, certificate) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await who_am_i(channel)
    assert error_from(caught.value).reason == "CALLER_NOT_ALLOWED"


async def test_an_unpaired_client_does_not_reach_the_service_port(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        certificate = (await presented_chain(at.pairing_address))[0]
        async with pinned_channel(at.service_address, LAN, certificate) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await who_am_i(channel)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_register_of_branch_a_is_a_stranger_at_gateway_b(tmp_path: Path) -> None:
    clock = TurnedClock()
    central = CentralChain(clock.now_ms())
    async with (
        shop(tmp_path / "a", central=central, clock=clock) as mitte,
        shop(tmp_path / "b", central=central, branch_id="sued", clock=clock) as sued,
    ):
        identity = await pair(mitte.pairing_address, await mitte.code(), tmp_path / "till", stretch=stretch_quickly)
        await pair(sued.pairing_address, await sued.code(), tmp_path / "other", stretch=stretch_quickly)
        at_b = {"gateway_address": sued.service_address}
        for name in (identity.gateway_name, "gateway.sued.branchgate.internal"):
            stranger = type(identity)(
                **{field: getattr(identity, field) for field in identity.__dataclass_fields__}
                | at_b
                | {"gateway_name": name}
            )
            async with stranger.open_channel() as channel:
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await who_am_i(channel)
            assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_certificate_that_expires_ends_its_open_connections_calls(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        identity = await try_to_pair(at, await at.code(), tmp_path / "till")
        async with identity.open_channel() as channel:
            assert await who_am_i(channel) == "kasse-1"
            at.clock.wall_ms = issued_ms(from_pem(identity.chain_pem)[0]) + 90 * DAY_MS
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await who_am_i(channel)
    assert error_from(caught.value).reason == "CERTIFICATE_EXPIRED"


async def test_a_malformed_code_never_leaves_the_register(tmp_path: Path) -> None:
    async with fake_gateway(lambda _request: pytest.fail("asked")) as (address, fake):
        for typed in ("", "1234", "737C-JM8E-TVEU", "737C-JM8E-TVEZ-0", "7'37C-JM8E-TVE"):
            with pytest.raises(Refused, match="PAIRING_CODE_MALFORMED") as caught:
                await pair(address, typed, tmp_path / "till", stretch=stretch_quickly)
            assert not typed or typed not in str(caught.value)
    assert fake.received == []


async def test_grinding_through_all_ids_ends_in_the_limit(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        stopped = 0
        for first in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            for second in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
                if first + second == parsed_code(code).code_id:
                    continue
                try:
                    await proven(at, f"{first}{second}0000000000")
                except TryAgain:
                    stopped += 1
                except Refused:
                    pass
        assert stopped == 1023 - 20
        assert len(at.journal) == 20
