"""The state of central and of its branches as messages."""

from __future__ import annotations

from branchgate.errors.texts import Language, sentence_for
from branchgate.v1 import central_admin_pb2 as messages
from central.intake import Fault
from central.overview import BranchState
from central.rpc.numbers import range_to_message


def branch_to_message(state: BranchState) -> messages.Branch:
    """A branch with its registers."""
    return messages.Branch(
        settings=state.settings.to_message(),
        registers=[
            messages.Register(
                register_id=register.register_id,
                name=register.name,
                number_range=range_to_message(register.number_range),
                paired=register.paired,
            )
            for register in state.registers
        ],
        enrolled=state.enrolled,
        connected=state.connected,
        articles=state.articles,
        journal_sequence=state.journal_sequence,
    )


def fault_to_message(fault: Fault) -> messages.IntakeFault:
    """What a person must look at, with its sentences."""
    return messages.IntakeFault(
        branch_id=fault.branch_id,
        journal_sequence=fault.journal_sequence,
        reason=fault.reason,
        seen_at_ms=fault.seen_at_ms,
        text_de=_sentence(fault, "de"),
        text_en=_sentence(fault, "en"),
    )


def _sentence(fault: Fault, language: Language) -> str:
    return sentence_for(
        fault.reason, language, field="journal_sequence", value=str(fault.journal_sequence), rule=fault.branch_id
    )
