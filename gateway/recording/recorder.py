"""Takes the events of registers, settles them durably and says so only then."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from branchgate.clock import Clock
from branchgate.errors import BranchgateError, OutcomeUnknown, Refused, TryAgain
from branchgate.numbers import NumberRange
from gateway.journal.journal import MAY_USE_RESERVE, Journal
from gateway.recording.judging import Judged, Rules, judge
from gateway.recording.model import EventToRecord, Greeting, Recorded
from gateway.recording.states import read_state
from gateway.recording.transaction import PrintWish, RecordingTransaction
from gateway.store.writer import GroupWriter

BUSY_RETRY_MS = 250
"""How long a register should leave a gateway alone whose disk cannot keep up."""


@dataclass(frozen=True, slots=True)
class Admission:
    """How much may wait for the disk, over all registers."""

    events: int = 20_000
    body_bytes: int = 64 * 1024 * 1024


class Recording:
    """A message on its way to the disk."""

    def __init__(self, recorder: Recorder, register_id: str, result: asyncio.Future[Recorded]) -> None:
        self._recorder = recorder
        self._register_id = register_id
        self._result = result

    def done(self) -> bool:
        """True once `settled` answers without waiting."""
        return self._result.done()

    async def settled(self) -> Recorded:
        """Waits for the disk. Passing reasons are part of the answer, never raised."""
        try:
            # Shielded: whoever stops waiting must not free room in the queue that the message still takes.
            return await asyncio.shield(self._result)
        except (TryAgain, OutcomeUnknown) as failure:
            # Events carry their id, so an outcome that is not known is found out by sending again.
            return self._recorder.nothing_taken(self._register_id, failure)


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
        admission: Admission = Admission(),
    ) -> None:
        self._writer = writer
        self._journal = journal
        self._reading = reading
        self._clock = clock
        self._rules = rules
        self._print_wish = print_wish
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
        size = sum(len(event.body) for event in events)
        if self._is_full():
            failure = TryAgain("BUSY", retry_after_ms=BUSY_RETRY_MS)
            return Recording(self, register_id, _known(self.nothing_taken(register_id, failure)))
        now_ms = self._clock.now_ms()
        knows_article = self._rules.knows_article
        judged = [judge(event, knows_article, now_ms) for event in events]
        result = self._submit(register_id, judged, now_ms)
        self._wait_for(result, len(events), size)
        return Recording(self, register_id, result)

    def go_on_at(self, register_id: str, oldest_held: int) -> Recording:
        """The register holds nothing below `oldest_held` any more: what is missing here is a finding, and recording goes on.

        Happens after a gateway was replaced or its journal shortened. Changes nothing when nothing is missing.
        """
        now_ms = self._clock.now_ms()

        numbers = self._rules.number_range(register_id)

        def work(connection: sqlite3.Connection) -> Recorded:
            return self._transaction(connection, register_id, numbers, now_ms).skip_to(oldest_held)

        return Recording(self, register_id, self._writer.submit(work))

    def nothing_taken(self, register_id: str, failure: BranchgateError) -> Recorded:
        """The answer when a message was not taken for a passing reason."""
        return Recorded(read_state(self._reading, register_id).register_sequence, try_again=failure)

    def _submit(self, register_id: str, judged: Sequence[Judged], now_ms: int) -> asyncio.Future[Recorded]:
        numbers = self._rules.number_range(register_id)

        def work(connection: sqlite3.Connection) -> Recorded:
            return self._transaction(connection, register_id, numbers, now_ms).record(judged)

        urgent = bool(judged) and all(each.kind in MAY_USE_RESERVE for each in judged)
        return self._writer.submit(work, urgent=urgent)

    def _transaction(
        self, connection: sqlite3.Connection, register_id: str, numbers: NumberRange | None, now_ms: int
    ) -> RecordingTransaction:
        return RecordingTransaction(
            connection,
            self._journal,
            register_id,
            register_range=numbers,
            print_wish=self._print_wish,
            now_ms=now_ms,
        )

    def _is_full(self) -> bool:
        return self._waiting_events >= self._admission.events or self._waiting_bytes >= self._admission.body_bytes

    def _wait_for(self, result: asyncio.Future[Recorded], events: int, size: int) -> None:
        self._waiting_events += events
        self._waiting_bytes += size

        def settled(done: asyncio.Future[Recorded]) -> None:
            self._waiting_events -= events
            self._waiting_bytes -= size
            # Taken note of here as well: the stream that waited for it may be gone.
            done.exception()

        result.add_done_callback(settled)


def _check_sequences(events: Sequence[EventToRecord]) -> None:
    for index, event in enumerate(events):
        if event.register_sequence < 1:
            raise Refused(
                "INVALID_VALUE",
                field=f"events[{index}].event.register_sequence",
                value=event.register_sequence,
                rule="counts from 1",
            )


def _known(recorded: Recorded) -> asyncio.Future[Recorded]:
    future: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
    future.set_result(recorded)
    return future
