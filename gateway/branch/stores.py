"""The stores of a gateway, opened in the order in which they need each other."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from branchgate.catalogue import BranchSettings
from branchgate.clock import Clock
from gateway.branch.remnants import keep_logs, lost_journal
from gateway.catalogue.replica import FILE_NAME as CATALOGUE_FILE
from gateway.catalogue.replica import Replica
from gateway.config import GatewaySettings
from gateway.drawers.tables import DRAWERS
from gateway.journal import Journal, JournalReader
from gateway.journal.incidents import mark_lost
from gateway.journal.tables import JOURNAL
from gateway.pairing.registers import PairedRegisters
from gateway.pairing.tables import PAIRING
from gateway.parked.tables import PARKED
from gateway.printing.job_store import JobStore
from gateway.printing.tables import PRINTING
from gateway.recording.states import RECORDING
from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.days import DayRule
from gateway.sales.opened import Tuning
from gateway.sales.spawning import Spawned
from gateway.store.connection import FILE_NAME as BRANCH_FILE
from gateway.store.connection import connect_for_writing, connect_read_only
from gateway.store.reserve import FILE_NAME as RESERVE_FILE
from gateway.store.reserve import FileReserve
from gateway.store.schema import bring_up_to_date
from gateway.store.writer import GroupWriter

SCHEMAS = (JOURNAL, RECORDING, PAIRING, PRINTING, DRAWERS, PARKED)
SALES_FILE = "sales.duckdb"
WITNESSES = (SALES_FILE, CATALOGUE_FILE, RESERVE_FILE)
"""What a gateway leaves beside its journal: where one of them is and the journal is not, the journal was lost."""
KEYS_FOLDER = "keys"


@dataclass(frozen=True, slots=True)
class Stores:
    """What is on the gateway's disk. `reading` and `reader` are read-only and belong to the event loop."""

    path: Path
    writer: GroupWriter
    reserve: FileReserve
    journal: Journal
    reading: sqlite3.Connection
    reader: JournalReader
    upload_reader: JournalReader
    jobs: JobStore
    replica: Replica
    registers: PairedRegisters
    sales: SalesStore


@asynccontextmanager
async def open_stores(
    folder: Path, settings: GatewaySettings, branch_id: str, clock: Clock, *, sales_child: Spawned | None = None
) -> AsyncIterator[Stores]:
    """Opens all stores and closes them again, last opened first. The sales store is not started yet; its child may wait already."""
    path = folder / BRANCH_FILE
    witness = lost_journal(path, WITNESSES)
    if witness:
        keep_logs(path, clock.now_ms())
    connection = connect_for_writing(path)
    if witness:
        mark_lost(connection, witness)
    bring_up_to_date(connection, SCHEMAS)
    connection.close()
    async with AsyncExitStack() as stack:
        reserve = FileReserve(folder / RESERVE_FILE, settings.reserve_bytes)
        writer = GroupWriter(path, reserve=reserve)
        stack.push_async_callback(writer.close)
        journal = await Journal.open(writer, clock)
        reading = connect_read_only(path)
        stack.callback(reading.close)
        reader, upload_reader = JournalReader(path), JournalReader(path)
        stack.callback(reader.close)
        stack.callback(upload_reader.close)
        jobs = JobStore(writer, journal, path, clock)
        stack.callback(jobs.close)
        replica = await Replica.open(folder / CATALOGUE_FILE, clock)
        stack.push_async_callback(replica.close)
        registers = PairedRegisters(writer, branch_id)
        await registers.load()
        sales = SalesStore(
            SalesFiles(path, folder / SALES_FILE),
            day_rule(replica.settings()),
            tuning=Tuning(memory_limit_mb=settings.sales_memory_mb),
            child=sales_child,
        )
        stack.push_async_callback(sales.close)
        yield Stores(path, writer, reserve, journal, reading, reader, upload_reader, jobs, replica, registers, sales)


def day_rule(settings: BranchSettings | None) -> DayRule:
    """The business day as central decided it; Berlin and midnight before it has."""
    return DayRule(settings.time_zone, settings.day_starts_at_minutes) if settings else DayRule()
