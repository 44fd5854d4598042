"""The gateway as a process: takes its data folder, opens the branch, puts the services in front, and stops in good order.

Order of the end: health says so, streams get their last acknowledgements, the servers stop, then work, stores and folder.
"""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc.aio
import structlog

from branchgate.asking import SOCKET_NAME
from branchgate.clock import Clock, SystemClock
from branchgate.folder import DataFolder
from branchgate.logs import set_up_logs
from branchgate.running import CALLS_END_WITHIN_S, announce_ready, stop_signal
from branchgate.sync import FeedServer
from branchgate.wire.guard import Guard
from branchgate.wire.health import add_health
from branchgate.wire.sockets import listen, listen_for_operator, make_server
from gateway.branch.beginning import look_back
from gateway.branch.central_line import CentralLine, make_central_line
from gateway.branch.damages import look_for_damage
from gateway.branch.desks import Desks, make_authority, set_up_desks
from gateway.branch.index_repair import IndexRepair
from gateway.branch.journal_desk import JournalDesk
from gateway.branch.keeping import kept_going
from gateway.branch.stores import KEYS_FOLDER, Stores, day_rule, open_stores
from gateway.catalogue.pace import Pace, RecentSales
from gateway.config import GatewaySettings, load
from gateway.devices import check_devices
from gateway.equipment import MissingDevices
from gateway.identity import GatewayIdentity, load_identity
from gateway.pairing.authority import BranchAuthority
from gateway.pairing.desk import Addresses
from gateway.printing.logo import load_logo
from gateway.recording.finding import ReceiptFinder
from gateway.recording.witness import Witnesses
from gateway.rpc.admin import GatewayAdminServicer
from gateway.rpc.journal import JournalServicer
from gateway.rpc.pairing import PairingServicer
from gateway.rpc.presence import Presence
from gateway.rpc.serving import add_operator_services, add_pairing_service, add_register_services
from gateway.sales.spawning import Spawned
from gateway.status import StatusDesk, Surroundings

_log = structlog.get_logger(__name__)

PAIRING_CALLS = 32
DAY_S = 24 * 60 * 60

YOUNG_OBJECTS = 10_000
"""So many new containers before Python looks for cycles among them; at its 700, looking took a tenth of the recording of a backlog."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the gateway really listens."""

    service: int
    pairing: int


@dataclass(frozen=True, slots=True)
class Servers:
    """Three doors: paired registers, registers to be paired, and the operator of this machine."""

    service: grpc.aio.Server
    pairing: grpc.aio.Server
    operator: grpc.aio.Server

    def all(self) -> tuple[grpc.aio.Server, ...]:
        """Every server."""
        return self.service, self.pairing, self.operator


async def run(folder: Path, *, announce_json: bool = False, sales_child: Spawned | None = None) -> None:
    """Runs a gateway until SIGTERM or SIGINT. `sales_child`: a process for its sales store that waits already.

    Raises Refused: NOT_ENROLLED, SETTINGS_INVALID, FOLDER_IN_USE, PORT_IN_USE.
    """
    clock = SystemClock()
    settings = load(folder)
    check_devices(settings.devices, settings.displays, settings.scales)
    set_up_logs(settings.log)
    stopped = stop_signal()
    with DataFolder(folder):
        identity = load_identity(folder / KEYS_FOLDER)
        async with _open_gateway(folder, settings, identity, clock, sales_child) as ports:
            _announce(identity, ports, as_json=announce_json)
            _collect_less_often()
            await stopped.wait()
            _log.info("stopping")


@asynccontextmanager
async def _open_gateway(
    folder: Path,
    settings: GatewaySettings,
    identity: GatewayIdentity,
    clock: Clock,
    sales_child: Spawned | None,
) -> AsyncIterator[Ports]:
    async with AsyncExitStack() as stack:
        logo = load_logo(folder, settings.receipt.logo)
        stores = await stack.enter_async_context(
            open_stores(folder, settings, identity.branch_id, clock, sales_child=sales_child)
        )
        authority = make_authority(folder, identity, stores, clock)
        servers, ports = _bind(folder, settings, authority, stores, clock)
        pairing_address = f"{settings.listen.advertised_host or socket.getfqdn()}:{ports.pairing}"
        desks = set_up_desks(stores, authority, settings, Addresses(pairing_address, ports.service), clock, logo)
        stack.callback(desks.pairing.close)
        line = make_central_line(identity, stores, desks, settings, pairing_address, clock)
        presence = Presence()
        repair = IndexRepair(stores.writer, stores.journal, clock)
        status = _status_desk(identity, stores, desks, line, presence, repair)
        await look_back(stores, clock)
        await desks.drawers.start()
        await desks.printing.use_settings(stores.replica.settings())
        await stack.enter_async_context(_working(stores, desks, line, authority, repair, clock))
        await stack.enter_async_context(_serving(servers, stores, desks, line, authority, status, presence, clock))
        yield ports


def _bind(
    folder: Path, settings: GatewaySettings, authority: BranchAuthority, stores: Stores, clock: Clock
) -> tuple[Servers, Ports]:
    """Takes the ports before anything depends on their numbers."""
    servers = Servers(
        service=make_server(Guard(clock, admit=stores.registers.admit)),
        pairing=make_server(Guard(clock), concurrent_rpcs=PAIRING_CALLS),
        operator=make_server(Guard(clock)),
    )
    address = settings.listen.address
    ports = Ports(
        service=listen(
            servers.service,
            f"{address}:{settings.listen.service_port}",
            authority.server.credentials(require_client_certificate=True),
        ),
        pairing=listen(
            servers.pairing,
            f"{address}:{settings.listen.pairing_port}",
            authority.server.credentials(require_client_certificate=False),
        ),
    )
    listen_for_operator(servers.operator, folder / SOCKET_NAME)
    return servers, ports


