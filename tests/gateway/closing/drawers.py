"""Receipts that move cash, and what of them stands in the journal."""

from __future__ import annotations

from branchgate.events import EventKind
from branchgate.numbers import NumberRange
from branchgate.receipts.basket import Header, money_movement
from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.model import BusinessCase, Receipt
from branchgate.records import decode_finding_record
from tests.gateway.branch import NOW_MS, Branch
from tests.gateway.sales.samples import sample_receipt

RANGE = NumberRange("K1-", 6)
HOUR_MS = 3_600_000


def sale(running: int, cents: int = 1190, at_ms: int = NOW_MS) -> Receipt:
    return sample_receipt(running, at_ms, cents)


def moved(running: int, case: BusinessCase, cents: int, at_ms: int = NOW_MS) -> Receipt:
    header = Header(RANGE.number(running), running, at_ms - 1, at_ms, "anna", "Anna")
    return money_movement(header, case, cents, case.dsfinvk)


def recorded(branch: Branch, kind: EventKind) -> list[bytes]:
    return [entry.body for entry in branch.reader.read(0, 1000) if entry.kind is kind]


def own_receipts(branch: Branch) -> list[Receipt]:
    """Those that the gateway made."""
    found = branch.reader.read(0, 1000)
    return [
        decode_receipt(each.body) for each in found if each.kind is EventKind.RECEIPT and each.register_sequence == 0
    ]


def reasons(branch: Branch) -> list[str]:
    records = [decode_finding_record(body) for body in recorded(branch, EventKind.FINDING)]
    return [finding.reason for record in records for finding in record.findings]
