"""Number ranges as messages and back."""

from __future__ import annotations

from branchgate.numbers import NumberRange
from branchgate.v1 import pairing_pb2


def range_to_message(number_range: NumberRange) -> pairing_pb2.NumberRange:
    """A number range as a message."""
    return pairing_pb2.NumberRange(prefix=number_range.prefix, digits=number_range.digits, suffix=number_range.suffix)


def range_from_message(message: pairing_pb2.NumberRange) -> NumberRange:
    """A number range from its message. Raises Refused (NUMBER_RANGE_INVALID)."""
    return NumberRange(message.prefix, message.digits, message.suffix)
