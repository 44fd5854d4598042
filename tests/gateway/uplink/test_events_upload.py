"""The journal on its way to a real central, over mTLS: whatever a register could hand in arrives."""

from __future__ import annotations

import asyncio
from pathlib import Path

from branchgate.events import EventKind
from branchgate.v1 import central_admin_pb2 as admin
from gateway.journal import OWN, NewEntry
from gateway.journal.portions import Portion, read_portion
from gateway.uplink.events import EventUpload
from gateway.uplink.standing import Standing
from tests.central.rpc.gateway_of_mitte import add_mitte, central_in, channel_of, enrolled
from tests.gateway.branch import event_id, open_branch

ARRIVES_WITHIN_S = 20
MIB = 1024 * 1024


async def test_large_events_and_many_of_them_do_not_stop_the_upload(tmp_path: Path) -> None:
    """Messages were bounded by the number of entries: two hundred long receipts, or a single one of four megabytes, were more than
    central takes in one message, and the branch's upload stood still for ever.
    """
    bodies = [b"long receipt" * 2_500] * 200 + [b"x" * (4 * MIB - 200)] + [b"short"] * 3
    (tmp_path / "branch").mkdir()
    async with open_branch(tmp_path / "branch") as branch, central_in(tmp_path / "central") as (_, operator):
        await add_mitte(operator)
        identity = await enrolled(operator, tmp_path / "keys")
        for number, body in enumerate(bodies, start=1):
            await branch.journal.append(NewEntry(event_id(number), "kasse-1", OWN, EventKind.RECEIPT, body))
        arrived = asyncio.Event()

        async def read(after_sequence: int, limit: int) -> Portion:
            return read_portion(branch.reader, after_sequence, limit)

        def settled(sequence: int) -> None:
            if sequence == len(bodies):
                arrived.set()

        async with channel_of(identity) as channel, asyncio.TaskGroup() as tasks:
            uploading = tasks.create_task(EventUpload(branch.journal, read, Standing(), settled).run(channel))
            async with asyncio.timeout(ARRIVES_WITHIN_S):
                await arrived.wait()
            uploading.cancel()
        status = await operator.GetCentralStatus(admin.GetCentralStatusRequest())
        assert status.events == len(bodies)
