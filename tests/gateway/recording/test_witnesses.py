"""A register that was told more than the journal holds makes the journal go on under a new id, and everybody is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.journal.incidents import incidents
from gateway.recording.witness import Witnesses
from tests.gateway.branch import open_branch, sale


@pytest.mark.parametrize(("settled", "shortened"), [(2, False), (3, True)])
async def test_a_register_that_was_told_more_than_is_here_shows_that_the_end_is_lost(
    tmp_path: Path, settled: int, shortened: bool
) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.record("k1", [sale(1), sale(2)])
        witnesses = Witnesses(branch.journal, branch.reader.connection, branch.clock)
        before = branch.journal.journal_id
        await asyncio.gather(*(witnesses.hear("k1", before, settled) for _ in range(3)))
        assert (branch.journal.journal_id != before) is shortened
        told = [(one.reason, one.witness, one.through) for one in incidents(branch.reader.connection)]
        assert told == ([("JOURNAL_SHORTENED", "k1", 3)] if shortened else [])


async def test_what_another_journal_has_promised_is_no_surprise(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await Witnesses(branch.journal, branch.reader.connection, branch.clock).hear("k1", bytes(16), 99)
        assert incidents(branch.reader.connection) == []
