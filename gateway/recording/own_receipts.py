"""Receipts that the gateway makes for a register: the float that a closing carried over, the difference that a count found.

Their numbers come from the reserved part of the register's range. Cash must be right also where no number is left: the receipt is made
without one then, and a finding says so; its running number goes on behind the range, for that is BON_NR, which a closing must not hold
twice. Where the register signs its receipts, these say why they are not signed: the gateway has no TSE.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from branchgate.events import EventKind, Finding
from branchgate.ids import new_event_id
from branchgate.numbers import NumberRange
from branchgate.receipts.basket import Header, money_movement
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import BusinessCase
from branchgate.records import FindingRecord, encode_finding_record
from branchgate.tse import booked_by_gateway
from gateway.journal.entries import OWN, NewEntry
from gateway.recording.derived import derived_id
from gateway.recording.standing import Standing

_BEHIND_ALL_RANGES: Final = 10**12
"""Running numbers of receipts that were made before the register's range was known begin here."""

_TEXTS: Final = {
    BusinessCase.ANFANGSBESTAND: "Anfangsbestand (Übertrag)",
    BusinessCase.DIFFERENZ_SOLL_IST: "Kassendifferenz",
}


class Movement(NamedTuple):
    """Cash that is to be booked: why, cents (signed), for whom, when (UTC milliseconds)."""

    case: BusinessCase
    amount_cents: int
    user_id: str
    at_ms: int


class OwnReceipt(NamedTuple):
    """A receipt of the gateway, ready to be journaled: its entries stand behind each other, the receipt first."""

    event_id: bytes
    entries: tuple[NewEntry, ...]


def own_receipt(
    register_id: str, movement: Movement, standing: Standing, numbers: NumberRange | None, now_ms: int
) -> OwnReceipt:
    """Makes the receipt and moves `standing` on, but for the sequence of the period's first receipt: that is known once it is appended.

    `numbers` is the register's range, None if it is not known.
    """
    running = _next_reserved(standing.reserved_number, numbers)
    number = numbers.number(running) if numbers is not None and running <= numbers.highest else ""
    header = Header(number, running, movement.at_ms, movement.at_ms, movement.user_id, movement.user_id)
    receipt = money_movement(header, movement.case, movement.amount_cents, _TEXTS[movement.case])
    if standing.has_tse:
        receipt = replace(receipt, tse=booked_by_gateway())
    event_id = new_event_id(now_ms)
    entries = [NewEntry(event_id, register_id, OWN, EventKind.RECEIPT, encode_receipt(receipt))]
    standing.receipts += 1
    standing.reserved_number = running
    if not number:
        entries.append(_without_number(register_id, event_id, numbers))
        standing.findings += 1
    if movement.case is BusinessCase.ANFANGSBESTAND:
        standing.floats += 1
    return OwnReceipt(event_id, tuple(entries))


def carried_float(
    register_id: str, standing: Standing, at_ms: int, numbers: NumberRange | None, now_ms: int
) -> OwnReceipt | None:
    """The opening float of the register's next period, when its last closing carried one over and this period has no receipt yet."""
    if standing.period_first_sequence or not standing.carried_cents:
        return None
    movement = Movement(BusinessCase.ANFANGSBESTAND, standing.carried_cents, standing.carried_by, at_ms)
    standing.carried_cents, standing.carried_by = 0, ""
    return own_receipt(register_id, movement, standing, numbers, now_ms)


def _next_reserved(last: int, numbers: NumberRange | None) -> int:
    """The next running number of the reserved part, or one behind the range when that is used up.

    `last` may be of an earlier range with other digits, or from before the range was known.
    """
    if numbers is None:
        return last + 1 if last else _BEHIND_ALL_RANGES
    # Behind this range are at most its eightfold; the reserved part of one with more digits begins above that.
    behind = 10 * numbers.first_reserved
    return last + 1 if numbers.first_reserved <= last < behind else numbers.first_reserved


def _without_number(register_id: str, event_id: bytes, numbers: NumberRange | None) -> NewEntry:
    rule = (
        "the register's number range is not known" if numbers is None else "the reserved part of the range is used up"
    )
    finding = Finding("OWN_NUMBER_MISSING", "receipt_number", "", rule)
    body = encode_finding_record(FindingRecord(event_id, (finding,)))
    return NewEntry(derived_id(b"finding", register_id, event_id), register_id, OWN, EventKind.FINDING, body)
