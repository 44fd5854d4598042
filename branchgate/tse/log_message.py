"""The bytes that a TSE signs when a transaction is finished (TR-03151 v1.0.1, 2.4; TR-03151-1 v1.1.1).

A plain row of DER elements without a sequence around it. Version 2 is what the TSEs of the first years sign; version 3 differs in its
number and in how it writes the operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from branchgate.errors import Refused


class TimeFormat(StrEnum):
    """TSE_ZEITFORMAT: how the log time stands in the signed bytes."""

    UNIX_TIME = "unixTime"
    UTC_TIME = "utcTime"
    UTC_TIME_WITH_SECONDS = "utcTimeWithSeconds"
    GENERALIZED_TIME = "generalizedTime"
    GENERALIZED_TIME_WITH_MILLISECONDS = "generalizedTimeWithMilliseconds"


class Operation(StrEnum):
    """What was signed, as version 2 writes it; version 3 begins with a small letter."""

    START = "StartTransaction"
    UPDATE = "UpdateTransaction"
    FINISH = "FinishTransaction"


VERSIONS: Final = (2, 3)
"""Formats of the log message, the usual one first."""

ALGORITHMS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "ecdsa-plain-SHA224": 2,
        "ecdsa-plain-SHA256": 3,
        "ecdsa-plain-SHA384": 4,
        "ecdsa-plain-SHA512": 5,
        "ecdsa-plain-SHA3-224": 8,
        "ecdsa-plain-SHA3-256": 9,
        "ecdsa-plain-SHA3-384": 10,
        "ecdsa-plain-SHA3-512": 11,
    }
)
"""TSE_SIG_ALGO to the last number of its object identifier 0.4.0.127.0.7.1.1.4.1.n (TR-03111, 5.2.1)."""

_INTEGER, _OCTETS, _OBJECT, _UTC_TIME, _GENERALIZED_TIME, _SEQUENCE = 0x02, 0x04, 0x06, 0x17, 0x18, 0x30
_OPERATION, _CLIENT, _DATA, _TYPE, _TRANSACTION = 0x80, 0x81, 0x82, 0x83, 0x85
"""Context tags of a transaction log; 0x84 (additional external data) is never written."""

_TRANSACTION_LOG: Final = bytes.fromhex("04007f000703070101")
"""Content of the object identifier 0.4.0.127.0.7.3.7.1.1."""
_ECDSA_PLAIN: Final = bytes.fromhex("04007f000701010401")
"""Content of the object identifier 0.4.0.127.0.7.1.1.4.1."""

_LONG_LENGTH = 0x80


@dataclass(frozen=True, slots=True)
class LogMessage:
    """What a TSE signs of one step of a transaction. `serial_number`: SHA-256 of the key point, 32 bytes; `logged_at_ms`: UTC."""

    client_id: str
    process_type: str
    process_data: bytes
    transaction_number: int
    serial_number: bytes
    signature_algorithm: str
    signature_counter: int
    logged_at_ms: int
    time_format: str = TimeFormat.UNIX_TIME
    operation: Operation = Operation.FINISH
    version: int = 2

    def encode(self) -> bytes:
        """The signed bytes. Raises Refused (TSE_CODE_UNREADABLE) for an algorithm or a time format that has no form here."""
        operation = self.operation if self.version == VERSIONS[0] else self.operation[0].lower() + self.operation[1:]
        return b"".join(
            (
                _element(_INTEGER, _integer(self.version)),
                _element(_OBJECT, _TRANSACTION_LOG),
                _element(_OPERATION, operation.encode()),
                _element(_CLIENT, self.client_id.encode()),
                _element(_DATA, self.process_data),
                _element(_TYPE, self.process_type.encode()),
                _element(_TRANSACTION, _integer(self.transaction_number)),
                _element(_OCTETS, self.serial_number),
                _algorithm(self.signature_algorithm),
                _element(_INTEGER, _integer(self.signature_counter)),
                _time(self.logged_at_ms, self.time_format),
            )
        )


def _element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < _LONG_LENGTH:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, _LONG_LENGTH | len(length))) + length + content


def _integer(number: int) -> bytes:
    """The content of an INTEGER: two's complement, as short as can be."""
    return number.to_bytes(number.bit_length() // 8 + 1, signed=True)


def _algorithm(name: str) -> bytes:
    last = ALGORITHMS.get(name)
    if last is None:
        rule = ", ".join(ALGORITHMS)
        raise Refused("TSE_CODE_UNREADABLE", field="signature_algorithm", value=name, rule=rule)
    return _element(_SEQUENCE, _element(_OBJECT, _ECDSA_PLAIN + bytes((last,))))


def _time(at_ms: int, time_format: str) -> bytes:
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    match time_format:
        case TimeFormat.UNIX_TIME:
            return _element(_INTEGER, _integer(at_ms // 1000))
        case TimeFormat.UTC_TIME | TimeFormat.UTC_TIME_WITH_SECONDS:
            return _element(_UTC_TIME, f"{moment:%y%m%d%H%M%SZ}".encode())
        case TimeFormat.GENERALIZED_TIME:
            return _element(_GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%SZ}".encode())
        case TimeFormat.GENERALIZED_TIME_WITH_MILLISECONDS:
            return _element(_GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%S}.{at_ms % 1000:03d}Z".encode())
    rule = ", ".join(TimeFormat)
    raise Refused("TSE_CODE_UNREADABLE", field="time_format", value=time_format, rule=rule)
