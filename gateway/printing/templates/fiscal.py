"""The TSE's part of a receipt: what it signed, legible and as a QR code, or the plain word that it did not sign (KassenSichV § 6).

With the code printed the legible block may be left away: everything in it stands in the code, and the TSE's serial number follows from
its key. Where no code can be made, the block is printed whatever the branch has chosen.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from branchgate.errors import Refused
from branchgate.receipts.model import Receipt, ReceiptType, TseSignature
from branchgate.tse import BOOKED_BY_GATEWAY, code_of
from drivers.escpos.document import Align, Columns, Element, Feed, QrCode, Text
from gateway.printing.templates.words import NO_TSE, UNCERTIFIED_TSE, Words

LONGEST_CODE: Final = 700
"""Bytes of a code that 58 mm paper takes at four dots a module (version 18, level L); receipts need 300 to 600, a long order more."""


def fiscal_block(
    receipt: Receipt, register_serial: str, words: Words, zone: ZoneInfo, *, legible: bool
) -> list[Element]:
    """What the TSE says; without one, or when it was down, that is said instead (AEAO to § 146a, 1.14).

    `legible`: the TSE's data are printed as text also where the code says the same.
    """
    tse = receipt.tse
    if tse is None:
        return [Text(NO_TSE, Align.CENTER, bold=True)]
    if tse.failure == BOOKED_BY_GATEWAY:
        return [Text(tse.failure, Align.CENTER, bold=True), Columns(words.register_serial, register_serial)]
    if tse.failure:
        return _outage(tse, register_serial, words, zone)
    mark: list[Element] = [Text(UNCERTIFIED_TSE, Align.CENTER, bold=True)] if tse.uncertified else []
    code = _code(receipt, tse, register_serial)
    block = _legible(tse, register_serial, words, zone) if legible or not code else []
    return [*mark, *block, *code]


def _outage(tse: TseSignature, register_serial: str, words: Words, zone: ZoneInfo) -> list[Element]:
    since = f" {words.since} {words.time(tse.outage_since_ms, zone)}" if tse.outage_since_ms else ""
    return [
        Text(f"{words.tse_down}{since}", Align.CENTER, bold=True),
        Text(f"{words.reason}: {tse.failure}", Align.CENTER),
        Columns(words.register_serial, register_serial),
    ]


def _legible(tse: TseSignature, register_serial: str, words: Words, zone: ZoneInfo) -> list[Element]:
    return [
        Columns(words.tse_transaction, str(tse.transaction_number)),
        Columns(words.tse_counter, str(tse.signature_counter)),
        Columns(f"TSE {words.began}", words.time(tse.started_at_ms, zone)),
        Columns(f"TSE {words.ended}", words.time(tse.finished_at_ms, zone)),
        Columns(words.register_serial, register_serial),
        Text(f"{words.tse_serial}:"),
        Text(tse.tse_serial),
        Text(f"{words.signature}:"),
        Text(tse.signature),
    ]


def _code(receipt: Receipt, tse: TseSignature, register_serial: str) -> list[Element]:
    """The code; nothing on practice, which nobody is to take for a receipt, and nothing where it could not be read."""
    if receipt.type is ReceiptType.AV_TRAINING:
        return []
    try:
        text = code_of(tse, register_serial).text()
    except Refused:
        return []  # Incomplete: what there is of it stands in the legible block.
    return [Feed(), QrCode(text)] if len(text.encode()) <= LONGEST_CODE else []
