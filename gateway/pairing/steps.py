"""What the operator's dialog shows while a register is being paired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from branchgate.errors.texts import sentence_for
from branchgate.v1 import session_pb2


class Stage(IntEnum):
    """Stages of a pairing; the numbers are those of the contract (session.proto)."""

    CODE = 1
    WRONG_TRY = 2
    GRANTED = 3
    COMPLETED = 4
    ENDED = 5


LAST_STAGES = (Stage.COMPLETED, Stage.ENDED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `reason` names the sentence; the four fields behind it are set with stage CODE only.

    `code` is as shown, for example "737C-JM8E-TVEZ", and stays out of the representation; `lives_ms` counts from now.
    """

    stage: Stage
    reason: str
    register_id: str
    code: str = field(default="", repr=False)
    pairing_address: str = ""
    server_key_sha256: bytes = b""
    lives_ms: int = 0

    @property
    def is_last(self) -> bool:
        """True if no further step follows."""
        return self.stage in LAST_STAGES

    def as_message(self, request_id: str) -> session_pb2.PairingStep:
        """The step as central gets it, with its sentences."""
        return session_pb2.PairingStep(
            request_id=request_id,
            stage=session_pb2.PairingStage.ValueType(self.stage),
            code=self.code,
            pairing_address=self.pairing_address,
            server_key_sha256=self.server_key_sha256,
            lives_ms=self.lives_ms,
            text_de=sentence_for(self.reason, "de", value=self.register_id),
            text_en=sentence_for(self.reason, "en", value=self.register_id),
        )


Listener = Callable[[Step], None]
"""Called in the event loop with every step of one pairing; must neither block nor raise."""
