"""The desks of a gateway: who records, prints, opens drawers, closes days and pairs registers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from branchgate.clock import Clock
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from drivers.escpos.pictures import SourcePicture
from gateway.archive.desk import ArchiveDesk
from gateway.branch.stores import KEYS_FOLDER, Stores
from gateway.closing.branch import Branch as ClosingBranch
from gateway.closing.cash import CashDesk
from gateway.closing.closed_days import ClosedDaysDesk
from gateway.closing.desk import ClosingDesk
from gateway.closing.paper import ReportPaper
from gateway.config import GatewaySettings
from gateway.devices import Devices, PluggedDevices
from gateway.displays import DisplayDesk
from gateway.drawers.desk import DrawerDesk
from gateway.drawers.standing import learnt_levels
from gateway.dsfinvk.desk import ExportDesk
from gateway.identity import GatewayIdentity
from gateway.journal import OWN, NewEntry
from gateway.pairing.audit import IdentityAudit
from gateway.pairing.authority import BranchAuthority
from gateway.pairing.desk import Addresses, PairingDesk
from gateway.pairing.renewal import Renewals
from gateway.parked import ParkedAtClosing, ParkedDesk, ParkedEnding
from gateway.printing.desk import PrintDesk
from gateway.printing.digital import DigitalDesk
from gateway.printing.documents import Documents
from gateway.printing.fallback import Fallbacks
from gateway.printing.ledger import StoredLedger
from gateway.recording import Recorder
from gateway.rules import BranchRules
from gateway.scales import ScaleDesk


@dataclass(frozen=True, slots=True)
class Desks:
    """Everything a register or an operator can ask of the branch."""

    recorder: Recorder
    devices: Devices
    plugged: PluggedDevices
    printing: PrintDesk
    digital: DigitalDesk
    fallbacks: Fallbacks
    drawers: DrawerDesk
    displays: DisplayDesk
    scales: ScaleDesk
    parked: ParkedDesk
    closing: ClosingDesk
    closed_days: ClosedDaysDesk
    cash: CashDesk
    report_paper: ReportPaper
    export: ExportDesk
    archive: ArchiveDesk
    pairing: PairingDesk
    renewals: Renewals


def make_authority(folder: Path, identity: GatewayIdentity, stores: Stores, clock: Clock) -> BranchAuthority:
    """The branch CA in use, with the gateway's own certificate renewed if it is due."""
    return BranchAuthority(identity, folder / KEYS_FOLDER, clock, newest_ms=stores.registers.newest_ms)


def set_up_desks(
    stores: Stores,
    authority: BranchAuthority,
    settings: GatewaySettings,
    addresses: Addresses,
    clock: Clock,
    logo: SourcePicture | None = None,
) -> Desks:
    """Puts the desks around the stores; `logo` is printed on receipts."""

    async def record_own(kind: EventKind, body: bytes, register_id: str) -> object:
        return await stores.journal.append(NewEntry(new_event_id(clock.now_ms()), register_id, OWN, kind, body))

    audit = IdentityAudit(record_own, clock)
    documents = Documents(stores.reader, clock, logo, tse_text=settings.receipt.tse_text)
    devices = Devices(
        settings.devices,
        lambda printer: StoredLedger(printer, stores.jobs, documents),
        clock,
        learnt=learnt_levels(stores.reading),
    )
    printing = PrintDesk(stores.jobs, documents, devices)
    displays = DisplayDesk(settings.displays, stores.replica.settings, devices.board)
    scales = ScaleDesk(settings.scales, stores.replica.settings, devices.board, clock)
    rules = BranchRules(stores.registers, stores.replica)
    branch = ClosingBranch(
        stores.replica.settings,
        lambda: [register.register_id for register in stores.registers.all()],
        rules.number_range,
        ParkedAtClosing(stores.journal, clock),
    )
    cashier = (stores.writer, stores.journal, stores.reading, stores.sales, clock, branch)
    closing = ClosingDesk(*cashier, print_closing=printing.print_closing)
    return Desks(
        recorder=Recorder(
            stores.writer,
            stores.journal,
            stores.reading,
            clock,
            rules,
            print_wish=printing.wish,
            parked_ends=ParkedEnding(),
        ),
        devices=devices,
        plugged=PluggedDevices(devices, devices.board, (displays, scales)),
        printing=printing,
        digital=DigitalDesk(documents),
        fallbacks=Fallbacks(devices, stores.jobs),
        drawers=DrawerDesk(stores.writer, stores.journal, devices, printing, clock),
        displays=displays,
        scales=scales,
        parked=ParkedDesk(stores.writer, stores.journal, stores.reading, clock),
        export=ExportDesk(stores.path.parent, clock, memory_limit_mb=settings.sales_memory_mb),
        archive=ArchiveDesk(
            stores.path.parent,
            authority.identity.branch_id,
            clock,
            stores.replica.settings,
            memory_limit_mb=settings.sales_memory_mb,
        ),
        closing=closing,
        closed_days=ClosedDaysDesk(stores.journal, stores.reading, stores.sales, clock, branch),
        cash=CashDesk(*cashier),
        report_paper=ReportPaper(closing, printing),
        pairing=PairingDesk(authority, stores.registers, audit, clock, addresses),
        renewals=Renewals(authority, stores.registers, audit),
    )
