"""The line to central put together: session, upload, and the catalogue that follows central."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import grpc.aio

from branchgate.clock import Clock
from branchgate.sync import Follower
from branchgate.sync.timing import Backoff
from branchgate.wire.options import WAN
from branchgate.wire.tls import open_channel
from gateway.branch.cursor import read_cursor, write_cursor
from gateway.branch.damages import look_for_damage
from gateway.branch.desks import Desks
from gateway.branch.stores import Stores
from gateway.catalogue.upstream import central_follower
from gateway.config import GatewaySettings
from gateway.identity import GatewayIdentity
from gateway.journal.portions import Portion, read_portion
from gateway.uplink.agreement import Agreement
from gateway.uplink.answers import GatewayAnswers
from gateway.uplink.events import EventUpload
from gateway.uplink.recalling import Recalling
from gateway.uplink.session import greeting_of
from gateway.uplink.standing import Standing
from gateway.uplink.uplink import Uplink


@dataclass(frozen=True, slots=True)
class CentralLine:
    """The uplink and what hangs on it."""

    uplink: Uplink
    follower: Follower
    standing: Standing


def make_central_line(
    identity: GatewayIdentity,
    stores: Stores,
    desks: Desks,
    settings: GatewaySettings,
    pairing_address: str,
    clock: Clock,
) -> CentralLine:
    """Makes the line; run its uplink and its follower as tasks."""
    standing = Standing(min(read_cursor(stores.reading), stores.journal.head), held_through=stores.journal.head)
    address = settings.central.address or identity.central_address

    def dial() -> grpc.aio.Channel:
        return open_channel(
            address,
            WAN,
            root_pem=identity.root_pem,
            server_name=identity.central_name,
            certificate=identity.client_certificate,
        )

    async def read(after: int, limit: int) -> Portion:
        return await asyncio.to_thread(read_portion, stores.upload_reader, after, limit)

    async def doubted() -> None:
        await look_for_damage(stores, clock)

    def settled(sequence: int) -> None:
        # Not waited for: it is only a witness for the next start, and central tells its place anew at every session.
        stores.writer.submit(lambda connection: write_cursor(connection, sequence)).add_done_callback(_noted)

    recalling = Recalling(stores.writer, stores.journal, stores.reading, stores.registers, clock)
    follower = central_follower(stores.replica, lambda: uplink.channel, random.random)
    uplink = Uplink(
        dial,
        greeting=greeting_of(stores.journal, pairing_address, recalling.wanted),
        answers=GatewayAnswers(desks.pairing, stores.sales, stores.journal),
        agree=Agreement(stores.journal, stores.reader, standing, clock, doubted).reach,
        recalled=recalling.take,
        upload=EventUpload(stores.journal, read, standing, settled),
        backoff=Backoff(random.random, cap_ms=settings.central.longest_pause_ms),
        up=follower.hurry,
        doubted=doubted,
    )
    return CentralLine(uplink, follower, standing)


def _noted(done: asyncio.Future[None]) -> None:
    # A full disk or a stop is no news here: whoever records is told.
    if not done.cancelled():
        done.exception()
