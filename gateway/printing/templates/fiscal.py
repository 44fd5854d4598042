"""The TSE's part of a receipt: what it signed, legible, and as the QR code of DSFinV-K (Anhang I, part 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from branchgate.receipts.model import TseSignature
from drivers.escpos.document import Align, Columns, Element, Feed, QrCode, Text
from gateway.printing.templates.words import NO_TSE, Words

QR_VERSION: Final = "V0"


@dataclass(frozen=True, slots=True)
class TseDevice:
    """What the QR code needs of the TSE itself, as in tse.csv: public key in base64, names of algorithm and time format."""

    public_key: str
    signature_algorithm: str = "ecdsa-plain-SHA256"
    time_format: str = "unixTime"


def qr_payload(tse: TseSignature, register_serial: str, device: TseDevice) -> str:
    """The twelve fields that a checking app reads."""
    return ";".join(
        (
            QR_VERSION,
            register_serial,
            tse.process_type,
            tse.process_data,
            str(tse.transaction_number),
            str(tse.signature_counter),
            _utc(tse.started_at_ms),
            _utc(tse.finished_at_ms),
            device.signature_algorithm,
            device.time_format,
            tse.signature,
            device.public_key,
        )
    )


def fiscal_block(
    tse: TseSignature | None, register_serial: str, words: Words, zone: ZoneInfo, device: TseDevice | None = None
) -> list[Element]:
    """What the TSE says; without one, or when it was down, that is said instead (AEAO to § 146a, 1.14)."""
    if tse is None:
        return [Text(NO_TSE, Align.CENTER, bold=True)]
    if tse.failure:
        return [Text(f"{words.tse_failed}: {tse.failure}", Align.CENTER, bold=True)]
    block: list[Element] = [
        Columns(words.tse_transaction, str(tse.transaction_number)),
        Columns(words.tse_counter, str(tse.signature_counter)),
        Columns(f"TSE {words.began}", words.time(tse.started_at_ms, zone)),
        Columns(f"TSE {words.ended}", words.time(tse.finished_at_ms, zone)),
        Text(f"{words.tse_serial}:"),
        Text(tse.tse_serial),
        Text(f"{words.signature}:"),
        Text(tse.signature),
    ]
    if device is not None:
        block += [Feed(), QrCode(qr_payload(tse, register_serial, device))]
    return block


def _utc(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at_ms % 1000:03d}Z"
