"""Why a register does not get through to its gateway: asked on the pairing port, where no certificate is needed."""

from __future__ import annotations

from dataclasses import dataclass

import grpc.aio

from branchgate.errors.status import error_from
from branchgate.identity.certificates import from_pem, to_pem
from branchgate.register.identity import Identity
from branchgate.v1 import pairing_pb2, pairing_pb2_grpc
from branchgate.wire.options import LAN
from branchgate.wire.probe import pinned_channel, presented_chain

_PATIENCE_S = 10


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The gateway's verdict: OK, EXPIRED, NOT_YET_VALID, OTHER_BRANCH, UNKNOWN_REGISTER, NO_CERTIFICATE or CLOCK_SKEW.

    `clock_ahead_ms`: how far the register's clock is ahead of the gateway's, negative when behind. The texts are for people.
    """

    verdict: str
    clock_ahead_ms: int
    text_de: str
    text_en: str


async def diagnose(identity: Identity, now_ms: int) -> Diagnosis:
    """Asks the gateway what it thinks of this register's certificate and clock (UTC ms). Raises TryAgain (NOT_REACHABLE).

    The answer is advice: the gateway's own certificate is taken as it is, because it may be what is wrong.
    """
    address = identity.pairing_address
    server = (await presented_chain(address))[0]
    leaf = to_pem(from_pem(identity.chain_pem)[0])
    request = pairing_pb2.DiagnoseRequest(certificate_pem=leaf, register_time_ms=now_ms)
    async with pinned_channel(address, LAN, server) as channel:
        try:
            found = await pairing_pb2_grpc.PairingServiceStub(channel).Diagnose(request, timeout=_PATIENCE_S)
        except grpc.aio.AioRpcError as failure:
            raise error_from(failure) from failure
    return Diagnosis(found.verdict, now_ms - found.gateway_time_ms, found.text_de, found.text_en)
