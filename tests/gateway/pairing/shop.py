"""A gateway's pairing in one process, with real TLS, a real branch.db and a clock that tests turn."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import grpc.aio

from branchgate.events import EventKind
from branchgate.numbers import NumberRange
from branchgate.pairing.proof import stretched
from branchgate.v1 import device_pb2, device_pb2_grpc, event_pb2, identity_pb2_grpc, pairing_pb2_grpc
from branchgate.wire.callers import Context, caller
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen, make_server
from gateway.pairing.audit import IdentityAudit
from gateway.pairing.authority import BranchAuthority
from gateway.pairing.desk import Addresses, PairingDesk, PairingOrder
from gateway.pairing.registers import PairedRegisters
from gateway.pairing.renewal import Renewals
from gateway.pairing.steps import Stage, Step
from gateway.pairing.tables import PAIRING
from gateway.recording.states import RECORDING
from gateway.rpc.identity import IdentityServicer
from gateway.rpc.pairing import PairingServicer
from gateway.store.connection import connect_for_writing
from gateway.store.schema import bring_up_to_date
from gateway.store.writer import GroupWriter
from tests.rigs.chains import CentralChain
from tests.rigs.clock import TurnedClock

# The cost of a guess does not matter here, the tests' time does; the real cost has a test of its own.
stretch_quickly = functools.partial(stretched, scrypt_n=2)

ORDER = PairingOrder("kasse-1", "Kasse 1", NumberRange("K1-", 6), next_running_number=1)


class Devices(device_pb2_grpc.DeviceServiceServicer):
    """Some service for paired registers; answers with the register it saw."""

    async def ListDevices(
        self, _request: device_pb2.ListDevicesRequest, context: Context
    ) -> device_pb2.ListDevicesResponse:
        return device_pb2.ListDevicesResponse(devices=[device_pb2.Device(name=caller(context).register_id)])

    async def WatchDevices(
        self, _request: device_pb2.WatchDevicesRequest, context: Context
    ) -> AsyncIterator[device_pb2.WatchDevicesResponse]:
        yield device_pb2.WatchDevicesResponse(device=device_pb2.Device(name=caller(context).register_id))


@dataclass
class Shop:
    """One branch's gateway as far as pairing goes."""

    authority: BranchAuthority
    desk: PairingDesk
    registers: PairedRegisters
    clock: TurnedClock
    pairing_address: str
    service_address: str
    journal: list[tuple[EventKind, event_pb2.IdentityChange, str]]
    steps: list[Step] = field(default_factory=list)

    async def code(self, order: PairingOrder = ORDER) -> str:
        await self.desk.start(order, self.steps.append)
        return self.steps[-1].code

    @property
    def stages(self) -> list[Stage]:
        return [step.stage for step in self.steps]

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [(change.change, register_id) for _, change, register_id in self.journal]


@contextlib.asynccontextmanager
async def shop(
    folder: Path, *, central: CentralChain | None = None, branch_id: str = "mitte", clock: TurnedClock | None = None
) -> AsyncIterator[Shop]:
    clock = clock or TurnedClock()
    central = central or CentralChain(clock.now_ms())
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    store = folder / "branch.db"
    connection = connect_for_writing(store)
    bring_up_to_date(connection, [RECORDING, PAIRING])
    connection.close()
    writer = GroupWriter(store)
    journal: list[tuple[EventKind, event_pb2.IdentityChange, str]] = []

    async def record(kind: EventKind, body: bytes, register_id: str) -> None:
        journal.append((kind, event_pb2.IdentityChange.FromString(body), register_id))

    authority = BranchAuthority(central.enrolled(branch_id), folder / "keys", clock)
    registers = PairedRegisters(writer, branch_id)
    await registers.load()
    audit = IdentityAudit(record, clock)
    pairing_server, service_server = make_server(Guard(clock)), make_server(Guard(clock, admit=registers.admit))
    pairing_port = listen(pairing_server, "127.0.0.1:0", authority.server.credentials(require_client_certificate=False))
    service_port = listen(service_server, "127.0.0.1:0", authority.server.credentials(require_client_certificate=True))
    addresses = Addresses(f"127.0.0.1:{pairing_port}", service_port)
    desk = PairingDesk(authority, registers, audit, clock, addresses, stretch=stretch_quickly)
    pairing = PairingServicer(desk, authority, registers, clock)
    pairing_pb2_grpc.add_PairingServiceServicer_to_server(pairing, pairing_server)
    # Served here as well, which a composition root would not do: the guard alone must keep strangers out.
    device_pb2_grpc.add_DeviceServiceServicer_to_server(Devices(), pairing_server)
    device_pb2_grpc.add_DeviceServiceServicer_to_server(Devices(), service_server)
    renewal = IdentityServicer(Renewals(authority, registers, audit))
    identity_pb2_grpc.add_IdentityServiceServicer_to_server(renewal, service_server)
    await pairing_server.start()
    await service_server.start()
    try:
        yield Shop(authority, desk, registers, clock, addresses.pairing, f"127.0.0.1:{service_port}", journal)
    finally:
        desk.close()
        await pairing_server.stop(None)
        await service_server.stop(None)
        await writer.close()


async def who_am_i(channel: grpc.aio.Channel) -> str:
    """The register that the gateway sees on this channel."""
    stub = device_pb2_grpc.DeviceServiceStub(channel)
    response = await stub.ListDevices(device_pb2.ListDevicesRequest(), timeout=10)
    return response.devices[0].name
