"""A branch, its registers with their outboxes, and the book: what is handed in is booked in both, and every answer is compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from branchgate.events import EventKind
from branchgate.ids import uuid7
from branchgate.numbers import NumberRange
from branchgate.receipts.basket import Header
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Receipt, Reference, TseSignature
from branchgate.tse import encode_master_data, process_of
from branchgate.v1 import event_pb2
from gateway.recording import EventToRecord
from tests.ledger.book import Register
from tests.ledger.branch import LedgerBranch
from tests.ledger.till import Made
from tests.rigs.clock import TurnedClock
from tests.rigs.tse import SoftwareSigner, SoftwareTse

MINUTE_MS = 60_000
REGISTERS = ("kasse-1", "kasse-2", "kasse-3")
WITH_TSE = "kasse-1"


class Sent(NamedTuple):
    """An event in a register's outbox; the receipt in it, and what must be found about it whatever happens."""

    event: EventToRecord
    receipt: Receipt | None = None
    known_faults: tuple[str, ...] = ()


@dataclass
class Till:
    """A register's own side: its outbox, its clock, whether it reaches the gateway."""

    register_id: str
    running: int = 0
    sequence: int = 0
    online: bool = True
    clock_off_ms: int = 0
    outbox: list[Sent] = field(default_factory=list)
    settled: list[tuple[Sent, Counter[str]]] = field(default_factory=list)


class Shop:
    """The branch and its book."""

    def __init__(self, folder: Path, start_ms: int, day_starts_at: int) -> None:
        self.numbers = {name: NumberRange(f"K{place}-", 4) for place, name in enumerate(REGISTERS, start=1)}
        self.branch = LedgerBranch(folder, self.numbers, start_ms, day_starts_at)
        self.day_starts_at = day_starts_at
        self.book = {name: Register(name, self.numbers[name]) for name in REGISTERS}
        self.tills = {name: Till(name) for name in REGISTERS}
        self.tse_clock = TurnedClock(start_ms)
        self.tse = SoftwareTse(folder / "tse", self.tse_clock)
        self._signer = SoftwareSigner(self.tse)
        self._tse_told = False
        self._minted = 0

    def header(self, at: Till) -> Header:
        """Of the register's next receipt, by its own clock."""
        now_ms = self.branch.now_ms + at.clock_off_ms
        running = at.running + 1
        number = self.numbers[at.register_id].own_number(running)
        user = ("anna", "Anna") if running % 3 else ("bela", "Béla")
        return Header(number, running, now_ms - 20_000, now_ms, *user)

    async def issue(self, at: Till, made: Made) -> Reference:
        """A receipt happens; how others refer to it."""
        receipt = made.receipt
        if at.register_id == WITH_TSE:
            receipt = replace(receipt, tse=await self._signed(at, receipt))
        at.running = receipt.running_number
        event_id = await self.send(at, EventKind.RECEIPT, encode_receipt(receipt), receipt)
        return Reference(at.register_id, receipt.receipt_number, event_id)

    async def _signed(self, at: Till, receipt: Receipt) -> TseSignature:
        self.tse_clock.wall_ms = self.branch.now_ms
        if self.tse.broken:
            process = process_of(receipt)
            since = receipt.started_at_ms
            return TseSignature(
                "", 0, 0, 0, 0, "", process.type, process.data, failure=self.tse.broken, outage_since_ms=since
            )
        if not self._tse_told:
            self._tse_told = True
            await self.send(at, EventKind.TSE, encode_master_data(self.tse.master_data()))
        return await self._signer.sign(receipt)

    async def send(
        self,
        at: Till,
        kind: EventKind,
        body: bytes,
        receipt: Receipt | None = None,
        known_faults: tuple[str, ...] = (),
    ) -> bytes:
        at.sequence += 1
        event = EventToRecord(self.new_id(), at.sequence, int(kind), body)
        at.outbox.append(Sent(event, receipt, known_faults))
        if at.online:
            await self.deliver(at)
        return event.event_id

    async def deliver(self, at: Till) -> None:
        """Hands the outbox in as one message; all of it is settled, and found is what the book says."""
        sending, at.outbox = at.outbox, []
        if not sending:
            return
        answer = await self.branch.record(at.register_id, [sent.event for sent in sending])
        assert answer.settled_register_sequence == at.sequence
        found = {each.event_id: Counter(one.reason for one in each.findings) for each in answer.findings}
        refused = {each.event_id for each in answer.refused}
        for sent in sending:
            expected = self._booked(at, sent)
            assert found.get(sent.event.event_id, Counter()) == expected
            assert (sent.event.event_id in refused) is ("refused" in sent.known_faults)
            if not sent.known_faults:
                at.settled.append((sent, expected))

    def _booked(self, at: Till, sent: Sent) -> Counter[str]:
        register = self.book[at.register_id]
        if sent.receipt is not None:
            return register.record(sent.receipt, self.branch.now_ms, self.day_starts_at, Counter(sent.known_faults))
        if sent.event.kind == EventKind.DRAWER:
            message = event_pb2.DrawerOpening.FromString(sent.event.body)
            register.open.drawer_openings += message.reason != "SALE"
        return Counter()

    def new_id(self) -> bytes:
        """Of an event, of a request."""
        self._minted += 1
        return uuid7(self.branch.now_ms, self._minted)

    def knows(self, at: Till, reference: Reference) -> bool:
        """Whether the gateway will know a receipt when this register refers to it."""
        if reference.register_id == at.register_id:
            return True
        return any(sent.event.event_id == reference.event_id for sent, _ in self.tills[reference.register_id].settled)
