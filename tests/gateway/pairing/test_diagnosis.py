"""A register that cannot connect asks why, on the pairing port, and gets an answer a person can act on."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.identity.certificates import to_pem
from branchgate.register.pairing import pair
from branchgate.v1 import pairing_pb2, pairing_pb2_grpc
from branchgate.wire.options import LAN
from branchgate.wire.probe import pinned_channel, presented_chain
from tests.gateway.pairing.shop import Shop, shop, stretch_quickly
from tests.rigs.chains import DAY_MS


async def asked(at: Shop, certificate_pem: bytes, *, skew_ms: int = 0) -> pairing_pb2.DiagnoseResponse:
    certificate = (await presented_chain(at.pairing_address))[0]
    request = pairing_pb2.DiagnoseRequest(certificate_pem=certificate_pem, register_time_ms=at.clock.now_ms() + skew_ms)
    async with pinned_channel(at.pairing_address, LAN, certificate) as channel:
        return await pairing_pb2_grpc.PairingServiceStub(channel).Diagnose(request)


async def test_every_verdict_is_given_for_its_cause(tmp_path: Path) -> None:
    async with shop(tmp_path / "a") as at, shop(tmp_path / "b", branch_id="sued") as elsewhere:
        own = (await pair(at.pairing_address, await at.code(), tmp_path / "1", stretch=stretch_quickly)).chain_pem
        foreign = await pair(elsewhere.pairing_address, await elsewhere.code(), tmp_path / "2", stretch=stretch_quickly)
        shown = to_pem((await presented_chain(at.pairing_address))[0])
        assert (await asked(at, own)).verdict == "OK"
        assert (await asked(at, b"")).verdict == "OK"
        assert (await asked(at, b"nonsense")).verdict == "NO_CERTIFICATE"
        assert (await asked(at, foreign.chain_pem)).verdict == "OTHER_BRANCH"
        assert (await asked(at, shown)).verdict == "UNKNOWN_REGISTER"
        assert (await asked(at, own, skew_ms=-301_000)).verdict == "CLOCK_SKEW"
        assert (await asked(at, b"", skew_ms=301_000)).verdict == "CLOCK_SKEW"
        await pair(at.pairing_address, await at.code(), tmp_path / "3", stretch=stretch_quickly)
        assert (await asked(at, own)).verdict == "UNKNOWN_REGISTER"


@pytest.mark.parametrize(("days", "verdict"), [(91, "EXPIRED"), (-2, "NOT_YET_VALID")])
async def test_a_certificate_outside_its_time_is_named_with_the_gateways_clock(
    tmp_path: Path, days: int, verdict: str
) -> None:
    async with shop(tmp_path / "a") as at:
        own = (await pair(at.pairing_address, await at.code(), tmp_path / "1", stretch=stretch_quickly)).chain_pem
        at.clock.advance(days * DAY_MS)
        answer = await asked(at, own)
    assert answer.verdict == verdict
    assert answer.gateway_time_ms == at.clock.now_ms()
    assert "Uhr" in answer.text_de
    assert "clock" in answer.text_en
