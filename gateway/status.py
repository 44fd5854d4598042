"""The gateway on one page: what an operator looks at first, and what it asks them to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from branchgate.errors import TryAgain
from branchgate.errors.texts import sentence_for
from branchgate.events import EventKind
from branchgate.receipts.view import view_receipt
from branchgate.records import FindingRecord, decode_finding_record
from branchgate.sync import FollowState
from gateway.catalogue.replica import Replica
from gateway.equipment import DeviceKind, DeviceState
from gateway.equipment.advice import advice
from gateway.journal import Journal
from gateway.journal.awaited import numbers_awaited
from gateway.journal.incidents import incidents
from gateway.journal.reader import entry_of
from gateway.journal.telling import incident_warnings
from gateway.pairing.registers import PairedRegisters
from gateway.printing.desk import PrintDesk
from gateway.recording.states import read_state
from gateway.sales.client import SalesStore

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class RegisterStatus:
    """One paired register; receipts and findings are those of its open period."""

    register_id: str
    register_sequence: int
    connected: bool
    receipts: int
    findings: int
    z_number: int


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """Everything on the page. Sequences are places in the journal, times UTC milliseconds; warnings are (German, English)."""

    branch_id: str
    journal_id: bytes
    journal_sequence: int
    central_sequence: int
    central_connected: bool
    sales_sequence: int
    articles: int
    catalogue_current_at_ms: int
    registers: tuple[RegisterStatus, ...]
    uncertain_print_jobs: int
    parked_receipts: int
    warnings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A FINDING in the journal. `receipt_number`: of the receipt it is about, empty if it is about something else."""

    journal_sequence: int
    register_id: str
    recorded_at_ms: int
    record: FindingRecord
    receipt_number: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page tells of the line to central, of open register streams, of the disk (bytes free when that is too little), of devices,
    of parked receipts (how many), and of a store that cannot be written because its pages are damaged.
    """

    central_connected: Callable[[], bool]
    central_sequence: Callable[[], int]
    catalogue: Callable[[], FollowState]
    open_streams: Callable[[], frozenset[str]]
    short_of_room: Callable[[], int | None]
    devices: Callable[[], Sequence[DeviceState]] = tuple
    parked: Callable[[], int] = int
    store_damaged: Callable[[], bool] = bool


class StatusDesk:
    """Collects the page. `reading` is a read-only connection to the store, for the event loop."""

    def __init__(
        self,
        branch_id: str,
        journal: Journal,
        reading: sqlite3.Connection,
        registers: PairedRegisters,
        replica: Replica,
        sales: SalesStore,
        printing: PrintDesk,
        surroundings: Surroundings,
    ) -> None:
        self.branch_id = branch_id
        self._journal = journal
        self._reading = reading
        self._registers = registers
        self._replica = replica
        self._sales = sales
        self._printing = printing
        self._around = surroundings

    async def page(self) -> GatewayStatus:
        """The page as it stands. A sales store that is not there shows as 0 and as a warning, never as an error."""
        uncertain = self._printing.waiting_for_people()
        sales_sequence = await self._sales_sequence()
        return GatewayStatus(
            branch_id=self.branch_id,
            journal_id=self._journal.journal_id,
            journal_sequence=self._journal.head,
            central_sequence=self._around.central_sequence(),
            central_connected=self._around.central_connected(),
            sales_sequence=sales_sequence or 0,
            articles=self._replica.article_count,
            catalogue_current_at_ms=self._around.catalogue().current_at_ms or 0,
            registers=tuple(self._register(register.register_id) for register in self._registers.all()),
            uncertain_print_jobs=uncertain,
            parked_receipts=self._around.parked(),
            warnings=tuple(self._sentences(uncertain, sales_ready=sales_sequence is not None)),
        )

    def findings(self, limit: int) -> list[FindingRow]:
        """Findings, newest first."""
        rows = self._reading.execute(
            "SELECT sequence, register_id, recorded_at, body FROM journal WHERE kind = ? ORDER BY sequence DESC LIMIT ?",
            (EventKind.FINDING, limit),
        )
        return [self._finding(*row) for row in rows.fetchall()]

    def _finding(self, sequence: int, register_id: str, recorded_at_ms: int, body: bytes) -> FindingRow:
        record = decode_finding_record(body)
        about = entry_of(self._reading, record.about_event_id) if record.about_event_id else None
        number = ""
        if about is not None and about.kind is EventKind.RECEIPT:
            number = view_receipt(about.body).receipt_number
        return FindingRow(sequence, register_id, recorded_at_ms, record, number)

    def _register(self, register_id: str) -> RegisterStatus:
        state = read_state(self._reading, register_id)
        return RegisterStatus(
            register_id,
            state.register_sequence,
            register_id in self._around.open_streams(),
            state.receipts,
            state.findings,
            state.z_number,
        )

    def _registers_known(self) -> list[str]:
        """Those that are paired, and those that were and have sold."""
        stored = self._reading.execute("SELECT register_id FROM register_state").fetchall()
        return sorted({*(name for (name,) in stored), *(register.register_id for register in self._registers.all())})

    async def _sales_sequence(self) -> int | None:
        """Up to where the sales store is filled; None when it is not there, or goes while it is asked."""
        try:
            return await self._sales.watermark()
        except TryAgain:
            return None

    def _sentences(self, uncertain: int, *, sales_ready: bool) -> list[tuple[str, str]]:
        reasons: dict[str, str] = {}
        free = self._around.short_of_room()
        if free is not None:
            reasons["WARN_DISK_FULL"] = str(free // MEGABYTE)
        if not self._around.central_connected():
            reasons["WARN_CENTRAL_NOT_CONNECTED"] = str(self._journal.head - self._around.central_sequence())
        if self._around.store_damaged():
            reasons["WARN_STORE_DAMAGED"] = ""
        awaited = [name for name in self._registers_known() if numbers_awaited(self._reading, name)]
        if awaited:
            reasons["WARN_Z_NUMBERS_AWAITED"] = ", ".join(awaited)
        if uncertain:
            reasons["WARN_UNCERTAIN_PRINT_JOBS"] = str(uncertain)
        if not sales_ready:
            reasons["WARN_SALES_STORE_NOT_READY"] = ""
        if self._sales.opened is not None and self._sales.opened.in_memory:
            reasons["WARN_SALES_STORE_IN_MEMORY"] = ""
        if self._replica.settings() is None:
            reasons["WARN_NO_SETTINGS"] = ""
        return [
            (sentence_for(reason, "de", value=value), sentence_for(reason, "en", value=value))
            for reason, value in [*incident_warnings(incidents(self._reading, open_only=True)), *reasons.items()]
        ] + [
            (advice(state, "de"), advice(state, "en"))
            for state in self._around.devices()
            if state.reason and state.kind is not DeviceKind.UNKNOWN
        ]
