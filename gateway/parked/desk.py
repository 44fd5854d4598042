"""The desk where receipts are put aside and fetched again, by whichever register of the branch is free."""

from __future__ import annotations

import sqlite3

from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind
from branchgate.events import EventKind
from branchgate.ids import derived_id, new_event_id
from branchgate.receipts.parked import ParkedChange, ParkedReceipt, decode_change, encode_change
from gateway.journal import BRANCH, OWN, Entry, Journal, NewEntry
from gateway.journal.reader import entry_of
from gateway.parked.limits import check_parkable, checked_id
from gateway.parked.model import Listed, Parked, Standing, after
from gateway.parked.rules import park, release, resume
from gateway.parked.tables import all_parked, count_parked, standing_of, write_standing
from gateway.short_texts import short_text
from gateway.store.writer import GroupWriter


class ParkedDesk:
    """Parked receipts of one branch. `reading` is a read-only connection to the writer's store for the event loop.

    Everything is decided in the writer's thread, on the table as the transaction sees it: of two registers at once one comes first.
    """

    def __init__(self, writer: GroupWriter, journal: Journal, reading: sqlite3.Connection, clock: Clock) -> None:
        self._writer, self._journal, self._reading, self._clock = writer, journal, reading, clock

    def rows(self) -> list[Listed]:
        """All that are parked or being worked on, oldest first."""
        return all_parked(self._reading)

    def count(self) -> int:
        """How many `rows` has."""
        return count_parked(self._reading)

    async def park(self, request_id: bytes, register_id: str, user_id: str, receipt: ParkedReceipt) -> Parked:
        """Puts a receipt aside, or back by its owner; the same request again gives the same answer, whatever has become of it since.

        Raises Refused: INVALID_VALUE, REQUEST_ID_REUSED, PARKED_GONE, PARKED_AT_OTHER_REGISTER, PARKED_WAITS, PARKED_TOO_MANY.
        """
        event_id = derived_id("parked", register_id.encode(), checked_id(request_id, "request_id"))
        short_text(user_id, "user_id")
        check_parkable(receipt)
        now_ms = self._clock.now_ms()

        def work(connection: sqlite3.Connection) -> Parked:
            known = entry_of(connection, event_id)
            if known is not None:
                return _answered(_repeated(known, request_id, user_id, receipt))
            standing = standing_of(connection, receipt.parked_id)
            others = count_parked(connection) if standing is None else 0
            change = park(standing, receipt, register_id, user_id, now_ms, others)
            return self._write(connection, standing, change, event_id)

        return await self._writer.submit(work)

    async def resume(self, parked_id: bytes, register_id: str, user_id: str) -> Parked:
        """Makes a register the owner and hands out the lines; the owner gets them again as often as it asks.

        Raises Refused: INVALID_VALUE, PARKED_UNKNOWN, PARKED_GONE, PARKED_AT_OTHER_REGISTER.
        """
        checked_id(parked_id, "parked_id")
        short_text(user_id, "user_id")
        now_ms = self._clock.now_ms()

        def work(connection: sqlite3.Connection) -> Parked:
            standing = standing_of(connection, parked_id)
            change = resume(standing, parked_id, register_id, user_id, now_ms)
            return self._written(connection, standing, change)

        return await self._writer.submit(work)

    async def release(self, parked_id: bytes, user_id: str) -> Parked:
        """Takes it from a register that will not end it; nothing happens to one that waits. Raises as `resume`."""
        checked_id(parked_id, "parked_id")
        short_text(user_id, "user_id")
        now_ms = self._clock.now_ms()

        def work(connection: sqlite3.Connection) -> Parked:
            standing = standing_of(connection, parked_id)
            return self._written(connection, standing, release(standing, parked_id, user_id, now_ms))

        return await self._writer.submit(work)

    def _written(
        self, connection: sqlite3.Connection, standing: Standing | None, change: ParkedChange | None
    ) -> Parked:
        if change is not None:
            return self._write(connection, standing, change, new_event_id(change.at_ms))
        assert isinstance(standing, Parked)
        return standing

    def _write(
        self, connection: sqlite3.Connection, standing: Standing | None, change: ParkedChange, event_id: bytes
    ) -> Parked:
        register_id = change.register_id or BRANCH
        self._journal.append_in(
            connection, [NewEntry(event_id, register_id, OWN, EventKind.PARKED, encode_change(change))]
        )
        stands = after(standing, change)
        write_standing(connection, stands)
        assert isinstance(stands, Parked)
        return stands


def _repeated(known: Entry, request_id: bytes, user_id: str, receipt: ParkedReceipt) -> ParkedChange:
    """What the request did when it came first. Raises Refused (REQUEST_ID_REUSED) when it was another one."""
    change = decode_change(known.body) if known.kind is EventKind.PARKED else None
    if change is None or (change.receipt, change.user_id) != (receipt, user_id):
        raise Refused(
            "REQUEST_ID_REUSED",
            field="request_id",
            value=request_id.hex(),
            rule="an id of its own for every request",
            kind=RefusedKind.EXISTS,
        )
    return change


def _answered(change: ParkedChange) -> Parked:
    stood = after(None, change)
    assert isinstance(stood, Parked)
    return stood
