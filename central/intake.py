"""Intake: a branch's journal arrives in order, is checked against its hash chain, and counts once however often it is sent.

An entry is settled when it is on central's disk. A chain that does not fit is refused and stays visible; so does an event id that came
again with other bytes. Entries that the gateway itself calls damaged are passed over: their bytes are kept as a fault, and the chain goes
on behind them (docs/decisions/0006-a-damaged-journal-goes-on.md).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from branchgate.chain import EVENT_ID_BYTES, GENESIS, header, link
from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind
from branchgate.events import EventKind
from branchgate.records import number_brought
from central.intake_state import IntakeState, read_sequences, read_state, write_state
from central.pairing import paired_register
from central.registers import note_paired
from central.store import Database
from central.store.schema import events, intake_faults

CHAIN_BROKEN = "CHAIN_BROKEN"
BRANCH_JOURNAL_DAMAGED = "BRANCH_JOURNAL_DAMAGED"
JOURNAL_EVENT_CONFLICT = "JOURNAL_EVENT_CONFLICT"

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry of a branch's journal as the gateway sent it."""

    sequence: int
    event_id: bytes
    register_id: str
    register_sequence: int
    kind: int
    recorded_at_ms: int
    body: bytes
    chain_hash: bytes


@dataclass(frozen=True, slots=True)
class JournalDamage:
    """Entries `first` to `last` that are not as they were written, as the gateway says.

    `goes_on_from` is the hash that the entry behind them is chained to; empty when nobody knows: that entry is then taken with the hash it
    has. `event_id` and `body` are of the entry as it was found, empty when nothing was.
    """

    first: int
    last: int
    goes_on_from: bytes
    event_id: bytes = b""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a person must look at: where, why, and when it was first seen (UTC milliseconds)."""

    branch_id: str
    journal_sequence: int
    reason: str
    seen_at_ms: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What has arrived from all branches."""

    events: int
    receipts: int


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes the journals of all branches."""

    database: Database
    clock: Clock

    async def state(self, branch_id: str, journal_id: bytes) -> IntakeState:
        """What central holds of a journal; if it holds nothing of that one, where the branch's latest journal stands."""
        return await self.database.read(lambda connection: read_state(connection, branch_id, journal_id))

    async def take(
        self,
        branch_id: str,
        journal_id: bytes,
        entries: Sequence[JournalEntry],
        damage: JournalDamage | None = None,
    ) -> int:
        """Takes entries, behind `damage` if there is any, and returns the journal sequence up to which everything is on disk.

        Entries that were taken before are checked and passed over. Raises Refused: JOURNAL_GAP when entries are missing before these,
        CHAIN_BROKEN at the first entry that does not fit; what stands before it is taken all the same.
        """
        if len(journal_id) != EVENT_ID_BYTES:
            raise Refused("INVALID_VALUE", field="journal_id", value=journal_id.hex(), rule=f"{EVENT_ID_BYTES} bytes")
        now = self.clock.now_ms()

        def work(connection: Connection) -> tuple[int, Refused | None]:
            return _Taking(connection, branch_id, journal_id, now).take(entries, damage)

        sequence, refused = await self.database.write(work)
        if refused is not None:
            raise refused
        return sequence

    async def sequences(self) -> dict[str, int]:
        """How far the latest journal of each branch has arrived."""
        return await self.database.read(read_sequences)

    async def faults(self) -> tuple[Fault, ...]:
        """What a person must look at, oldest first."""

        def work(connection: Connection) -> tuple[Fault, ...]:
            rows = connection.execute(select(intake_faults).order_by(intake_faults.c.seen_at))
            return tuple(Fault(row.branch_id, row.journal_sequence, row.reason, row.seen_at) for row in rows)

        return await self.database.read(work)

    async def counts(self) -> Counts:
        """Events and receipts that have arrived."""

        def work(connection: Connection) -> Counts:
            total = select(func.count()).select_from(events)
            receipts = total.where(events.c.kind == int(EventKind.RECEIPT))
            return Counts(connection.scalar(total) or 0, connection.scalar(receipts) or 0)

        return await self.database.read(work)


