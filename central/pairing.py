"""Pairing a register (Kasse anbinden), seen from central: it checks, asks the gateway, and passes on what happens there.

The gateway makes the authorization code; here it is only passed through, never stored and never logged.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from google.protobuf.message import DecodeError

from branchgate.errors import BranchgateError, OutcomeUnknown, Refused, RefusedKind, TryAgain
from branchgate.v1 import event_pb2
from central.registers import Registers
from central.sessions import PairingStage, PairingStep, RequestRefused, Sessions, StartPairing

_log = structlog.get_logger(__name__)

_PAIRED = "PAIRED"


@dataclass(frozen=True, slots=True)
class Pairing:
    """Pairs registers over the gateways' sessions."""

    registers: Registers
    sessions: Sessions

    async def pair(self, branch_id: str, register_id: str) -> AsyncIterator[PairingStep]:
        """The steps of one pairing as they happen, the last one COMPLETED or ENDED.

        Raises Refused (NOT_FOUND, or what the gateway answers), TryAgain (GATEWAY_NOT_CONNECTED, GATEWAY_LOST), and OutcomeUnknown
        (PAIRING_OUTCOME_UNKNOWN) when the line breaks after the certificate was issued.
        """
        register = await self.registers.get(branch_id, register_id)
        session = self.sessions.of(branch_id)
        request = StartPairing(uuid.uuid4().hex, register_id, register.name, register.number_range)
        _log.info("pairing_started", branch=branch_id, register=register_id)
        granted = False
        with session.asking(request) as answers:
            try:
                async for answer in answers:
                    if isinstance(answer, RequestRefused):
                        raise _refused(answer)
                    if not isinstance(answer, PairingStep):
                        continue
                    granted = granted or answer.stage == PairingStage.GRANTED
                    if answer.stage == PairingStage.COMPLETED:
                        await self.registers.paired(branch_id, register_id)
                    _log.info("pairing_step", branch=branch_id, register=register_id, stage=int(answer.stage))
                    yield answer
            except TryAgain as lost:
                if not granted:
                    raise
                raise OutcomeUnknown(
                    "PAIRING_OUTCOME_UNKNOWN", field="register_id", value=register_id, rule=lost.reason
                ) from lost


def paired_register(body: bytes) -> str:
    """The register that an IDENTITY event says was paired; empty for other changes and for bytes that cannot be read."""
    try:
        change = event_pb2.IdentityChange.FromString(body)
    except DecodeError:
        return ""
    return change.register_id if change.change == _PAIRED else ""


def _refused(answer: RequestRefused) -> BranchgateError:
    return Refused(answer.reason, field="register_id", rule=answer.text_en, kind=RefusedKind.NOT_NOW)
