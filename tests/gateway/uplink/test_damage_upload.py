"""A journal with damaged entries arrives at a real central all the same: what is damaged is marked, everything behind it is taken."""

from __future__ import annotations

import asyncio
from pathlib import Path

import grpc.aio
import pytest

from branchgate.errors import TryAgain
from branchgate.errors.status import error_from
from branchgate.events import EventKind
from branchgate.sync.timing import Backoff
from branchgate.v1 import central_admin_pb2 as admin
from branchgate.v1 import session_pb2
from gateway.journal import NewEntry
from gateway.journal.portions import Portion, read_portion
from gateway.journal.recovery import record_damages
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import verify
from gateway.uplink.agreement import Agreement
from gateway.uplink.events import EventUpload
from gateway.uplink.session import Tell, greeting_of
from gateway.uplink.standing import Standing
from gateway.uplink.uplink import Uplink
from tests.central.rpc.gateway_of_mitte import add_mitte, central_in, channel_of, enrolled
from tests.gateway.branch import NOW_MS, Branch, event_id, noise, open_branch, tampered

ARRIVES_WITHIN_S = 20
SALES = 60
CHANGES = {
    "another body": ("UPDATE journal SET body = x'00' WHERE sequence = 30", {30}),
    "another hash": ("UPDATE journal SET chain_hash = zeroblob(32) WHERE sequence = 30", {30}),
    "a kind that is none": ("UPDATE journal SET kind = 77 WHERE sequence = 30", {30}),
    "a number that no message holds": ("UPDATE journal SET kind = 1 << 40 WHERE sequence = 30", {30}),
    "entries gone": ("DELETE FROM journal WHERE sequence BETWEEN 30 AND 32", {30, 31, 32}),
    "several places": ("UPDATE journal SET body = x'00' WHERE sequence IN (1, 30, 31, 60)", {1, 30, 31, 60}),
}


