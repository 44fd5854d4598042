"""What central knows of a branch's registers, for a gateway whose journal was lost: numbers must go on behind it, certificates stay valid.

Everything is read from the events as they arrived, in whichever journal: nothing is kept for this beside them, and it is rarely asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError
from sqlalchemy import Connection, func, select

from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.numbers import NumberRange
from branchgate.receipts.view import view_receipt
from branchgate.v1 import event_pb2, figures_pb2
from central.store import Database
from central.store.schema import events, registers

_HOLDS_A_KEY = frozenset({"PAIRED", "RENEWED"})


@dataclass(frozen=True, slots=True)
class Recalled:
    """Where a register stood when central last heard of it; numbers are 0 and keys empty where nothing arrived."""

    register_id: str
    name: str
    number_range: NumberRange
    z_number: int = 0
    running_number: int = 0
    reserved_number: int = 0
    key_sha256: bytes = b""
    former_key_sha256: bytes = b""
    paired_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Recall:
    """Answers gateways that have lost their journal."""

    database: Database

    async def of(self, branch_id: str) -> tuple[Recalled, ...]:
        """Every register of a branch, by id."""
        return await self.database.read(lambda connection: tuple(_recalled(connection, branch_id)))


@dataclass(slots=True)
class _Found:
    z_number: int = 0
    running_number: int = 0
    reserved_number: int = 0
    changes: list[event_pb2.IdentityChange] = field(default_factory=list)


def _recalled(connection: Connection, branch_id: str) -> Iterator[Recalled]:
    found: dict[str, _Found] = defaultdict(_Found)
    _closings(connection, branch_id, found)
    _receipts(connection, branch_id, found)
    _identities(connection, branch_id, found)
    for row in connection.execute(
        select(registers).where(registers.c.branch_id == branch_id).order_by(registers.c.register_id)
    ):
        known = found[row.register_id]
        key, former, at_ms = _keys(known.changes)
        yield Recalled(
            register_id=row.register_id,
            name=row.name,
            number_range=NumberRange(row.prefix, row.digits, row.suffix),
            z_number=known.z_number,
            running_number=known.running_number,
            reserved_number=known.reserved_number,
            key_sha256=key,
            former_key_sha256=former,
            paired_at_ms=at_ms,
        )


def _closings(connection: Connection, branch_id: str, found: dict[str, _Found]) -> None:
    for row in connection.execute(
        select(events.c.register_id, events.c.body).where(
            events.c.branch_id == branch_id, events.c.kind == int(EventKind.CLOSING)
        )
    ):
        try:
            z_number = figures_pb2.Closing.FromString(row.body).z_number
        except DecodeError:
            continue  # it has arrived as the gateway wrote it, and says nothing
        found[row.register_id].z_number = max(found[row.register_id].z_number, z_number)


def _receipts(connection: Connection, branch_id: str, found: dict[str, _Found]) -> None:
    """The newest receipt of each register tells its running number; of those that the gateway made there are few, and all are read."""
    receipts = (events.c.branch_id == branch_id, events.c.kind == int(EventKind.RECEIPT))
    newest = (
        select(events.c.register_id, func.max(events.c.register_sequence).label("newest"))
        .where(*receipts)
        .group_by(events.c.register_id)
        .subquery()
    )
    rows = connection.execute(
        select(events.c.register_id, events.c.register_sequence, events.c.body)
        .join(newest, newest.c.register_id == events.c.register_id)
        .where(*receipts, events.c.register_sequence.in_((0, newest.c.newest)))
    )
    for row in rows:
        known = found[row.register_id]
        try:
            running = view_receipt(row.body).running_number
        except Refused:
            continue  # it has arrived as the gateway wrote it, and says nothing
        if row.register_sequence:
            known.running_number = max(known.running_number, running)
        else:
            known.reserved_number = max(known.reserved_number, running)


def _identities(connection: Connection, branch_id: str, found: dict[str, _Found]) -> None:
    for body in connection.scalars(
        select(events.c.body).where(events.c.branch_id == branch_id, events.c.kind == int(EventKind.IDENTITY))
    ):
        try:
            change = event_pb2.IdentityChange.FromString(body)
        except DecodeError:
            continue  # it has arrived as the gateway wrote it, and says nothing
        if change.change in _HOLDS_A_KEY:
            found[change.register_id].changes.append(change)


def _keys(changes: list[event_pb2.IdentityChange]) -> tuple[bytes, bytes, int]:
    """The key of the last pairing or renewal, the one that it renewed with, and when; a pairing ends every key before it."""
    key = former = b""
    at_ms = 0
    for change in sorted(changes, key=lambda each: each.at_ms):
        former = key if change.change == "RENEWED" else b""
        key, at_ms = change.public_key_sha256, change.at_ms
    return key, former, at_ms
