"""A receipt that the gateway found by its number: of whichever register, and with everything that refers to it."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.model import Receipt
from branchgate.v1 import journal_pb2


@dataclass(frozen=True, slots=True)
class Found:
    """A recorded receipt; `referring`: returns, settlements, uses and voids of it that stand."""

    event_id: bytes
    register_id: str
    receipt: Receipt
    referring: tuple[Receipt, ...] = ()


def found_in(answer: journal_pb2.FindReceiptResponse) -> Found:
    """Reads the gateway's answer. Raises Refused (RECEIPT_UNREADABLE) for bytes that are no receipt."""
    found = answer.receipt
    return Found(
        found.event_id,
        found.register_id,
        decode_receipt(found.body),
        tuple(decode_receipt(each.body) for each in answer.referring),
    )