class Line:
    """One gateway's upload to a real central."""

    def __init__(self, branch: Branch, channel: grpc.aio.Channel) -> None:
        self.branch = branch
        self.channel = channel
        self.standing = Standing()

    async def read(self, after: int, limit: int) -> Portion:
        return read_portion(self.branch.reader, after, limit)

    async def run(self) -> None:
        """Until central has everything. Raises what ends the stream before."""
        done = asyncio.Event()

        def settled(sequence: int) -> None:
            if sequence == self.branch.journal.head:
                done.set()

        upload = asyncio.create_task(
            EventUpload(self.branch.journal, self.read, self.standing, settled).run(self.channel)
        )
        waiting = asyncio.create_task(done.wait())
        try:
            async with asyncio.timeout(ARRIVES_WITHIN_S):
                await asyncio.wait({upload, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                await upload
        finally:
            upload.cancel()
            waiting.cancel()
            await asyncio.gather(upload, waiting, return_exceptions=True)

    async def note_damage(self) -> None:
        connection = open_for_verification(self.branch.path)
        report = verify(connection)
        connection.close()
        await record_damages(self.branch.journal, report.damages, self.standing.sequence, NOW_MS)


async def sell(branch: Branch) -> None:
    new = [NewEntry(event_id(n), "kasse-1", n, EventKind.RECEIPT, noise(300)) for n in range(1, SALES + 1)]
    await branch.writer.submit(lambda connection: branch.journal.append_in(connection, new))


@pytest.mark.parametrize("change", CHANGES)
async def test_the_journal_goes_on_behind_damage_and_central_tells_of_it(tmp_path: Path, change: str) -> None:
    """The branch's upload stood still at the damaged entry for ever."""
    statement, damaged = CHANGES[change]
    (tmp_path / "branch").mkdir()
    async with open_branch(tmp_path / "branch") as branch, central_in(tmp_path / "central") as (_, operator):
        await add_mitte(operator)
        async with channel_of(await enrolled(operator, tmp_path / "keys")) as channel:
            await sell(branch)
            tampered(branch.path).execute(statement)
            line = Line(branch, channel)
            with pytest.raises((grpc.aio.AioRpcError, TryAgain)) as stopped:
                await line.run()
            if isinstance(stopped.value, grpc.aio.AioRpcError):
                assert error_from(stopped.value).reason in {"CHAIN_BROKEN", "JOURNAL_GAP"}
            before = branch.journal.journal_id
            await line.note_damage()
            assert branch.journal.journal_id != before  # so that registers send again what they hold
            line.standing.told(0, {})
            await line.run()
            assert line.standing.sequence == branch.journal.head
            status = await operator.GetCentralStatus(admin.GetCentralStatusRequest())
            # What was found in place of the entries is kept, but counts nowhere.
            assert status.receipts == SALES - len(damaged)
            told = {fault.journal_sequence for fault in status.faults if fault.reason == "BRANCH_JOURNAL_DAMAGED"}
            assert told == ({min(damaged)} if "gone" in change else damaged)
            assert all("mitte" in fault.text_de for fault in status.faults)


async def test_what_stands_behind_damage_is_still_held_to_its_chain(tmp_path: Path) -> None:
    """A gateway cannot call one entry damaged and slip another one in behind it."""
    (tmp_path / "branch").mkdir()
    async with open_branch(tmp_path / "branch") as branch, central_in(tmp_path / "central") as (_, operator):
        await add_mitte(operator)
        async with channel_of(await enrolled(operator, tmp_path / "keys")) as channel:
            await sell(branch)
            connection = tampered(branch.path)
            connection.execute("UPDATE journal SET body = x'00' WHERE sequence = 30")
            line = Line(branch, channel)
            await line.note_damage()
            connection.execute("UPDATE journal SET body = x'01' WHERE sequence = 31")
            connection.close()
            with pytest.raises(grpc.aio.AioRpcError) as stopped:
                await line.run()
            assert error_from(stopped.value).reason == "CHAIN_BROKEN"


async def agreed(branch: Branch, standing: Standing, state: session_pb2.IntakeState, looked: list[int]) -> None:
    async def doubted() -> None:
        looked.append(1)
        connection = open_for_verification(branch.path)
        report = verify(connection)
        connection.close()
        await record_damages(branch.journal, report.damages, SALES, NOW_MS)

    await Agreement(branch.journal, branch.reader, standing, branch.clock, doubted).reach(state)


@pytest.mark.parametrize(
    ("statement", "renewed"),
    [
        ("SELECT 1", False),
        ("UPDATE journal SET chain_hash = zeroblob(32) WHERE sequence = 60", False),
        ("DELETE FROM journal WHERE sequence = 60", True),
    ],
)
async def test_an_entry_that_rots_after_central_has_it_is_no_lost_end(
    tmp_path: Path, statement: str, renewed: bool
) -> None:
    async with open_branch(tmp_path) as branch:
        await sell(branch)
        state = session_pb2.IntakeState(
            journal_id=branch.journal.journal_id, journal_sequence=SALES, chain_hash=branch.journal.head_hash
        )
        tampered(branch.path).execute(statement)
    async with open_branch(tmp_path) as branch:
        standing, looked = Standing(), list[int]()
        await agreed(branch, standing, state, looked)
        assert (branch.journal.journal_id != state.journal_id) is renewed
        assert standing.sequence == (0 if renewed else SALES)


async def test_another_journal_under_the_same_id_goes_on_under_a_new_one(tmp_path: Path) -> None:
    """An old copy of the folder went on selling: it has as many entries as central has seen, but others."""
    async with open_branch(tmp_path) as branch:
        await sell(branch)
        state = session_pb2.IntakeState(
            journal_id=branch.journal.journal_id, journal_sequence=SALES - 1, chain_hash=bytes(32)
        )
        looked = list[int]()
        await agreed(branch, Standing(), state, looked)
        assert looked
        assert branch.journal.journal_id != state.journal_id


async def test_the_line_finds_damage_by_itself_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "branch").mkdir()
    async with open_branch(tmp_path / "branch") as branch, central_in(tmp_path / "central") as (_, operator):
        await add_mitte(operator)
        identity = await enrolled(operator, tmp_path / "keys")
        await sell(branch)
        tampered(branch.path).execute("UPDATE journal SET body = x'00' WHERE sequence = 30")
        line, done, looked = Line(branch, channel_of(identity)), asyncio.Event(), list[int]()

        async def doubted() -> None:
            looked.append(1)
            await line.note_damage()

        def settled(sequence: int) -> None:
            if sequence == branch.journal.head:
                done.set()

        agreement = Agreement(branch.journal, branch.reader, line.standing, branch.clock, doubted)
        uplink = Uplink(
            lambda: channel_of(identity),
            greeting=greeting_of(branch.journal, "shop:7444", lambda: False),
            answers=NoAnswers(),
            agree=agreement.reach,
            recalled=nothing_recalled,
            upload=EventUpload(branch.journal, line.read, line.standing, settled),
            backoff=Backoff(lambda: 0.0, cap_ms=1),
            up=lambda: None,
            doubted=doubted,
        )
        running = asyncio.create_task(uplink.run())
        async with asyncio.timeout(ARRIVES_WITHIN_S):
            await done.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await line.channel.close()
        assert looked == [1]
        status = await operator.GetCentralStatus(admin.GetCentralStatusRequest())
        assert status.receipts == SALES - 1


async def nothing_recalled(_recall: session_pb2.BranchRecall) -> None:
    """Nobody asked."""
    raise NotImplementedError


class NoAnswers:
    """Central asks nothing here."""

    async def start_pairing(self, request: session_pb2.StartPairing, tell: Tell) -> None:
        raise NotImplementedError

    async def send_summaries(self, request: session_pb2.RequestSummaries, channel: grpc.aio.Channel) -> None:
        raise NotImplementedError
