"""Parked receipts as frozen values, and the bodies of the PARKED events that tell what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.receipts.codec import customer_message, customer_of, line_message, line_of
from branchgate.receipts.model import Customer, Line
from branchgate.v1 import parked_pb2


class ParkedStep(IntEnum):
    """What became of a parked receipt; the numbers are those of the contract."""

    PARKED = 1
    RESUMED = 2
    PAID = 3
    ABANDONED = 4
    RELEASED = 5
    CARRIED_OVER = 6


ENDS = frozenset({ParkedStep.PAID, ParkedStep.ABANDONED})
"""Steps after which nothing can become of it any more."""


@dataclass(frozen=True, slots=True)
class ParkedReceipt:
    """What was rung up before it was put aside. `started_at_ms` is UTC by the register's clock, `total_cents` the sum of what counts."""

    parked_id: bytes
    title: str
    lines: tuple[Line, ...]
    started_at_ms: int
    total_cents: int
    user_id: str
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class ParkedChange:
    """Body of a PARKED event.

    `register_id` is empty for an operator and for what a closing did. Of PARKED alone: `receipt`, `parked_at_ms` (the first time, UTC)
    and `carried_over` (closings so far). Of PAID and ABANDONED: `receipt_event_id`. A CARRIED_OVER stands in its closing's transaction.
    """

    parked_id: bytes
    step: ParkedStep
    register_id: str
    user_id: str
    at_ms: int
    receipt: ParkedReceipt | None = None
    receipt_event_id: bytes = b""
    parked_at_ms: int = 0
    carried_over: int = 0


def encode_change(change: ParkedChange) -> bytes:
    """The body of the change's event. Deterministic."""
    return parked_pb2.ParkedChange(
        parked_id=change.parked_id,
        step=parked_pb2.ParkedStep.ValueType(change.step),
        register_id=change.register_id,
        user_id=change.user_id,
        at_ms=change.at_ms,
        receipt=None if change.receipt is None else parked_message(change.receipt),
        receipt_event_id=change.receipt_event_id,
        parked_at_ms=change.parked_at_ms,
        carried_over=change.carried_over,
    ).SerializeToString(deterministic=True)


def decode_change(body: bytes) -> ParkedChange:
    """The change in a PARKED event's body. Raises Refused (PARKED_UNREADABLE)."""
    try:
        message = parked_pb2.ParkedChange.FromString(body)
        return ParkedChange(
            message.parked_id,
            ParkedStep(message.step),
            message.register_id,
            message.user_id,
            message.at_ms,
            parked_of_message(message.receipt) if message.HasField("receipt") else None,
            message.receipt_event_id,
            message.parked_at_ms,
            message.carried_over,
        )
    except (DecodeError, ValueError) as failure:
        raise _unreadable(body, failure) from failure


def encode_parked(receipt: ParkedReceipt) -> bytes:
    """A parked receipt as bytes. Deterministic."""
    return parked_message(receipt).SerializeToString(deterministic=True)


def decode_parked(body: bytes) -> ParkedReceipt:
    """A parked receipt from bytes. Raises Refused (PARKED_UNREADABLE)."""
    try:
        return parked_of_message(parked_pb2.ParkedReceipt.FromString(body))
    except (DecodeError, ValueError) as failure:
        raise _unreadable(body, failure) from failure


def parked_message(receipt: ParkedReceipt) -> parked_pb2.ParkedReceipt:
    """A parked receipt as a message."""
    return parked_pb2.ParkedReceipt(
        parked_id=receipt.parked_id,
        title=receipt.title,
        lines=[line_message(line) for line in receipt.lines],
        started_at_ms=receipt.started_at_ms,
        total_cents=receipt.total_cents,
        user_id=receipt.user_id,
        customer=customer_message(receipt.customer),
    )


def parked_of_message(message: parked_pb2.ParkedReceipt) -> ParkedReceipt:
    """A parked receipt from a message. Raises ValueError for a number that stands for nothing."""
    return ParkedReceipt(
        message.parked_id,
        message.title,
        tuple(line_of(line) for line in message.lines),
        message.started_at_ms,
        message.total_cents,
        message.user_id,
        customer_of(message.customer) if message.HasField("customer") else None,
    )


def _unreadable(body: bytes, failure: Exception) -> Refused:
    return Refused("PARKED_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure))
