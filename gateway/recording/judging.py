"""Judging an event before it is written: can it be read, and which rules does it break?

Needs nothing of the store, so it happens in the event loop while the writer waits for the disk.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from branchgate.chain import EVENT_ID_BYTES
from branchgate.errors import Refused
from branchgate.events import EventKind, Finding
from branchgate.numbers import NumberRange
from branchgate.receipts.check import check_content
from branchgate.receipts.check_numbers import check_form
from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.limits import require_possible
from branchgate.receipts.model import BusinessCase, Receipt, ReceiptType, Reference
from branchgate.receipts.view import ReceiptView, view_receipt
from branchgate.tse import decode_master_data
from gateway.recording.model import EventToRecord
from gateway.recording.references import Place, Referring

_BELEG = int(ReceiptType.BELEG)
_ANFANGSBESTAND = int(BusinessCase.ANFANGSBESTAND)

FROM_REGISTERS: dict[int, EventKind] = {
    kind.value: kind for kind in (EventKind.RECEIPT, EventKind.DRAWER, EventKind.CASH_COUNT, EventKind.TSE)
}
"""What registers make. All other kinds are the gateway's own: a register must not be able to close a day by sending bytes."""


class Rules(Protocol):
    """What the branch knows that a receipt can be checked against. Called in the event loop, on the path of every sale."""

    def number_range(self, register_id: str) -> NumberRange | None:
        """The form of the register's receipt numbers; None if it is not known."""

    def knows_article(self, article_number: str) -> bool | None:
        """False for an article that the catalogue does not have; None while there is no catalogue."""

    def register_of(self, receipt_number: str) -> str | None:
        """The register whose number this could be; None for nobody's. Asked for returns that tell the number alone."""


class Judged(NamedTuple):
    """An event that can be recorded (`kind` set) or one that is refused for good (`refusal` set).

    `running_number`: the receipt's, of receipts. `original`: the receipt in full, when it is wanted on paper. `parked_id`: the parked
    receipt that it names, empty for none. `finished_at_ms`: of a receipt that counts. `floats`: 1 for an opening float, -1 for the void
    of one. `referring`: the receipt in full and whose numbers it names, when it names other receipts. `has_tse`: a TSE signed the receipt,
    or should have. A tuple, because one is made for every sale; and without the view of the receipt, because thousands that wait for the disk
    would fill the memory with those.
    """

    event: EventToRecord
    kind: EventKind | None
    running_number: int | None = None
    original: Receipt | None = None
    findings: tuple[Finding, ...] = ()
    refusal: Finding | None = None
    parked_id: bytes = b""
    finished_at_ms: int = 0
    floats: int = 0
    referring: Referring | None = None
    has_tse: bool = False


def judge(event: EventToRecord, register_range: NumberRange | None, rules: Rules, now_ms: int) -> Judged:
    """Reads the event and applies all rules but those that depend on what registers sent before."""
    if len(event.event_id) != EVENT_ID_BYTES:
        return _refused(event, "EVENT_ID_INVALID", "event_id", _beginning(event.event_id), f"{EVENT_ID_BYTES} bytes")
    kind = FROM_REGISTERS.get(event.kind)
    if kind is None:
        return _refused(event, "EVENT_KIND_NOT_ALLOWED", "kind", str(event.kind), "not a kind that registers make")
    try:
        if kind is EventKind.TSE:
            decode_master_data(event.body)
        if kind is not EventKind.RECEIPT:
            return Judged(event, kind)
        receipt = view_receipt(event.body)
        original = decode_receipt(event.body) if event.wants_paper else None
        found = check_content(receipt, knows_article=rules.knows_article, now_ms=now_ms, live=event.wants_paper)
        require_possible(receipt, breaks_rules=bool(found))
        found += check_form(receipt, register_range)
        referring = _referring(original or decode_receipt(event.body), rules) if receipt.references else None
    except Refused as failure:
        return _refused(event, failure.reason, failure.field, failure.value, failure.rule)
    counts, lines, tse = receipt.type == _BELEG, receipt.lines, receipt.tse
    # Movements of money are receipts of their own, so the first line tells: to look at all of them would be felt at every sale.
    opens = counts and lines and lines[0].business_case == _ANFANGSBESTAND
    return Judged(
        event,
        kind,
        receipt.running_number,
        original,
        tuple(found),
        parked_id=receipt.parked_id,
        finished_at_ms=receipt.finished_at_ms if counts else 0,
        floats=_float(receipt) if opens else 0,
        referring=referring,
        has_tse=tse is not None and bool(tse.signature or tse.failure),
    )


def _float(receipt: ReceiptView) -> int:
    return -1 if receipt.reverses_receipt else 1


def _referring(receipt: Receipt, rules: Rules) -> Referring:
    return Referring(receipt, tuple(_place(reference, rules) for reference in receipt.references))


def _place(reference: Reference, rules: Rules) -> Place | None:
    register_id = reference.register_id or rules.register_of(reference.receipt_number)
    numbers = rules.number_range(register_id) if register_id else None
    running = numbers.running(reference.receipt_number) if numbers else None
    if not register_id or numbers is None or running is None:
        return None
    return Place(register_id, running, running >= numbers.first_reserved)


def _beginning(event_id: bytes) -> str:
    """What is shown of an id that is none: it may be as long as a whole message."""
    shown = event_id[:EVENT_ID_BYTES].hex()
    return shown if len(event_id) <= EVENT_ID_BYTES else f"{shown}… ({len(event_id)} bytes)"


def _refused(event: EventToRecord, reason: str, field: str, value: str, rule: str) -> Judged:
    return Judged(event, None, refusal=Finding(reason, field, value, rule))
