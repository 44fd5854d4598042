"""What to do about a device: which one, which cause, what next; German and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from branchgate.errors.texts import Language, all_sentences, sentence_for
from gateway.equipment.state import DeviceKind, DeviceState

_ALL_REGISTERS: Final[Mapping[Language, str]] = {"de": "alle Kassen", "en": "all registers"}


def advice(state: DeviceState, language: Language) -> str:
    """One or two sentences; empty when there is nothing to do."""
    if not state.reason:
        return ""
    return sentence_for(_key(state), language, field=_named(state), value=_value(state, language), rule=state.reason)


def _value(state: DeviceState, language: Language) -> str:
    if state.kind is DeviceKind.UNKNOWN:
        return state.address
    if state.kind is DeviceKind.MISSING:
        everybody = _ALL_REGISTERS[language]
        return ", ".join(f"{role} ({register_id or everybody})" for role, register_id in state.wanted_for)
    return state.open_level


def _key(state: DeviceState) -> str:
    if state.reason in all_sentences():
        return state.reason
    key = f"PRINTER_{state.reason.removeprefix('PRINTER_')}"
    return key if key in all_sentences() else "PRINTER_TROUBLE"


def _named(state: DeviceState) -> str:
    described = " ".join(filter(None, (state.maker, state.model)))
    return (described or state.name) if state.kind is DeviceKind.UNKNOWN else state.name
