"""The QR code of a receipt: twelve fields between semicolons, made from a signature and read back (DSFinV-K, Anhang I, part 2).

An order's process data may itself hold semicolons, so a text is read from both ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from branchgate.errors import Refused
from branchgate.receipts.model import TseSignature
from branchgate.tse.keys import decode_base64, encode_base64, point_of, serial_of
from branchgate.tse.log_message import TimeFormat

VERSION: Final = "V0"
FIELDS: Final = 12
_BEFORE, _BEHIND = 3, 8
"""Fields before and behind the process data."""

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_YEAR_10000_MS: Final = 253_402_300_800_000
_NUMBER: Final = re.compile(r"0|[1-9]\d{0,18}")


@dataclass(frozen=True, slots=True)
class ReceiptCode:
    """What a receipt's QR code says. Times in UTC milliseconds: of the start, and of the finish that was signed.

    `signature` and `public_key` are bytes; the key is the uncompressed point, in whichever form it was read.
    """

    register_serial: str
    process_type: str
    process_data: str
    transaction_number: int
    signature_counter: int
    started_at_ms: int
    finished_at_ms: int
    signature_algorithm: str
    time_format: str
    signature: bytes
    public_key: bytes

    @property
    def tse_serial(self) -> str:
        """The serial number of the TSE that signed: it follows from its key."""
        return serial_of(self.public_key)

    def text(self) -> str:
        """The text of the code, with the key as a point."""
        return ";".join(
            (
                VERSION,
                self.register_serial,
                self.process_type,
                self.process_data,
                str(self.transaction_number),
                str(self.signature_counter),
                utc_text(self.started_at_ms),
                utc_text(self.finished_at_ms),
                self.signature_algorithm,
                self.time_format,
                encode_base64(self.signature),
                encode_base64(self.public_key),
            )
        )


def code_of(tse: TseSignature, register_serial: str) -> ReceiptCode:
    """The code of a signed receipt. `register_serial` is what the TSE knows the register by (clientId).

    Raises Refused (TSE_CODE_UNREADABLE) naming the field when the signature is of an outage, or something is missing or no base64.
    """
    if tse.failure:
        raise _unreadable("failure", tse.failure, "a receipt that was signed")
    for field in ("process_type", "signature_algorithm", "log_time_format"):
        _single(getattr(tse, field), field)
    return ReceiptCode(
        register_serial=_single(register_serial, "register_serial"),
        process_type=tse.process_type,
        process_data=tse.process_data,
        transaction_number=tse.transaction_number,
        signature_counter=tse.signature_counter,
        started_at_ms=_in_calendar(tse.started_at_ms, "started_at_ms"),
        finished_at_ms=_in_calendar(tse.finished_at_ms, "finished_at_ms"),
        signature_algorithm=tse.signature_algorithm,
        time_format=tse.log_time_format,
        signature=_signature(tse.signature),
        public_key=point_of(decode_base64(tse.public_key, "public_key")),
    )


def parse_code(text: str) -> ReceiptCode:
    """Reads the text of a code. Raises Refused (TSE_CODE_UNREADABLE) naming the first field that is not as it must be."""
    fields = text.split(";")
    if len(fields) < FIELDS:
        raise _unreadable("fields", str(len(fields)), f"{FIELDS} fields between semicolons")
    version, register_serial, process_type = fields[:_BEFORE]
    if version != VERSION:
        raise _unreadable("version", version, VERSION)
    transaction, counter, started, finished, algorithm, time_format, signature, key = fields[-_BEHIND:]
    if time_format not in set(TimeFormat):
        raise _unreadable("time_format", time_format, ", ".join(TimeFormat))
    return ReceiptCode(
        register_serial=_single(register_serial, "register_serial"),
        process_type=_single(process_type, "process_type"),
        process_data=";".join(fields[_BEFORE:-_BEHIND]),
        transaction_number=_number(transaction, "transaction_number"),
        signature_counter=_number(counter, "signature_counter"),
        started_at_ms=_moment(started, "start_time"),
        finished_at_ms=_moment(finished, "log_time"),
        signature_algorithm=_single(algorithm, "signature_algorithm"),
        time_format=time_format,
        signature=_signature(signature),
        public_key=point_of(decode_base64(key, "public_key")),
    )


def utc_text(at_ms: int) -> str:
    """A time as the code writes it: `2026-09-03T10:15:00.000Z`."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at_ms % 1000:03d}Z"


def _signature(text: str) -> bytes:
    signature = decode_base64(text, "signature")
    if not signature:
        raise _unreadable("signature", text, "not empty")
    return signature


def _in_calendar(at_ms: int, field: str) -> int:
    if not 0 <= at_ms < _YEAR_10000_MS:
        raise _unreadable(field, str(at_ms), "milliseconds since 1970, before the year 10000")
    return at_ms


def _single(value: str, field: str) -> str:
    if not value or ";" in value:
        raise _unreadable(field, value, "not empty, no semicolon")
    return value


def _number(text: str, field: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise _unreadable(field, text, "a whole number")
    return int(text)


def _moment(text: str, field: str) -> int:
    rule = "as in 2026-09-03T10:15:00.000Z"
    if not _MOMENT.fullmatch(text):
        raise _unreadable(field, text, rule)
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as failure:
        raise _unreadable(field, text, rule) from failure
    return int(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000


def _unreadable(field: str, value: str, rule: str) -> Refused:
    return Refused("TSE_CODE_UNREADABLE", field=field, value=value, rule=rule)
