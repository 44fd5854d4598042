"""What to do about a device: which one, which cause, what next; German and English."""

from __future__ import annotations

from branchgate.errors.texts import Language, all_sentences, sentence_for
from gateway.equipment.state import DeviceKind, DeviceState


def advice(state: DeviceState, language: Language) -> str:
    """One or two sentences; empty when there is nothing to do."""
    if not state.reason:
        return ""
    value = state.address if state.kind is DeviceKind.UNKNOWN else state.open_level
    return sentence_for(_key(state), language, field=_named(state), value=value, rule=state.reason)


def _key(state: DeviceState) -> str:
    if state.reason in all_sentences():
        return state.reason
    key = f"PRINTER_{state.reason.removeprefix('PRINTER_')}"
    return key if key in all_sentences() else "PRINTER_TROUBLE"


def _named(state: DeviceState) -> str:
    described = " ".join(filter(None, (state.maker, state.model)))
    return (described or state.name) if state.kind is DeviceKind.UNKNOWN else state.name
