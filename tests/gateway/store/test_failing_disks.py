"""A disk that turns read-only or full under a gateway at work: nothing is acknowledged that is not there, and it goes on when it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from branchgate.chain_walk import Damage, DamageKind
from branchgate.errors import BranchgateError
from gateway.journal import JournalReader
from gateway.journal.incidents import incidents
from gateway.journal.recovery import record_damages
from gateway.journal.stored import open_for_verification
from gateway.journal.verification import verify
from gateway.store import FileReserve
from tests.gateway.branch import NOW_MS, Branch, open_branch, sale
from tests.rigs.disk.mounted import LossyDisk, lossy_disk, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[LossyDisk]:
    with lossy_disk(tmp_path) as mounted:
        yield mounted


async def acknowledged(branch: Branch, number: int) -> bool:
    """Whether a sale was settled; a refusal must be one that tells to come again or to ask."""
    try:
        recorded = await branch.recorder.record("k1", [sale(number)])
    except BranchgateError as failure:
        assert failure.reason in {"STORE_FAILED", "DISK_FULL"}
        return False
    assert recorded.try_again is None or recorded.try_again.reason in {"STORE_FAILED", "DISK_FULL"}
    return recorded.settled_register_sequence >= number


@pytest.mark.parametrize("trouble", ["read_only", "full"])
async def test_what_the_disk_does_not_take_is_not_acknowledged_and_is_taken_later(
    disk: LossyDisk, trouble: str
) -> None:
    async with open_branch(disk.here) as branch:
        assert await acknowledged(branch, 1)
        turn = getattr(disk, trouble)
        turn(on=True)
        settled = 1
        while settled < 50 and await acknowledged(branch, settled + 1):
            settled += 1  # a full disk takes what fits into the log as it is
        assert settled < 50
        assert not await acknowledged(branch, settled + 1)  # a file opened again read-only is told as passing, too
        reader = JournalReader(branch.path)  # opened in the middle of it, as a command's would be
        assert reader.head() == branch.journal.head
        turn(on=False)
        # SQLite believed the file to be read-only until the gateway was started again.
        assert await acknowledged(branch, settled + 1)
        assert reader.head() == branch.journal.head
        reader.close()
    disk.cut(1)
    connection = open_for_verification(disk.backing / "branch.db")
    report = verify(connection)
    connection.close()
    assert report.whole
    assert report.entries == settled + 1


async def test_damage_found_on_a_full_disk_is_written_down_out_of_the_reserve(disk: LossyDisk) -> None:
    async with open_branch(disk.here, reserve=FileReserve(disk.here / "reserve", 65536)) as branch:
        assert (disk.here / "reserve").exists()
        assert await acknowledged(branch, 1)
        (disk.here / "reserve").unlink()
        disk.full()
        assert not await acknowledged(branch, 2)
        disk.full(on=False)
        await record_damages(branch.journal, [Damage(1, DamageKind.CHANGED)], 1, NOW_MS)
        assert [incident.reason for incident in incidents(branch.reader.connection)] == ["JOURNAL_ENTRY_CHANGED"]
