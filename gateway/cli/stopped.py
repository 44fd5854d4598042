"""The journal of a gateway that is stopped, examined in its folder. Whoever calls this holds the folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import duckdb

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.damage import damage_refused
from branchgate.errors import Refused
from branchgate.v1 import gateway_admin_pb2
from gateway.archive.desk import ArchiveDesk
from gateway.branch.remnants import lost_journal
from gateway.branch.stores import KEYS_FOLDER, SALES_FILE, WITNESSES
from gateway.catalogue.replica import FILE_NAME as CATALOGUE_FILE
from gateway.dsfinvk.source import settings_of
from gateway.identity import load_identity
from gateway.journal.examination import Anchor, Fault, Found, Verdict, examine
from gateway.journal.exporting import exported
from gateway.journal.stored import open_for_verification
from gateway.pairing.registers import number_ranges
from gateway.recording.rederiving import differences_in, state_faults
from gateway.rpc.examination import examination_messages
from gateway.sales.database import Unfit, read_watermark
from gateway.store.connection import FILE_NAME


def examination(data: Path, anchors: Sequence[Anchor]) -> AsyncIterator[gateway_admin_pb2.ExamineJournalResponse]:
    """The messages that a running gateway would send. Raises Refused (NO_JOURNAL) where none has ever been."""
    store = data / FILE_NAME
    if store.exists() and store.stat().st_size:
        return examination_messages(_one_by_one(_examined(store, data / SALES_FILE, anchors)))
    witness = lost_journal(store, WITNESSES)
    if not witness:
        raise Refused("NO_JOURNAL", field="data", value=data)
    return examination_messages(
        _one_by_one(iter((Fault("JOURNAL_LOST", value=witness), Verdict(0, 1, 0, b"", 0, b""))))
    )


def archive_desk(data: Path) -> ArchiveDesk:
    """Archives the journal in its folder. Raises Refused (NO_JOURNAL)."""
    store = data / FILE_NAME
    if not store.exists() or not store.stat().st_size:
        raise Refused("NO_JOURNAL", field="data", value=data)
    stored = settings_of(data / CATALOGUE_FILE)
    settings = BranchSettings.decode(stored) if stored else None
    return ArchiveDesk(data, load_identity(data / KEYS_FOLDER).branch_id, SystemClock(), lambda: settings)


def export_lines(data: Path, first: int) -> Iterator[bytes]:
    """The lines of the journal's file. Raises Refused (NO_JOURNAL, JOURNAL_LOST, STORE_DAMAGED, INVALID_VALUE)."""
    store = data / FILE_NAME
    if not store.exists() or not store.stat().st_size:
        witness = lost_journal(store, WITNESSES)
        raise Refused("JOURNAL_LOST", field=witness) if witness else Refused("NO_JOURNAL", field="data", value=data)
    branch_id = load_identity(data / KEYS_FOLDER).branch_id
    connection = open_for_verification(store)
    try:
        with damage_refused(store):
            yield from exported(connection, branch_id, first, SystemClock().now_ms())
    finally:
        connection.close()


def _examined(store: Path, sales: Path, anchors: Sequence[Anchor]) -> Iterator[Found]:
    place = _sales_place(sales)
    connection = open_for_verification(store)
    try:
        extra = int(isinstance(place, Fault))
        if isinstance(place, Fault):
            yield place
        states = state_faults(differences_in(store, number_ranges))
        yield from states
        known = [place] if isinstance(place, Anchor) else []
        yield from examine(connection, [*anchors, *known], faults=extra + len(states))
    finally:
        connection.close()


def _sales_place(path: Path) -> Anchor | Fault | None:
    """Where the sales store stands; a file of another version says nothing, it is made anew at the next start."""
    if not path.exists():
        return None
    try:
        connection = duckdb.connect(str(path), read_only=True)
        try:
            mark = read_watermark(connection)
        finally:
            connection.close()
    except duckdb.Error as failure:
        return Fault("SALES_STORE_UNREADABLE", value=str(failure).splitlines()[0])
    except Unfit:
        return None
    return Anchor(mark.sequence, mark.chain_hash.hex(), "sales store") if mark.sequence else None


async def _one_by_one(found: Iterator[Found]) -> AsyncIterator[Found]:
    for one in found:
        yield one
