"""A shop's paper: a real store, real actors and the virtual printer over TCP or a pty, opened and closed like the gateway does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from branchgate.catalogue import BranchSettings, DeviceRole
from branchgate.clock import Clock, SystemClock
from branchgate.events import EventKind
from branchgate.receipts.codec import encode_receipt
from branchgate.v1 import event_pb2
from drivers.printing.condition import PrinterStatus
from drivers.printing.job import JobLimits
from drivers.printing.ledger import JobLedger
from drivers.printing.session import ActorLimits
from drivers.virtual.faults import Faults
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import Places, VirtualPrinterServer
from drivers.virtual.settings import PrinterSettings
from gateway.config import Device, DrawerWiring
from gateway.devices import Devices
from gateway.drawers import DRAWERS, DrawerDesk
from gateway.drawers.standing import learnt_levels
from gateway.journal import Journal, JournalReader
from gateway.journal.tables import JOURNAL
from gateway.printing import PRINTING, Job, JobStore, PrintDesk, PrintState
from gateway.printing.documents import Documents
from gateway.printing.fallback import Fallbacks
from gateway.printing.ledger import StoredLedger
from gateway.recording import EventToRecord, Recorder
from gateway.recording.states import RECORDING
from gateway.store import GroupWriter, bring_up_to_date, connect_for_writing
from tests.gateway.branch import BranchRules, event_id, receipt

QUICK = ActorLimits(
    job=JobLimits(progress=0.5, waiting=20.0, settle=0.05),
    close=0.3,
    retry_first=0.02,
    retry_most=0.1,
    look_blocked=0.1,
    boot=0.5,
)
UNHURRIED = replace(QUICK, job=JobLimits(progress=60.0, waiting=60.0, settle=0.05))
"""For tests that start processes of their own: on a busy machine a printer is slow, not silent."""
SOON_S = 60
"""Nobody waits so long unless something hangs; half of what pytest allows, so that it is told what did not happen."""
SETTINGS = BranchSettings(
    branch_id="mitte",
    name="Filiale Mitte",
    company="Käthes Dorfladen",
    street="Lindenstraße 7",
    postcode="10969",
    town="Berlin",
    tax_id="USt-IdNr. DE123456789",
)
REGISTER = "kasse-1"
WITH_DRAWER = DrawerWiring(pin=2, open_level="low")  # the virtual drawer's sensor line is low when it is open
FRONTS = ("tcp", "pty")


@dataclass
class Shop:
    store: JobStore
    desk: PrintDesk
    drawers: DrawerDesk
    devices: Devices
    recorder: Recorder
    journal: Journal
    reader: JournalReader
    writer: GroupWriter

    async def sell(
        self, number: int = 1, *, lines: int = 2, role: str = "receipt", register_id: str = REGISTER
    ) -> bytes:
        """Records a receipt and the wish to print it, as a register would; returns its event id."""
        body = encode_receipt(replace(receipt(number, lines=lines)))
        event = EventToRecord(event_id(number), number, EventKind.RECEIPT, body, role, 60_000 if role else 0)
        await self.recorder.record(register_id, [event])
        return event.event_id

    def jobs_of(self, event: bytes) -> list[Job]:
        """The event's jobs in the order of their copies."""
        return sorted(self.desk.jobs(event_id=event), key=lambda job: job.copy_number)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for something to become true; looked at after every change of a job."""
        changed = asyncio.Event()
        stop = self.store.subscribe(lambda _jobs: changed.set())
        try:
            async with asyncio.timeout(SOON_S):
                while not condition():
                    changed.clear()
                    await changed.wait()
        finally:
            stop()

    async def until_ready(self, printer: str) -> None:
        """Waits for a printer to say that it can print."""
        await self._until_status(printer, lambda status: status.ready and status.paper_out is False)

    async def until_out(self, printer: str) -> None:
        """Waits for a printer to say that it cannot print."""
        await self._until_status(printer, lambda status: status.reason is not None)

    async def _until_status(self, printer: str, wanted: Callable[[PrinterStatus], bool]) -> None:
        changed = asyncio.Event()
        stop = self.devices.follow_printers(changed.set)
        try:
            async with asyncio.timeout(SOON_S):
                while not wanted(self.devices.status(printer)):
                    changed.clear()
                    await changed.wait()
        finally:
            stop()

    async def reaches(self, event: bytes, state: PrintState, copy_number: int = 0) -> Job:
        def there() -> bool:
            jobs = self.jobs_of(event)
            return len(jobs) > copy_number and jobs[copy_number].state is state

        await self.until(there)
        return self.jobs_of(event)[copy_number]

    def outcomes(self) -> list[event_pb2.PrintOutcome]:
        entries = self.reader.read(0, 1000)
        return [event_pb2.PrintOutcome.FromString(e.body) for e in entries if e.kind is EventKind.PRINT_OUTCOME]

    def openings(self) -> list[event_pb2.DrawerOpening]:
        entries = self.reader.read(0, 1000)
        return [event_pb2.DrawerOpening.FromString(e.body) for e in entries if e.kind is EventKind.DRAWER]


@asynccontextmanager
async def open_shop(
    folder: Path,
    *devices: Device,
    settings: BranchSettings | None = SETTINGS,
    running: bool = True,
    wrap: Callable[[JobLedger], JobLedger] = lambda ledger: ledger,
    make_writer: Callable[[Path], GroupWriter] = GroupWriter,
    clock: Clock | None = None,
    limits: ActorLimits = QUICK,
) -> AsyncIterator[Shop]:
    path = folder / "branch.db"
    connection = connect_for_writing(path)
    bring_up_to_date(connection, (JOURNAL, RECORDING, PRINTING, DRAWERS))
    connection.close()
    clock = clock or SystemClock()
    writer = make_writer(path)
    journal = await Journal.open(writer, clock)
    reader = JournalReader(path)
    store = JobStore(writer, journal, path, clock)
    documents = Documents(reader, clock)
    stations = Devices(
        devices,
        lambda name: wrap(StoredLedger(name, store, documents)),
        clock,
        limits,
        learnt=learnt_levels(reader.connection),
    )
    desk = PrintDesk(store, documents, stations)
    drawers = DrawerDesk(writer, journal, stations, desk, clock)
    recorder = Recorder(writer, journal, reader.connection, clock, BranchRules(), print_wish=desk.wish)
    await drawers.start()
    await desk.use_settings(settings)
    work = (stations.run(), drawers.positions.run(), Fallbacks(stations, store).run()) if running else ()
    serving = asyncio.gather(*work)
    try:
        yield Shop(store, desk, drawers, stations, recorder, journal, reader, writer)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await writer.close()
        store.close()
        reader.close()


@asynccontextmanager
async def virtual_printer(
    folder: Path, front: str = "tcp", faults: Faults | None = None, settings: PrinterSettings | None = None
) -> AsyncIterator[VirtualPrinterServer]:
    """A printer to be reached by TCP or by a pty."""
    places = Places(tcp=("127.0.0.1", 0)) if front == "tcp" else Places(pty=folder / "printer")
    async with VirtualPrinterServer(VirtualPrinter(settings, faults), places) as server:
        yield server


def device_at(server: VirtualPrinterServer, name: str = "bon", **changes: object) -> Device:
    if server.tcp_address is not None:
        address = f"tcp://127.0.0.1:{server.tcp_address[1]}"
    else:
        address = f"serial://{server.pty_path}?baud=115200&flow=none"
    return Device.model_validate({"name": name, "address": address, **changes})


def roles(*assignments: tuple[str, str, str]) -> BranchSettings:
    return replace(SETTINGS, device_roles=tuple(DeviceRole(*assignment) for assignment in assignments))
