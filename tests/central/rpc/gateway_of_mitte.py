"""A gateway as central sees it: enrolled with a token, then calling over mTLS. No more than the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import grpc.aio

from branchgate.asking import SOCKET_NAME
from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.v1 import central_admin_pb2 as admin
from branchgate.v1 import event_pb2, intake_pb2, pairing_pb2, session_pb2
from branchgate.v1.central_admin_pb2_grpc import CentralAdminServiceStub
from branchgate.wire.options import WAN
from branchgate.wire.sockets import operator_channel
from branchgate.wire.tls import open_channel
from central.config import load
from central.intake import JournalEntry
from central.process import Ready, serving
from gateway.identity import GatewayIdentity
from gateway.uplink.enrolment import enrol

if TYPE_CHECKING:
    from branchgate.v1.central_admin_pb2_grpc import CentralAdminServiceAsyncStub

ON_LOOPBACK = '[listen]\naddress = "127.0.0.1"\nservice_port = 0\nenrolment_port = 0\nadvertised_host = "127.0.0.1"\n'


def on_loopback(folder: Path) -> Path:
    """A data folder whose central listens on free ports of the loopback."""
    folder.mkdir(exist_ok=True)
    (folder / "central.toml").write_text(ON_LOOPBACK)
    return folder


@asynccontextmanager
async def central_in(folder: Path) -> AsyncIterator[tuple[Ready, CentralAdminServiceAsyncStub]]:
    """A central on free ports of the loopback, and its operator."""
    on_loopback(folder)
    async with serving(folder, load(folder), SystemClock()) as ready, operator_channel(folder / SOCKET_NAME) as channel:
        yield ready, CentralAdminServiceStub(channel)


async def add_mitte(operator: CentralAdminServiceAsyncStub) -> None:
    """The branch mitte with the register kasse-1."""
    settings = BranchSettings("mitte", "Filiale Mitte").to_message()
    await operator.AddBranch(admin.AddBranchRequest(settings=settings))
    numbers = pairing_pb2.NumberRange(prefix="K1-", digits=6)
    await operator.AddRegister(admin.AddRegisterRequest(branch_id="mitte", register_id="kasse-1", number_range=numbers))


async def enrolled(operator: CentralAdminServiceAsyncStub, keys: Path) -> GatewayIdentity:
    """A new gateway of mitte."""
    answer = await operator.MakeEnrolmentToken(admin.MakeEnrolmentTokenRequest(branch_id="mitte"))
    return await enrol(answer.token, keys)


def channel_of(identity: GatewayIdentity) -> grpc.aio.Channel:
    """The gateway's channel to central."""
    return open_channel(
        identity.central_address,
        WAN,
        root_pem=identity.root_pem,
        server_name=identity.central_name,
        certificate=identity.client_certificate,
    )


def greeting(journal_id: bytes) -> session_pb2.OpenRequest:
    """What a gateway says first."""
    told = session_pb2.SessionGreeting(version="0.1.0", journal_id=journal_id, pairing_address="shop:7444")
    return session_pb2.OpenRequest(greeting=told)


def events_request(journal_id: bytes, entries: Sequence[JournalEntry]) -> intake_pb2.SendEventsRequest:
    """Journal entries as they travel."""
    return intake_pb2.SendEventsRequest(
        journal_id=journal_id,
        entries=[
            intake_pb2.JournalEntry(
                journal_sequence=entry.sequence,
                register_id=entry.register_id,
                event=event_pb2.Event(
                    event_id=entry.event_id,
                    register_sequence=entry.register_sequence,
                    kind=event_pb2.EventKind.ValueType(entry.kind),
                    body=entry.body,
                ),
                recorded_at_ms=entry.recorded_at_ms,
                chain_hash=entry.chain_hash,
            )
            for entry in entries
        ],
    )
