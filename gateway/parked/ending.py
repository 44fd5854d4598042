"""The end of a parked receipt: what a receipt that names one does to it, and which rules it breaks.

The sale has happened, so nothing is refused here: what does not fit is a finding, and the parked receipt stays where it is.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Final

from branchgate.events import EventKind, Finding
from branchgate.ids import derived_id
from branchgate.receipts.model import BusinessCase, ReceiptType
from branchgate.receipts.parked import ParkedChange, ParkedStep, encode_change
from branchgate.receipts.view import LineView, ReceiptView, view_receipt
from gateway.journal.entries import OWN, NewEntry
from gateway.parked.model import Ended, Parked, after
from gateway.parked.tables import standing_of, write_standing
from gateway.recording.model import ParkedEnd
from gateway.short_texts import cut

END_BY_TYPE: Final = {
    int(ReceiptType.BELEG): ParkedStep.PAID,
    int(ReceiptType.AV_BELEGABBRUCH): ParkedStep.ABANDONED,
}
"""Other types of receipt do not end a parked one: practising with it, for example, leaves it as it was."""

_FOLLOWING: Final = frozenset({int(BusinessCase.RABATT), int(BusinessCase.AUFSCHLAG)})
"""Lines that are computed from the others, and so change with them."""

_SHOWN_BYTES: Final = 16

Goods = Counter[tuple[int, str, bool]]


class ParkedEnding:
    """Called by recording for each new receipt that names a parked one, in its transaction."""

    def __call__(
        self, connection: sqlite3.Connection, register_id: str, event_id: bytes, body: bytes, now_ms: int
    ) -> ParkedEnd:
        receipt = view_receipt(body)
        standing = standing_of(connection, receipt.parked_id)
        broken = _what_is_wrong(standing, receipt, register_id)
        if broken is not None or not isinstance(standing, Parked):
            return ParkedEnd(() if broken is None else (broken,), None)
        change = ParkedChange(
            receipt.parked_id,
            END_BY_TYPE[receipt.type],
            register_id,
            cut(receipt.user_id),
            now_ms,
            receipt_event_id=event_id,
        )
        write_standing(connection, after(standing, change))
        entry_id = derived_id("parked end", register_id.encode(), event_id)
        entry = NewEntry(entry_id, register_id, OWN, EventKind.PARKED, encode_change(change))
        missing = lines_missing(standing.receipt.lines, receipt.lines)
        if missing == 0:
            return ParkedEnd((), entry)
        rule = "void a line instead of leaving it out"
        return ParkedEnd((Finding("PARKED_LINES_MISSING", "lines", standing.title, rule),), entry)


def lines_missing(parked: Sequence[LineView], receipt: Sequence[LineView]) -> int:
    """How much of what was parked does not stand on the receipt, voided or not, in thousandths of all units together.

    Lines may have been put together, split or moved: what counts is how much of an article was rung up. Discounts and surcharges
    follow from the other lines and are not looked for.
    """
    return (_rung_up(parked) - _rung_up(receipt)).total()


def _rung_up(lines: Sequence[LineView]) -> Goods:
    goods: Goods = Counter()
    for line in lines:
        if line.business_case not in _FOLLOWING:
            what = line.article_number or line.text
            goods[line.business_case, what, line.quantity_thousandths > 0] += abs(line.quantity_thousandths)
    return goods


def _what_is_wrong(standing: Parked | Ended | None, receipt: ReceiptView, register_id: str) -> Finding | None:
    shown = receipt.parked_id[:_SHOWN_BYTES].hex()
    if standing is None:
        return Finding("PARKED_UNKNOWN", "parked_id", shown, "never parked here")
    if isinstance(standing, Ended):
        rule = f"{standing.step.name} by receipt {standing.receipt_event_id.hex()}"
        return Finding("PARKED_ENDED_ALREADY", "parked_id", shown, rule)
    if standing.owner != register_id:
        rule = f"{standing.owner} owns it" if standing.owner else "nobody owns it"
        return Finding("PARKED_NOT_OWNED", "parked_id", standing.title, rule)
    if receipt.type not in END_BY_TYPE:
        return Finding("PARKED_STILL_OPEN", "parked_id", standing.title, ReceiptType(receipt.type).dsfinvk)
    return None
