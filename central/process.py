"""central as a process: takes its data folder, opens the store, puts the services in front, and stops in good order.

Order of the end: health says so, sessions and feeds end, the servers stop, then the store closes and the folder is let go.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import grpc.aio
import structlog
from sqlalchemy import Connection, select

from branchgate.asking import SOCKET_NAME
from branchgate.clock import Clock, SystemClock
from branchgate.folder import DataFolder
from branchgate.logs import set_up_logs
from branchgate.running import CALLS_END_WITHIN_S, announce_ready, stop_signal
from branchgate.wire.guard import Guard
from branchgate.wire.health import add_health
from branchgate.wire.options import WAN
from branchgate.wire.sockets import listen, listen_for_operator, make_server
from central.addresses import joined
from central.config import CentralSettings, load
from central.domain import Domain, make_domain
from central.feed.writing import EPOCH_KEY, begin_epoch, read_mark
from central.identity.authority import CentralAuthority
from central.rpc.serving import add_enrolment_service, add_gateway_services, add_operator_service
from central.store import Database, default_url, migrate, open_engine
from central.store.engine import upsert
from central.store.schema import meta

_log = structlog.get_logger(__name__)

KEYS_FOLDER = "keys"
ENROLMENT_CALLS = 32

_CENTRAL_ID = "central_id"


@dataclass(frozen=True, slots=True)
class Ready:
    """What is told once central serves: its ports as they really are, its socket and its id."""

    service_port: int
    enrolment_port: int
    socket: str
    central_id: str


async def run(folder: Path, *, announce_json: bool) -> None:
    """Runs central until SIGTERM or SIGINT. Prints one line when it is ready.

    Raises Refused: SETTINGS_INVALID and what `serving` raises.
    """
    stopped = stop_signal()
    settings = load(folder)
    set_up_logs(settings.log)
    async with serving(folder, settings, SystemClock()) as ready:
        _announce(ready, as_json=announce_json)
        await stopped.wait()
        _log.info("central_stopping")


@asynccontextmanager
async def serving(folder: Path, settings: CentralSettings, clock: Clock) -> AsyncIterator[Ready]:
    """central, serving from its data folder for as long as the block lasts.

    Raises Refused: FOLDER_IN_USE, STORE_URL_INVALID, CENTRAL_STORE_TOO_NEW, PORT_IN_USE, ADDRESS_NOT_USABLE.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(DataFolder(folder))
        database = await _open_store(settings, folder)
        stack.push_async_callback(database.close)
        central_id = await database.write(_central_id)
        authority = CentralAuthority(folder / KEYS_FOLDER, central_id, clock)
        domain = make_domain(database, authority, clock)
        await domain.gateways.load()
        yield await _serve(stack, settings, folder, domain)


async def _open_store(settings: CentralSettings, folder: Path) -> Database:
    database = Database(open_engine(settings.store.url or default_url(folder)))
    try:
        await database.write(_prepare)
    except BaseException:
        await database.close()
        raise
    return database


def _prepare(connection: Connection) -> None:
    migrate(connection)
    if read_mark(connection, EPOCH_KEY) is None:
        begin_epoch(connection)


def _central_id(connection: Connection) -> str:
    """Central's id, made at its first start; it stands in every certificate."""
    known: str | None = connection.scalar(select(meta.c.value).where(meta.c.key == _CENTRAL_ID))
    if known is None:
        known = f"c{secrets.token_hex(5)}"
        upsert(connection, meta, [{"key": _CENTRAL_ID, "value": known}])
    return known


async def _serve(stack: AsyncExitStack, settings: CentralSettings, folder: Path, domain: Domain) -> Ready:
    guard = Guard(domain.clock, admit=domain.gateways.admit)
    gateways, operator = make_server(guard, link=WAN), make_server(guard)
    enrolling = make_server(guard, link=WAN, concurrent_rpcs=ENROLMENT_CALLS)
    at = settings.listen
    service_port = listen(gateways, joined(at.address, at.service_port), domain.authority.service_credentials())
    enrolment_port = listen(enrolling, joined(at.address, at.enrolment_port), domain.authority.enrolment_credentials())
    listen_for_operator(operator, folder / SOCKET_NAME)
    add_gateway_services(gateways, domain)
    add_enrolment_service(enrolling, domain, service_port=service_port)
    host = at.advertised_host or socket.getfqdn()
    add_operator_service(operator, domain, enrolment_address=joined(host, enrolment_port))
    await _start(stack, (gateways, enrolling, operator), domain)
    stack.push_async_callback(_ended, asyncio.create_task(domain.authority.keep_renewed()))
    ready = Ready(service_port, enrolment_port, str(folder / SOCKET_NAME), domain.authority.central_id)
    _log.info("central_ready", **asdict(ready))
    return ready


async def _start(stack: AsyncExitStack, servers: Sequence[grpc.aio.Server], domain: Domain) -> None:
    health = add_health(*servers)

    async def stop() -> None:
        await health.enter_graceful_shutdown()
        # Streams end by themselves now; without this the server would wait for them until its patience ends.
        domain.sessions.close()
        domain.feeds.close()
        await asyncio.gather(*(server.stop(CALLS_END_WITHIN_S) for server in servers))

    stack.push_async_callback(stop)
    for server in servers:
        await server.start()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def _announce(ready: Ready, *, as_json: bool) -> None:
    announce_ready(
        asdict(ready),
        f"Zentrale bereit: Gateways auf Port {ready.service_port}, Anmeldung auf Port {ready.enrolment_port} ({ready.central_id}).\n"
        f"Central ready: gateways on port {ready.service_port}, enrolment on port {ready.enrolment_port} ({ready.central_id}).",
        as_json=as_json,
    )
