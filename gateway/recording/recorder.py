"""Takes the events of registers, settles them durably and says so only then."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from branchgate.clock import Clock
from branchgate.errors import BranchgateError, Refused, TryAgain
from gateway.journal.journal import MAY_USE_RESERVE, Journal
from gateway.recording.judging import Rules, judge
from gateway.recording.message import Recording
from gateway.recording.model import EventToRecord, Greeting, Recorded
from gateway.recording.states import read_state
from gateway.recording.transaction import ParkedEnds, PrintWish, record_messages, skip_to
from gateway.store.writer import GroupWriter

BUSY_RETRY_MS = 250
"""How long a register should leave a gateway alone whose disk cannot keep up."""


@dataclass(frozen=True, slots=True)
class Admission:
    """How much may wait for the disk, over all registers."""

    events: int = 20_000
    body_bytes: int = 64 * 1024 * 1024


class Recorder:
    """Records the events of all registers of the branch.

    `reading` is a read-only connection to the writer's store, for the event loop. Messages of one register are settled in the order in
    which they were begun.
    """

    def __init__(
        self,
        writer: GroupWriter,
        journal: Journal,
        reading: sqlite3.Connection,
        clock: Clock,
        rules: Rules,
        *,
        print_wish: PrintWish | None = None,
        parked_ends: ParkedEnds | None = None,
        admission: Admission = Admission(),
    ) -> None:
        self._writer = writer
        self._journal = journal
        self._reading = reading
        self._clock = clock
        self._rules = rules
        self._print_wish = print_wish
        self._parked_ends = parked_ends
        self._admission = admission
        self._waiting_events = 0
        self._waiting_bytes = 0

    def greeting(self, register_id: str) -> Greeting:
        """What the register is told before it sends anything."""
        state = read_state(self._reading, register_id)
        return Greeting(
            journal_id=self._journal.journal_id,
            settled_register_sequence=state.register_sequence,
            next_running_number=state.running_number + 1,
            next_z_number=state.z_number + 1,
            gateway_time_ms=self._clock.now_ms(),
        )

    async def record(self, register_id: str, events: Sequence[EventToRecord]) -> Recorded:
        """Settles events that stand in the order of their numbers; returns when they are on disk.

        Raises Refused (INVALID_VALUE) when a number is not a number of a register's event.
        """
        return await self.begin(register_id, events).settled()

    def begin(self, register_id: str, events: Sequence[EventToRecord]) -> Recording:
        """Like `record`, without waiting: several messages of a register may be under way."""
        _check_sequences(events)
        if self._is_full():
            busy = Recording(self, register_id)
            busy.set_exception(TryAgain("BUSY", retry_after_ms=BUSY_RETRY_MS))
            return busy
        now_ms = self._clock.now_ms()
        register_range, rules = self._rules.number_range(register_id), self._rules
        judged = [judge(event, register_range, rules, now_ms) for event in events]
        size = sum([len(event.body) for event in events])
        recording = Recording(self, register_id, register_range, judged, size, now_ms)
        self._waiting_events += len(judged)
        self._waiting_bytes += size
        urgent = bool(judged) and all(each.kind in MAY_USE_RESERVE for each in judged)
        self._writer.submit_with_others(self._write, recording, urgent=urgent)
        return recording

    def go_on_at(self, register_id: str, oldest_held: int) -> Recording:
        """The register holds nothing below `oldest_held` any more: what is missing here is a finding, and recording goes on.

        Happens after a gateway was replaced or its journal shortened. Changes nothing when nothing is missing.
        """

        def work(connection: sqlite3.Connection, _: Sequence[Recording]) -> list[Recorded]:
            return [skip_to(connection, self._journal, register_id, oldest_held)]

        recording = Recording(self, register_id)
        self._writer.submit_with_others(work, recording)
        return recording

    def nothing_taken(self, register_id: str, failure: BranchgateError) -> Recorded:
        """The answer when a message was not taken for a passing reason."""
        return Recorded(read_state(self._reading, register_id).register_sequence, try_again=failure)

    def settled(self, recording: Recording) -> None:
        """Part of being the recordings' taker: gives back the room that the message took."""
        self._waiting_events -= len(recording.judged)
        self._waiting_bytes -= recording.size

    def _write(self, connection: sqlite3.Connection, recordings: Sequence[Recording]) -> list[Recorded]:
        return record_messages(connection, self._journal, self._print_wish, recordings, self._parked_ends)

    def _is_full(self) -> bool:
        return self._waiting_events >= self._admission.events or self._waiting_bytes >= self._admission.body_bytes


def _check_sequences(events: Sequence[EventToRecord]) -> None:
    for index, event in enumerate(events):
        if event.register_sequence < 1:
            raise Refused(
                "INVALID_VALUE",
                field=f"events[{index}].event.register_sequence",
                value=event.register_sequence,
                rule="counts from 1",
            )