def _status_desk(
    identity: GatewayIdentity,
    stores: Stores,
    desks: Desks,
    line: CentralLine,
    presence: Presence,
    repair: IndexRepair,
) -> StatusDesk:
    surroundings = Surroundings(
        central_connected=lambda: line.uplink.connected,
        central_sequence=lambda: line.standing.sequence,
        catalogue=lambda: line.follower.state,
        open_streams=presence.registers,
        short_of_room=stores.reserve.short_of,
        devices=lambda: desks.devices.board.states,
        parked=desks.parked.count,
        store_damaged=lambda: repair.in_vain,
    )
    return StatusDesk(
        identity.branch_id,
        stores.journal,
        stores.reading,
        stores.registers,
        stores.replica,
        stores.sales,
        desks.printing,
        surroundings,
    )


@asynccontextmanager
async def _serving(
    servers: Servers,
    stores: Stores,
    desks: Desks,
    line: CentralLine,
    authority: BranchAuthority,
    status: StatusDesk,
    presence: Presence,
    clock: Clock,
) -> AsyncIterator[None]:
    closing = asyncio.Event()
    recent = RecentSales(clock)
    feed = FeedServer(stores.replica.feed, stores.replica.reading, clock, pause_ms=Pace(recent.busy, clock).pause_ms)
    stop_feed = stores.replica.follow(feed.changed)
    stop_recent = stores.journal.follow(lambda _head: recent.recorded())
    journal = JournalServicer(
        desks.recorder,
        stores.reader,
        ReceiptFinder(stores.reader, stores.sales),
        closing=closing,
        central_sequence=line.standing.register_sequence,
        hold=line.standing.hold,
        register_of=presence.enter,
        witnesses=Witnesses(stores.journal, stores.reading, clock),
        follow_id=stores.journal.follow_id,
    )
    add_register_services(servers.service, journal, feed, desks)
    add_pairing_service(servers.pairing, PairingServicer(desks.pairing, authority, stores.registers, clock))
    add_operator_services(
        servers.operator, GatewayAdminServicer(status, JournalDesk(stores, clock, status.branch_id)), desks
    )
    health = add_health(servers.service, servers.operator)
    for server in servers.all():
        await server.start()
    try:
        yield
    finally:
        await health.enter_graceful_shutdown()
        closing.set()
        feed.close()
        stop_feed()
        stop_recent()
        await asyncio.gather(*(server.stop(CALLS_END_WITHIN_S) for server in servers.all()))


@asynccontextmanager
async def _working(
    stores: Stores, desks: Desks, line: CentralLine, authority: BranchAuthority, repair: IndexRepair, clock: Clock
) -> AsyncIterator[None]:
    """Everything that goes on behind the services."""
    stop_head = stores.journal.follow(stores.sales.head_moved)
    stores.sales.head_moved(stores.journal.head)
    work = {
        "printers": desks.devices.run,
        "drawers": desks.drawers.positions.run,
        "plugged": desks.plugged.run,
        "fallback printers": desks.fallbacks.run,
        "indexes": repair.run,
        "central": line.uplink.run,
        "catalogue": line.follower.run,
        "certificate": authority.server.keep_renewed,
        "settings": lambda: _follow_settings(stores, desks),
        "tombstones": lambda: _clear_tombstones(stores),
        **desks.displays.work(),
        **desks.scales.work(),
    }
    tasks = [asyncio.create_task(kept_going(name, make), name=name) for name, make in work.items()]
    tasks.append(asyncio.create_task(look_for_damage(stores, clock), name="verification"))
    try:
        yield
    finally:
        stop_head()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _follow_settings(stores: Stores, desks: Desks) -> None:
    """Central's decisions take effect at once: roles of devices, address on receipts, business day."""
    changed = asyncio.Event()
    stop = stores.replica.follow(changed.set)
    printers = [device.name for device in desks.devices.configured]
    missing = MissingDevices(desks.devices.board, [*printers, *desks.displays.addresses, *desks.scales.addresses])
    try:
        while True:
            settings = stores.replica.settings()
            missing.use_settings(settings)
            await desks.printing.use_settings(settings)
            stores.sales.use(day_rule(settings))
            await changed.wait()
            changed.clear()
    finally:
        stop()


async def _clear_tombstones(stores: Stores) -> None:
    while True:
        await stores.replica.clear_tombstones()
        await asyncio.sleep(DAY_S)


def _collect_less_often() -> None:
    """Sales make hardly any cycles, and what the start has made stays: neither is worth walking through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def _announce(identity: GatewayIdentity, ports: Ports, *, as_json: bool) -> None:
    _log.info("gateway_ready", branch=identity.branch_id, service_port=ports.service, pairing_port=ports.pairing)
    announce_ready(
        {"branch_id": identity.branch_id, "service_port": ports.service, "pairing_port": ports.pairing},
        f"Gateway der Filiale {identity.branch_id} bereit: Kassen auf Port {ports.service}, Anbinden auf Port {ports.pairing}.\n"
        f"Gateway of branch {identity.branch_id} ready: registers on port {ports.service}, pairing on port {ports.pairing}.",
        as_json=as_json,
    )
