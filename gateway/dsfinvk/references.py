"""References to other receipts, with the closing in which the other one stands, wherever in the journal that is.

By its event a receipt is found at once. One that is known by its number only is looked for backwards through the journal, after all
receipts have been read, so that one walk finds them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from google.protobuf.message import DecodeError

from branchgate.events import EventKind
from branchgate.receipts.model import ReferenceType
from branchgate.v1 import receipt_pb2
from gateway.dsfinvk.notes import REFERENCE_UNKNOWN, Notes
from gateway.dsfinvk.periods import Ledger, Period
from gateway.dsfinvk.source import ExportSource
from gateway.dsfinvk.texts import fitting
from gateway.dsfinvk.times import is_plausible

Values: TypeAlias = tuple[Any, ...]

_TRANSAKTION = ReferenceType.TRANSAKTION.dsfinvk
_TYPES = {int(kind): kind.dsfinvk for kind in ReferenceType}


class ReferenceRows:
    """Makes the rows of references and remembers which receipts are still to be found by their number."""

    def __init__(self, notes: Notes, source: ExportSource, ledger: Ledger) -> None:
        self._notes = notes
        self._source = source
        self._ledger = ledger
        self._sought: dict[tuple[str, str], str] = {}
        self._name = fitting(notes, "references.csv", "REF_NAME")
        self._register = fitting(notes, "references.csv", "REF_Z_KASSE_ID")
        self._number = fitting(notes, "references.csv", "REF_BON_ID")

    def of(self, at: Values, message: receipt_pb2.Receipt, lines: dict[int, str], period: Period) -> Iterator[Values]:
        """The rows of one receipt; `lines` gives POS_ZEILE by line number."""
        for place, reference in enumerate(message.references):
            line = lines.get(reference.line_number, "")
            # A register that does not tell the type refers to a receipt of the branch.
            kind = _TYPES.get(reference.type, _TRANSAKTION)
            if kind == _TRANSAKTION:
                yield (*at, place, line, kind, "", *self._receipt(reference, at[2]))
            else:
                yield (*at, place, line, kind, *self._document(reference, at[2], period))

    def located(self, head: int) -> list[Values]:
        """Rows for the receipts sought by register and number, the newest of a number; those nowhere found are noted."""
        sought = dict(self._sought)
        found: list[Values] = []
        batches = self._source.backwards(EventKind.RECEIPT, head) if sought else iter(())
        registers = {register_id for register_id, _ in sought}
        for batch in batches:
            for row in batch:
                if row.register_id not in registers:
                    continue
                name = row.register_id, _number_of(row.body)
                if name in sought:
                    del sought[name]
                    found.append((*name, row.event_id.hex(), *self._closing(row.register_id, row.sequence)))
            if not sought:
                break
        for (register_id, number), example in sought.items():
            self._notes.add(REFERENCE_UNKNOWN, f"{register_id} {number}", example)
        return found

    def _receipt(self, reference: receipt_pb2.ReceiptReference, where: str) -> Values:
        """When the closing was made, register, BON_ID, number to look for, Z number of a receipt."""
        place = self._source.place_of(reference.event_id) if reference.event_id else None
        if place is not None:
            sequence, register_id = place
            at, z_number = self._closing(register_id, sequence)
            return (at, register_id, reference.event_id.hex(), "", z_number)
        if reference.event_id:
            self._notes.add(REFERENCE_UNKNOWN, f"{reference.register_id} {reference.receipt_number}", where)
            return ("", self._register(reference.register_id, where), reference.event_id.hex()[:40], "", 0)
        number = self._number(reference.receipt_number, where) or "-"
        register_id = self._register(reference.register_id, where)
        self._sought.setdefault((register_id, number), where)
        return ("", register_id, number, number, 0)

    def _document(self, reference: receipt_pb2.ReceiptReference, where: str, period: Period) -> Values:
        at = period.times.iso(reference.at_ms) if is_plausible(reference.at_ms) else ""
        number = self._number(reference.receipt_number, where) or "-"
        return (self._name(reference.name, where), at, "", number, "", 0)

    def _closing(self, register_id: str, sequence: int) -> tuple[str, int]:
        closed = self._ledger.closing_of(register_id, sequence)
        return (closed.created, closed.z_number) if closed is not None else ("", 0)


def _number_of(body: bytes) -> str:
    try:
        return receipt_pb2.Receipt.FromString(body).receipt_number
    except DecodeError:
        # It has no number that anybody could refer to; that it is damaged is told where it is exported.
        return ""
