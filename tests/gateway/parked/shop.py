"""A branch with its desk of parked receipts, all real, and what registers park there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from branchgate.events import EventKind, Finding
from branchgate.receipts.basket import total_of
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Line, Payment, PaymentType, Receipt, ReceiptType
from branchgate.receipts.parked import ParkedChange, ParkedReceipt, decode_change
from branchgate.vat import vat_sums
from gateway.journal import Entry
from gateway.parked import ParkedDesk
from gateway.parked.model import Listed, Parked, Standing, after
from gateway.parked.tables import all_parked, standing_of
from gateway.recording import EventToRecord
from tests.gateway.branch import NOW_MS, Branch, BranchRules, event_id, open_branch, receipt

EVERYTHING = 100_000


@dataclass
class Shop:
    branch: Branch
    desk: ParkedDesk
    sent: dict[str, int]
    minted: int = 0

    async def pay(self, register_id: str, parked: ParkedReceipt, **changes: Any) -> list[Finding]:
        """Hands in a receipt that names a parked one; what the gateway found about it."""
        return await self.hand_in(register_id, paid(parked, **changes))

    async def hand_in(self, register_id: str, made: Receipt) -> list[Finding]:
        recorded = await self.branch.recorder.record(register_id, [self.event(register_id, made)])
        assert recorded.settled_register_sequence == self.sent[register_id]
        assert recorded.refused == ()
        return [finding for about in recorded.findings for finding in about.findings]

    def event(self, register_id: str, made: Receipt) -> EventToRecord:
        self.minted += 1
        sequence = self.sent[register_id] = self.sent.get(register_id, 0) + 1
        numbered = replace(made, running_number=sequence, receipt_number=str(sequence))
        return EventToRecord(event_id(self.minted), sequence, 1, encode_receipt(numbered))

    @property
    def last_event_id(self) -> bytes:
        return event_id(self.minted)

    def entries(self, kind: EventKind | None = None) -> list[Entry]:
        return [each for each in self.branch.reader.read(0, EVERYTHING) if kind in (None, each.kind)]

    def changes(self) -> list[ParkedChange]:
        return [decode_change(entry.body) for entry in self.entries(EventKind.PARKED)]


@asynccontextmanager
async def open_parked_shop(folder: Path) -> AsyncIterator[Shop]:
    async with open_branch(folder, rules=BranchRules(numbers=None)) as branch:
        desk = ParkedDesk(branch.writer, branch.journal, branch.reader.connection, branch.clock)
        yield Shop(branch, desk, {})


def table(branch: Branch) -> dict[bytes, Standing]:
    """Both tables, by the id of the parked receipt; what lists show agrees with them."""
    connection = branch.reader.connection
    ids = connection.execute("SELECT parked_id FROM parked UNION ALL SELECT parked_id FROM parked_ended").fetchall()
    found = {parked_id: standing_of(connection, parked_id) for (parked_id,) in ids}
    assert len(found) == len(ids)
    standings = {parked_id: standing for parked_id, standing in found.items() if standing is not None}
    parked = {parked_id: listed(each) for parked_id, each in standings.items() if isinstance(each, Parked)}
    assert {each.parked_id: each for each in all_parked(connection)} == parked
    return standings


def listed(parked: Parked) -> Listed:
    """What a list shows of one."""
    receipt = parked.receipt
    return Listed(
        receipt.parked_id,
        receipt.title,
        receipt.total_cents,
        len(receipt.lines),
        receipt.started_at_ms,
        receipt.user_id,
        parked.owner,
        parked.parked_at_register,
        parked.parked_at_ms,
        parked.resumed_at_ms,
        parked.carried_over,
    )


def replayed(entries: Sequence[Entry]) -> dict[bytes, Standing]:
    """What the PARKED events of a journal come to, each step on its own."""
    standings: dict[bytes, Standing] = {}
    for entry in entries:
        if entry.kind is EventKind.PARKED:
            change = decode_change(entry.body)
            standings[change.parked_id] = after(standings.get(change.parked_id), change)
    return standings


def parked_receipt(number: int = 1, *, title: str = "Müller", lines: int = 2) -> ParkedReceipt:
    made = receipt(lines=lines)
    return ParkedReceipt(number.to_bytes(16, "big"), title, made.lines, NOW_MS - 60_000, made.total_cents, "anna")


def paid(parked: ParkedReceipt, *, lines: Sequence[Line] | None = None, **changes: Any) -> Receipt:
    """The receipt that a register makes of a parked one."""
    lines = parked.lines if lines is None else lines
    total = total_of(lines)
    sums = vat_sums([(line.vat_key, line.vat_rate_basis_points, line.gross_cents) for line in lines if not line.voided])
    made = replace(
        receipt(),
        lines=tuple(lines),
        vat_sums=sums,
        payments=(Payment(PaymentType.BAR, total),),
        total_cents=total,
        cash_given_cents=total,
        change_cents=0,
        parked_id=parked.parked_id,
    )
    return replace(made, **changes)


def abandoned(parked: ParkedReceipt) -> Receipt:
    """The same given up: every line voided, nothing paid."""
    lines = tuple(replace(line, voided=True) for line in parked.lines)
    made = replace(receipt(), lines=lines, vat_sums=(), payments=(), total_cents=0, cash_given_cents=0, change_cents=0)
    return replace(made, type=ReceiptType.AV_BELEGABBRUCH, parked_id=parked.parked_id)


def request(number: int) -> bytes:
    return number.to_bytes(16, "big")
