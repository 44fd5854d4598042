"""PairingService: the pairing port, where registers have no certificate yet and the messages carry the proof."""

from __future__ import annotations

import asyncio

from branchgate.clock import Clock
from branchgate.errors import Refused, TryAgain
from branchgate.errors.texts import sentence_for
from branchgate.pairing.session import Attempt
from branchgate.v1 import pairing_pb2, pairing_pb2_grpc
from branchgate.wire.callers import Context
from gateway.pairing.authority import BranchAuthority
from gateway.pairing.desk import Grant, PairingDesk
from gateway.pairing.diagnosis import diagnose
from gateway.pairing.registers import PairedRegisters

# Proving and storing take a register less than a second; who dawdles must not keep the port's few places.
_PATIENCE_S = 30


class PairingServicer(pairing_pb2_grpc.PairingServiceServicer):
    """See pairing.proto."""

    def __init__(self, desk: PairingDesk, authority: BranchAuthority, registers: PairedRegisters, clock: Clock) -> None:
        self._desk = desk
        self._authority = authority
        self._registers = registers
        self._clock = clock

    async def Pair(  # type: ignore[override]  # read()/write() style: its cleanup runs in the RPC's own task
        self, _requests: object, context: Context
    ) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                grant = await self._desk.pair(_attempt(await _next(context)))
                try:
                    await context.write(pairing_pb2.PairResponse(granted=_granted(grant)))
                    _confirmed(await _next(context))
                    self._desk.completed(grant)
                    await context.write(pairing_pb2.PairResponse(completed=pairing_pb2.PairCompleted()))
                finally:
                    self._desk.abandoned(grant)
        except TimeoutError as dawdled:
            raise TryAgain("PAIRING_TOO_SLOW", rule=f"within {_PATIENCE_S} seconds") from dawdled

    async def Diagnose(self, request: pairing_pb2.DiagnoseRequest, _context: Context) -> pairing_pb2.DiagnoseResponse:
        now_ms = self._clock.now_ms()
        verdict = diagnose(
            request.certificate_pem, request.register_time_ms, now_ms, self._authority.branch_ca, self._registers
        )
        reason = f"DIAGNOSIS_{verdict}"
        return pairing_pb2.DiagnoseResponse(
            verdict=verdict,
            gateway_time_ms=now_ms,
            text_de=sentence_for(reason, "de"),
            text_en=sentence_for(reason, "en"),
        )


async def _next(context: Context) -> pairing_pb2.PairRequest:
    """The register's next message; an empty one when it has ended the stream."""
    message: object = await context.read()
    return message if isinstance(message, pairing_pb2.PairRequest) else pairing_pb2.PairRequest()


def _attempt(request: pairing_pb2.PairRequest) -> Attempt:
    if request.WhichOneof("step") != "prove":
        raise Refused("PAIRING_OUT_OF_ORDER", field="step", value=request.WhichOneof("step"), rule="first: prove")
    prove = request.prove
    if prove.method != pairing_pb2.PAIR_METHOD_HMAC_CODE:
        raise Refused("PAIRING_METHOD_UNKNOWN", field="method", value=prove.method, rule="1 (PAIR_METHOD_HMAC_CODE)")
    return Attempt(prove.code_id, prove.csr_der, prove.nonce, prove.proof)


def _confirmed(request: pairing_pb2.PairRequest) -> None:
    if request.WhichOneof("step") != "confirm":
        raise Refused("PAIRING_OUT_OF_ORDER", field="step", value=request.WhichOneof("step"), rule="then: confirm")


def _granted(grant: Grant) -> pairing_pb2.PairGranted:
    numbers = grant.order.number_range
    return pairing_pb2.PairGranted(
        chain_pem=grant.chain_pem,
        root_pem=grant.root_pem,
        proof=grant.proof,
        register_id=grant.order.register_id,
        register_name=grant.order.register_name,
        branch_id=grant.branch_id,
        service_port=grant.service_port,
        gateway_name=grant.gateway_name,
        number_range=pairing_pb2.NumberRange(
            prefix=numbers.prefix,
            digits=numbers.digits,
            suffix=numbers.suffix,
            next_running_number=grant.next_running_number,
        ),
    )
