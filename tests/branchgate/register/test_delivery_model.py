"""Outbox and Sending against a hostile gateway and a hostile line, in any order of events hypothesis can think of.

Whatever happens (streams that break with messages under way, lost acknowledgements, gateways that want a pause, journals that lose
their end, a register that comes back from a backup): every receipt that happened ends up at gateway or central, and once.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from branchgate.events import Event, EventKind
from branchgate.register.held import Answer
from branchgate.register.sending import Sending
from tests.branchgate.register.gateway_model import BROKEN, UNREADABLE, GatewayModel
from tests.branchgate.register.receipts import open_outbox

BATCH = 3
UNDER_WAY = 7
Message = tuple[int, tuple[Event, ...]]
"""What the register says it holds from, 0 if nothing, and events."""


class Delivery(RuleBasedStateMachine):
    """One register, one gateway, one stream at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self.outbox = open_outbox(self.folder)
        self.gateway = GatewayModel()
        self.sending: Sending | None = None
        self.again: list[Event] = []
        self.on_the_way: list[Message] = []
        self.answers: list[Answer | None] = []
        self.happened: dict[bytes, int] = {}
        self.restored = False
        self.connect()

    def teardown(self) -> None:
        self.deliver_everything()
        missing = [event_id for event_id in self.happened if not self.gateway.has(event_id)]
        assert not missing
        assert self.outbox.counts().held == 0
        journaled = [event.event_id for event in self.gateway.journal]
        assert len(journaled) == len(set(journaled))
        if not self.restored:
            assert sorted(self.happened.values()) == list(range(1, len(self.happened) + 1))
        self.outbox.close()
        shutil.rmtree(self.folder)

    @rule(body=st.sampled_from([b"", BROKEN, UNREADABLE]))
    def sell(self, body: bytes) -> None:
        event = self.outbox.add(EventKind.RECEIPT, body)
        assert event.event_id not in self.happened
        self.happened[event.event_id] = event.register_sequence

    @rule()
    def connect(self) -> None:
        """Another stream; what is under way on the old one is lost with it."""
        self.on_the_way, self.answers = [], []
        self.gateway.go_on_at(self.outbox.oldest_held())
        next_sequence = self.gateway.settled + 1
        self.outbox.greeted(self.gateway.journal_id, next_sequence, self.gateway.next_running_number)
        self.again = []
        for waiting in self.outbox.doubtful():
            event = waiting.event
            findings = self.gateway.look_up(event.event_id, hashlib.sha256(event.body).digest())
            if findings is None:
                self.again.append(event)
            else:
                self.outbox.known_to_gateway(event.event_id, findings)
        self.sending = Sending(UNDER_WAY)
        self.sending.greeted(next_sequence)

    @precondition(lambda self: self.sending is not None)
    @rule()
    def send(self) -> None:
        assert self.sending is not None
        count = min(self.sending.room, BATCH)
        if count and self.again:
            self.on_the_way.append((0, tuple(self.again[:count])))
            del self.again[:count]
        elif count:
            waiting = self.outbox.waiting(self.sending.sent, count)
            events = tuple(each.event for each in waiting)
            events = events[: self.sending.in_one_message([event.register_sequence for event in events])]
            if events:
                first = events[0].register_sequence
                self.on_the_way.append((first if self.sending.is_behind_hole(first) else 0, events))
                self.sending.sending(events[-1].register_sequence)

    @precondition(lambda self: self.on_the_way)
    @rule()
    def gateway_takes_a_message(self) -> None:
        oldest_held, events = self.on_the_way.pop(0)
        self.gateway.go_on_at(oldest_held)
        self.answers.append(self.gateway.record(events))

    @precondition(lambda self: self.on_the_way)
    @rule()
    def gateway_wants_a_pause(self) -> None:
        """Nothing of a message is taken; those behind it run into the gap."""
        self.on_the_way.pop(0)
        self.answers.append(None)

    @precondition(lambda self: self.answers)
    @rule()
    def an_answer_arrives(self) -> None:
        assert self.sending is not None
        answer = self.answers.pop(0)
        if answer is None:
            self.sending.told_to_try_again()
            return
        settled = self.sending.acknowledged(answer.settled_sequence)
        self.outbox.answered(Answer(settled, answer.central_sequence, answer.findings, answer.refused))

    @precondition(lambda self: self.sending is not None)
    @rule()
    def the_pause_ends(self) -> None:
        """Only when nothing is under way any more, as a pause is longer than the way."""
        assert self.sending is not None
        if not self.on_the_way and not self.answers:
            self.sending.resumed()

    @rule()
    def central_takes_everything(self) -> None:
        self.gateway.upload()

    @rule(keep=st.integers(0, 10))
    def the_gateway_loses_the_end_of_its_journal(self, keep: int) -> None:
        """What a register lost before stood there alone, unless central had it: two disasters may cost receipts."""
        if self.restored:
            self.gateway.upload()
        self.gateway.lose_the_end(keep)
        self.connect()

    @rule()
    def the_register_comes_back_from_a_backup(self) -> None:
        """What it sold since then and had handed over is at the gateway; what it had not is gone with the old disk."""
        backup = self.folder / "backup.db"
        if not backup.exists():
            with sqlite3.connect(self.folder / "outbox.db") as live, sqlite3.connect(backup) as copy:
                live.backup(copy)
            live.close()
            copy.close()
            return
        self.happened = {event_id: seq for event_id, seq in self.happened.items() if self.gateway.has(event_id)}
        self.outbox.close()
        for file in self.folder.glob("outbox.db*"):
            file.unlink()
        backup.rename(self.folder / "outbox.db")
        self.outbox = open_outbox(self.folder)
        self.restored = True
        # It sells before its first greeting: those numbers were used already.
        self.sell(b"")
        self.connect()

    @invariant()
    def nothing_under_way_exceeds_the_bound(self) -> None:
        assert self.sending is None or self.sending.sent - self.sending.settled <= UNDER_WAY

    @invariant()
    def no_event_is_forgotten_before_it_is_elsewhere(self) -> None:
        held = {event.event_id for event in self.held()}
        for event_id in self.happened:
            assert event_id in held or self.gateway.has(event_id)

    def held(self) -> list[Event]:
        rows = self.outbox._connection.execute("SELECT event_id, register_sequence, kind, body FROM outbox")
        return [Event(row[0], row[1], EventKind(row[2]), row[3]) for row in rows]

    def deliver_everything(self) -> None:
        self.connect()
        while self.outbox.counts().pending:
            before = self.outbox.counts().pending
            self.send()
            while self.on_the_way:
                self.gateway_takes_a_message()
            while self.answers:
                self.an_answer_arrives()
            assert self.outbox.counts().pending < before
        self.gateway.upload()
        self.outbox.answered(Answer(self.gateway.settled, self.gateway.central_sequence))


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