class _Taking:
    """One transaction's work on one journal."""

    def __init__(self, connection: Connection, branch_id: str, journal_id: bytes, now: int) -> None:
        self._connection = connection
        self._branch_id = branch_id
        self._journal_id = journal_id
        self._now = now
        self._state = read_state(connection, branch_id, journal_id, for_update=True)
        if self._state.journal_id != journal_id:
            # A journal that central has not seen begins at its first entry, whatever an earlier one of the branch held.
            self._state = IntakeState(journal_id, 0, GENESIS, self._state.registers)

    def take(self, entries: Sequence[JournalEntry], damage: JournalDamage | None = None) -> tuple[int, Refused | None]:
        """Returns the settled sequence, and the refusal of the first entry that cannot be taken."""
        if damage is not None and damage.last > self._state.sequence:
            if damage.first > self._state.sequence + 1:
                return self._state.sequence, self._gap(damage.first, self._state.sequence + 1)
            self._pass_over(damage)
        passed = [entry for entry in entries if entry.sequence <= self._state.sequence]
        refused = self._forked(passed)
        fitting: list[JournalEntry] = []
        if refused is None:
            fitting, refused = self._fitting(entries[len(passed) :])
        if fitting:
            self._store(fitting)
            self._state = self._state.advanced(fitting[-1].sequence, fitting[-1].chain_hash, _highest_brought(fitting))
            write_state(self._connection, self._branch_id, self._state, self._now)
        return self._state.sequence, refused

    def _fitting(self, entries: Sequence[JournalEntry]) -> tuple[list[JournalEntry], Refused | None]:
        sequence, chain_hash = self._state.sequence, self._state.chain_hash
        fitting: list[JournalEntry] = []
        for entry in entries:
            if entry.sequence != sequence + 1:
                return fitting, self._gap(entry.sequence, sequence + 1)
            # Behind a hole nobody knows what it is chained to.
            if chain_hash and _chained(chain_hash, entry) != entry.chain_hash:
                return fitting, self._broken(entry)
            sequence, chain_hash = entry.sequence, entry.chain_hash
            fitting.append(entry)
        return fitting, None

    def _forked(self, passed: Sequence[JournalEntry]) -> Refused | None:
        """Whether entries that central has already differ from what it has: two journals under one id.

        The last one tells of all before it, because its hash covers them. It may stand under an earlier journal of the branch; then
        only the newest entry's hash is known.
        """
        if not passed:
            return None
        last = passed[-1]
        if last.sequence == self._state.sequence:
            known: bytes | None = self._state.chain_hash
        else:
            known = self._connection.scalar(
                select(events.c.chain_hash).where(
                    events.c.branch_id == self._branch_id,
                    events.c.journal_id == self._journal_id,
                    events.c.journal_sequence == last.sequence,
                )
            )
        return None if known in (None, b"", last.chain_hash) else self._broken(last)

    def _pass_over(self, damage: JournalDamage) -> None:
        """Keeps what the gateway found in place of these entries, for people, and goes on behind them."""
        self._note(damage.first, damage.event_id, damage.body, BRANCH_JOURNAL_DAMAGED)
        self._state = self._state.advanced(damage.last, damage.goes_on_from, {})
        write_state(self._connection, self._branch_id, self._state, self._now)

    def _gap(self, sequence: int, expected: int) -> Refused:
        return Refused(
            "JOURNAL_GAP",
            field="journal_sequence",
            value=sequence,
            rule=f"expected {expected}",
            kind=RefusedKind.NOT_NOW,
        )

    def _broken(self, entry: JournalEntry) -> Refused:
        self._note(entry.sequence, entry.event_id, entry.body, CHAIN_BROKEN)
        return Refused(
            CHAIN_BROKEN,
            field="journal_sequence",
            value=entry.sequence,
            rule=f"the chain of {self._branch_id} must fit the entry before",
            kind=RefusedKind.NOT_NOW,
        )

    def _store(self, entries: list[JournalEntry]) -> None:
        known = dict(self._known(entries))
        rows: list[dict[str, Any]] = []
        for entry in entries:
            if entry.event_id in known:
                if known[entry.event_id] != (self._branch_id, entry.body):
                    self._note(entry.sequence, entry.event_id, entry.body, JOURNAL_EVENT_CONFLICT)
                continue
            known[entry.event_id] = self._branch_id, entry.body
            rows.append(self._row(entry))
            if entry.kind == EventKind.IDENTITY and (register_id := paired_register(entry.body)):
                note_paired(self._connection, self._branch_id, register_id, entry.recorded_at_ms)
        if rows:
            self._connection.execute(events.insert(), rows)

    def _known(self, entries: list[JournalEntry]) -> Iterator[tuple[bytes, tuple[str, bytes]]]:
        """Which of these events central has, with branch and body."""
        for start in range(0, len(entries), _AT_ONCE):
            ids = [entry.event_id for entry in entries[start : start + _AT_ONCE]]
            for row in self._connection.execute(
                select(events.c.event_id, events.c.branch_id, events.c.body).where(events.c.event_id.in_(ids))
            ):
                yield row.event_id, (row.branch_id, row.body)

    def _row(self, entry: JournalEntry) -> dict[str, Any]:
        return {
            "event_id": entry.event_id,
            "branch_id": self._branch_id,
            "journal_id": self._journal_id,
            "journal_sequence": entry.sequence,
            "register_id": entry.register_id,
            "register_sequence": entry.register_sequence,
            "kind": entry.kind,
            "recorded_at": entry.recorded_at_ms,
            "body": entry.body,
            "chain_hash": entry.chain_hash,
        }

    def _note(self, sequence: int, event_id: bytes, body: bytes, reason: str) -> None:
        """Keeps the first sight of a fault; a gateway that sends again and again does not make it newer.

        A chain that was broken because of damage goes on once the gateway knows of it: then the damage is what remains to be told.
        """
        place = {
            "branch_id": self._branch_id,
            "journal_id": self._journal_id,
            "journal_sequence": sequence,
        }
        known = self._connection.scalar(select(intake_faults.c.reason).filter_by(**place))
        if known == CHAIN_BROKEN and reason == BRANCH_JOURNAL_DAMAGED:
            self._connection.execute(intake_faults.update().filter_by(**place).values(reason=reason))
        elif known is None:
            self._connection.execute(
                intake_faults.insert().values(**place, reason=reason, event_id=event_id, body=body, seen_at=self._now)
            )


def _highest_brought(entries: Sequence[JournalEntry]) -> dict[str, int]:
    """Per register the highest number that these bring; what was missing comes later with a lower one."""
    highest: dict[str, int] = {}
    for entry in entries:
        if number := number_brought(entry.kind, entry.register_sequence, entry.body):
            highest[entry.register_id] = max(number, highest.get(entry.register_id, 0))
    return highest


def _chained(previous: bytes, entry: JournalEntry) -> bytes:
    """The chain hash that an entry should have; empty for an entry that no journal could hold."""
    if len(entry.event_id) != EVENT_ID_BYTES:
        return b""
    try:
        entry_header = header(
            entry.sequence,
            entry.event_id,
            entry.register_id.encode(),
            entry.register_sequence,
            entry.kind,
            entry.recorded_at_ms,
            len(entry.body),
        )
    except struct.error:
        return b""
    return link(previous, entry_header, entry.body)
