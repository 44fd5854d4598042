"""Any interleaving of registers that park, resume and pay, with lost answers, late receipts and a gateway that dies, against a simple model.

The model knows four words per parked receipt; what the gateway says, its tables and the replay of its journal must all agree with it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.receipts.parked import ENDS, ParkedStep
from gateway.parked import Ended, Parked, ParkedAtClosing
from gateway.parked.model import Standing
from gateway.recording import EventToRecord
from tests.gateway.parked.shop import (
    Shop,
    abandoned,
    open_parked_shop,
    paid,
    parked_receipt,
    replayed,
    request,
    table,
)

REGISTERS = ("k1", "k2", "k3")
PARKED = 3
WAITS, OWNED, ENDED = "waits", "owned", "ended"

State = dict[int, tuple[str, str]]
"""Of each parked receipt by number: WAITS where it was parked, OWNED by whom, ENDED how."""


@dataclass(frozen=True)
class Do:
    """A register (or an operator) does something with one of the parked receipts; `then` is what goes wrong with the answer."""

    what: str
    register: str
    parked: int
    then: str = ""


@dataclass
class Model:
    state: State = field(default_factory=dict)
    parked_at: dict[int, str] = field(default_factory=dict)

    def told(self, step: Do) -> str:
        """What the gateway must answer, and what becomes of it."""
        word, who = self.state.get(step.parked, ("", ""))
        match step.what:
            case "park" if not word or (word, who) == (OWNED, step.register):
                self.parked_at[step.parked] = step.register
                self.state[step.parked] = WAITS, step.register
            case "resume" if word == WAITS or (word, who) == (OWNED, step.register):
                self.state[step.parked] = OWNED, step.register
            case "release" if word in (WAITS, OWNED):
                self.state[step.parked] = WAITS, self.parked_at[step.parked]
            case "park" | "resume" | "release":
                refusals = {"": "PARKED_UNKNOWN", WAITS: "PARKED_WAITS", OWNED: "PARKED_AT_OTHER_REGISTER"}
                return refusals.get(word, "PARKED_GONE")
        return "ok"

    def found(self, register: str, parked: int, how: str) -> tuple[str, ...]:
        """What the gateway must find about a receipt that names a parked one, and what becomes of it."""
        word, who = self.state.get(parked, ("", ""))
        if (word, who) == (OWNED, register):
            self.state[parked] = ENDED, how
            return ()
        return ({"": "PARKED_UNKNOWN", ENDED: "PARKED_ENDED_ALREADY"}.get(word, "PARKED_NOT_OWNED"),)


@dataclass
class Late:
    """A receipt that lies in its register's outbox."""

    parked: int
    how: str
    event: EventToRecord


@dataclass
class World:
    shop: Shop
    model: Model = field(default_factory=Model)
    outboxes: dict[str, list[Late]] = field(default_factory=lambda: {name: [] for name in REGISTERS})
    requests: list[tuple[bytes, Do, Parked]] = field(default_factory=list)
    asked: int = 0

    async def ask(self, step: Do, request_id: bytes) -> str:
        """The answer of the desk in a word."""
        desk, parked = self.shop.desk, parked_receipt(step.parked)
        try:
            match step.what:
                case "park":
                    row = await desk.park(request_id, step.register, "anna", parked)
                    self.requests.append((request_id, step, row))
                case "resume":
                    row = await desk.resume(parked.parked_id, step.register, "anna")
                    assert (row.receipt, row.owner) == (parked, step.register)
                case "release":
                    row = await desk.release(parked.parked_id, "chef")
                    assert row.owner == ""
        except Refused as refused:
            return refused.reason
        return "ok"

    async def deliver(self, register: str) -> None:
        """Hands in everything that lies in the outbox, in one message."""
        events = [late.event for late in self.outboxes[register]]
        expected = {
            late.event.event_id: found
            for late in self.outboxes[register]
            if (found := self.model.found(register, late.parked, late.how))
        }
        for _ in range(2):  # the second time its acknowledgement was lost
            recorded = await self.shop.branch.recorder.record(register, events)
            assert recorded.refused == ()
            assert {each.event_id: tuple(one.reason for one in each.findings) for each in recorded.findings} == expected
        self.outboxes[register].clear()


steps = st.builds(
    Do,
    what=st.sampled_from(["park", "park", "resume", "resume", "pay", "pay", "abandon", "deliver", "release", "over"]),
    register=st.sampled_from(REGISTERS),
    parked=st.integers(1, PARKED),
    then=st.sampled_from(["", "", "lost", "late", "crash", "race", "old"]),
)


@given(script=st.lists(steps, max_size=30))
@settings(max_examples=60, deadline=None)
def test_one_owner_at_a_time_and_nothing_ends_twice(script: list[Do]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(script, Path(folder)))


