"""Bodies of the events that a gateway writes about other events: FINDING and CONFLICT."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.events import EventKind, Finding
from branchgate.v1 import event_pb2


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """Body of a FINDING: the rules an event breaks. `refused`: it could not be read, and its bytes are kept here only."""

    about_event_id: bytes
    findings: tuple[Finding, ...]
    refused: bool = False
    refused_event: bytes = b""


def encode_finding_record(record: FindingRecord) -> bytes:
    """The body of the record's event. Deterministic."""
    return event_pb2.FindingRecord(
        about_event_id=record.about_event_id,
        findings=_messages(record.findings),
        refused=record.refused,
        refused_event=record.refused_event,
    ).SerializeToString(deterministic=True)


def decode_finding_record(body: bytes) -> FindingRecord:
    """The record in a FINDING's body. Raises Refused (FINDING_UNREADABLE) when the bytes do not parse."""
    try:
        message = event_pb2.FindingRecord.FromString(body)
    except DecodeError as failure:
        raise Refused("FINDING_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure)) from failure
    findings = tuple(Finding(each.reason, each.field, each.value, each.rule) for each in message.findings)
    return FindingRecord(message.about_event_id, findings, message.refused, message.refused_event)


def event_bytes(event_id: bytes, register_sequence: int, kind: int, body: bytes) -> bytes:
    """An event as its maker sent it, for a CONFLICT's body or a refusal; `kind` may be a number this version does not know."""
    return event_pb2.Event(
        event_id=event_id,
        register_sequence=register_sequence,
        kind=event_pb2.EventKind.ValueType(kind),
        body=body,
    ).SerializeToString(deterministic=True)


def number_brought(kind: int, register_sequence: int, body: bytes) -> int:
    """The register's own number of the event that an entry brings; 0 when it brings none.

    The entry's, or that of the event kept inside a CONFLICT or a refusal: where the number has an entry already, such an entry has none of
    its own, and yet it is what the register waits for before it forgets the event.
    """
    if register_sequence:
        return register_sequence
    try:
        if kind == EventKind.CONFLICT:
            return event_pb2.Event.FromString(body).register_sequence
        if kind == EventKind.FINDING:
            refused = event_pb2.FindingRecord.FromString(body).refused_event
            return event_pb2.Event.FromString(refused).register_sequence
    except DecodeError:
        return 0  # whoever reads the body names that
    return 0


def _messages(findings: Iterable[Finding]) -> list[event_pb2.Finding]:
    return [
        event_pb2.Finding(reason=each.reason, field=each.field, value=each.value, rule=each.rule) for each in findings
    ]
