"""Any interleaving of sending, sending again, sending other bytes, garbage, full queues and crashes, held against a simple model."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.events import EventKind
from branchgate.records import decode_finding_record
from branchgate.v1 import event_pb2
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import verify
from gateway.recording import EventToRecord, Recorded
from tests.gateway.branch import Branch, event_id, open_branch, sale

REGISTERS = ("k1", "k2")


@dataclass(frozen=True)
class Send:
    """A register sends its events from `first` on; `garbage`, `altered` and `gap` spoil what it sends."""

    register: int
    back: int
    count: int
    spoilt: str
    waits: bool


@dataclass(frozen=True)
class Crash:
    """The gateway dies with works under way; the next one opens what is on the disk."""


@dataclass
class Till:
    """What a register remembers: everything it ever sent, and what was acknowledged."""

    name: str
    offset: int
    sent: dict[int, EventToRecord] = field(default_factory=dict)
    acknowledged: int = 0

    def events(self, first: int, count: int) -> list[EventToRecord]:
        for sequence in range(first, first + count):
            if sequence not in self.sent:
                self.sent[sequence] = sale(sequence, number=self.offset + sequence)
        return [self.sent[sequence] for sequence in range(first, first + count)]


steps = st.one_of(
    st.builds(
        Send,
        register=st.integers(0, 1),
        back=st.integers(0, 4),
        count=st.integers(0, 5),
        spoilt=st.sampled_from(["", "", "", "garbage", "altered", "gap"]),
        waits=st.booleans(),
    ),
    st.builds(Crash),
)


@given(script=st.lists(steps, max_size=25))
@settings(max_examples=150)
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(script: list[Send | Crash]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(script, Path(folder)))


async def play(script: list[Send | Crash], folder: Path) -> None:
    tills = [Till(name, 1000 * index) for index, name in enumerate(REGISTERS, 1)]
    async with AsyncExitStack() as stack:
        branch = await stack.enter_async_context(open_branch(folder))
        under_way: list[tuple[Till, asyncio.Task[Recorded]]] = []
        for step in script:
            if isinstance(step, Crash):
                folder = as_the_disk_is(folder)
                for _, task in under_way:
                    task.cancel()
                under_way.clear()
                await stack.aclose()
                branch = await stack.enter_async_context(open_branch(folder))
                continue
            till = tills[step.register]
            sending = asyncio.create_task(branch.recorder.record(till.name, spoil(till, step)))
            under_way.append((till, sending))
            if step.waits:
                await acknowledge(under_way)
        await acknowledge(under_way)
        check(branch, tills)


def as_the_disk_is(folder: Path) -> Path:
    """What a killed gateway would leave at this moment, while its writer may be in the middle of a commit."""
    left = folder / "left"
    left.mkdir()
    for name in ("branch.db", "branch.db-wal"):
        shutil.copyfile(folder / name, left / name)
    return left


def spoil(till: Till, step: Send) -> list[EventToRecord]:
    first = max(1, till.acknowledged + 1 - step.back)
    events = till.events(first, step.count)
    if not events:
        return events
    last = events[-1]
    if step.spoilt == "garbage" and last.register_sequence > till.acknowledged:
        till.sent[last.register_sequence] = last = last._replace(body=b"\xffgarbage")
    if step.spoilt == "altered":
        last = last._replace(body=sale(last.register_sequence, note="altered").body)
    if step.spoilt == "gap":
        return [event._replace(register_sequence=event.register_sequence + 50) for event in events]
    return [*events[:-1], last]


async def acknowledge(under_way: list[tuple[Till, asyncio.Task[Recorded]]]) -> None:
    for till, task in under_way:
        recorded = await task
        assert recorded.settled_register_sequence >= till.acknowledged
        till.acknowledged = recorded.settled_register_sequence
    under_way.clear()


def check(branch: Branch, tills: list[Till]) -> None:
    entries = branch.reader.read(0, 10_000)
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    assert len({entry.event_id for entry in entries}) == len(entries)
    connection = open_for_verification(branch.path)
    assert verify(connection).whole
    connection.close()
    for till in tills:
        mine = [entry for entry in entries if entry.register_id == till.name]
        taken = [entry.register_sequence for entry in mine if entry.register_sequence]
        # Every number up to what is settled was taken, in order; again only where a readable version followed a refused one.
        assert list(dict.fromkeys(taken)) == list(range(1, till.acknowledged + 1))
        bodies = {entry.event_id: entry.body for entry in mine}
        kept = [event_pb2.Event.FromString(entry.body) for entry in mine if entry.kind is EventKind.CONFLICT]
        records = [decode_finding_record(entry.body) for entry in mine if entry.kind is EventKind.FINDING]
        kept += [event_pb2.Event.FromString(record.refused_event) for record in records if record.refused]
        elsewhere = {(event.event_id, event.body) for event in kept}
        for sequence in range(1, till.acknowledged + 1):
            event = till.sent[sequence]
            assert event_id(till.offset + sequence) == event.event_id
            version_counted = bodies.get(event.event_id)
            assert version_counted is not None or any(each.event_id == event.event_id for each in kept)
            if version_counted is not None and version_counted != event.body:
                # Other bytes came first; then what the register holds was sent as the conflict, or never sent since.
                assert (
                    version_counted == sale(sequence, note="altered").body or (event.event_id, event.body) in elsewhere
                )