async def play(script: list[Do], folder: Path) -> None:
    async with AsyncExitStack() as stack:
        world = World(await stack.enter_async_context(open_parked_shop(folder)))
        for step in script:
            if step.what in ("pay", "abandon"):
                sell(world, step)
                if step.then != "late":
                    await world.deliver(step.register)
            elif step.what == "deliver":
                await world.deliver(step.register)
            elif step.what == "over":
                await carry_over(world, step.register)
            elif step.then == "race" and step.what == "resume":
                await race(world, step)
            else:
                folder = await asked(world, step, stack, folder)
            check(world)
        for register in REGISTERS:
            await world.deliver(register)
        check(world)
        check_journal(world)


def sell(world: World, step: Do) -> None:
    parked = parked_receipt(step.parked)
    made = paid(parked) if step.what == "pay" else abandoned(parked)
    how = (ParkedStep.PAID if step.what == "pay" else ParkedStep.ABANDONED).name
    world.outboxes[step.register].append(Late(step.parked, how, world.shop.event(step.register, made)))


async def carry_over(world: World, register: str) -> None:
    branch = world.shop.branch
    at_closing = ParkedAtClosing(branch.journal, branch.clock)

    def work(connection: object) -> None:
        here = at_closing.parked_of(connection, register)  # type: ignore[arg-type]
        at_closing.carry_over_in(connection, [each.parked_id for each in here], "chef")  # type: ignore[arg-type]

    await branch.writer.submit(work)


async def race(world: World, step: Do) -> None:
    """All registers at once: at most one gets it."""
    tries = [Do("resume", register, step.parked) for register in REGISTERS]
    answers = await asyncio.gather(*(world.ask(each, b"") for each in tries))
    word, who = world.model.state.get(step.parked, ("", ""))
    assert answers.count("ok") == (word in (WAITS, OWNED))
    if "ok" in answers:
        winner = REGISTERS[answers.index("ok")]
        assert word == WAITS or winner == who
        world.model.state[step.parked] = OWNED, winner


async def asked(world: World, step: Do, stack: AsyncExitStack, folder: Path) -> Path:
    world.asked += 1
    request_id = request(world.asked)
    before = dict(world.model.state)
    expected = world.model.told(step)
    if step.then == "crash":
        dying = asyncio.create_task(world.ask(step, request_id))
        await asyncio.sleep(0)
        folder = as_the_disk_is(folder)
        await asyncio.gather(dying, return_exceptions=True)
        world.requests = [known for known in world.requests if known[0] != request_id]
        await stack.aclose()
        shop = await stack.enter_async_context(open_parked_shop(folder))
        shop.sent, shop.minted = world.shop.sent, world.shop.minted
        world.shop = shop
        assert words(table(shop.branch)) in (before, world.model.state)
    assert await world.ask(step, request_id) == expected
    if step.then == "lost" or step.what == "resume":
        assert await world.ask(step, request_id) == expected
    if step.then == "old" and world.requests:
        request_id, earlier, row = world.requests[0]
        again = await world.shop.desk.park(request_id, earlier.register, "anna", parked_receipt(earlier.parked))
        assert again == row
    return folder


def as_the_disk_is(folder: Path) -> Path:
    """What a killed gateway would leave at this moment, while its writer may be in the middle of a commit."""
    left = folder / "left"
    left.mkdir()
    for name in ("branch.db", "branch.db-wal"):
        shutil.copyfile(folder / name, left / name)
    return left


def check(world: World) -> None:
    stands = table(world.shop.branch)
    assert words(stands) == world.model.state
    assert replayed(world.shop.entries()) == stands


def words(stands: dict[bytes, Standing]) -> State:
    """The tables in the model's words."""
    found: State = {}
    for parked_id, standing in stands.items():
        number = int.from_bytes(parked_id, "big")
        if isinstance(standing, Ended):
            found[number] = ENDED, standing.step.name
        elif standing.owner:
            found[number] = OWNED, standing.owner
        else:
            found[number] = WAITS, standing.parked_at_register
    return found


def check_journal(world: World) -> None:
    """Whoever reads only the events sees one owner at a time and one end."""
    owners: dict[bytes, str] = {}
    ended: set[bytes] = set()
    for change in world.shop.changes():
        assert change.parked_id not in ended
        if change.step is ParkedStep.RESUMED:
            assert owners.get(change.parked_id, "") == ""
            owners[change.parked_id] = change.register_id
        elif change.step in ENDS:
            assert owners[change.parked_id] == change.register_id
            ended.add(change.parked_id)
        elif change.step is not ParkedStep.CARRIED_OVER:
            owners[change.parked_id] = ""
    receipts = {entry.event_id for entry in world.shop.entries(EventKind.RECEIPT)}
    assert {each.receipt_event_id for each in world.shop.changes() if each.step in ENDS} <= receipts
