"""A journal that lost its end is noticed, and people are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.chain_walk import Damage, DamageKind
from branchgate.errors import TryAgain
from branchgate.errors.texts import all_sentences
from branchgate.events import EventKind
from branchgate.records import decode_finding_record
from gateway.journal import BRANCH, NewEntry
from gateway.journal.incidents import damages as known_damages
from gateway.journal.incidents import incidents
from gateway.journal.recovery import acknowledge_incidents, go_on_if_shortened, record_damages
from tests.gateway.branch import NOW_MS, event_id, open_branch


async def test_a_witness_who_has_seen_more_makes_the_journal_go_on_under_a_new_id(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        for number in range(1, 4):
            await branch.journal.append(NewEntry(event_id(number), "k1", number, EventKind.RECEIPT, b"x"))
        await branch.writer.submit(
            lambda connection: connection.execute("INSERT INTO cursors VALUES ('central', 9), ('printed', 2)")
        )
        old = branch.journal.journal_id
        found = await go_on_if_shortened(branch.journal, {"sales_store": 3, "central": 9}, NOW_MS)
        assert found is not None
        assert (found.witness, found.seen, found.head, found.old_journal_id) == ("central", 9, 3, old)
        assert branch.journal.journal_id == found.new_journal_id != old
        cursors = dict(branch.reader.connection.execute("SELECT name, sequence FROM cursors"))
        assert cursors == {"central": 3, "printed": 2}  # the new entry 4 is new to central too
        (note,) = branch.reader.read(3, 10)
        assert (note.kind, note.register_id) == (EventKind.FINDING, BRANCH)
        assert decode_finding_record(note.body).findings == found.findings
    async with open_branch(tmp_path) as branch:
        assert branch.journal.journal_id == found.new_journal_id


async def test_witnesses_who_are_not_ahead_change_nothing(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.journal.append(NewEntry(event_id(1), "k1", 1, EventKind.RECEIPT, b"x"))
        before = branch.journal.journal_id
        assert await go_on_if_shortened(branch.journal, {"sales_store": 1, "central": 0}, NOW_MS) is None
        assert (branch.journal.journal_id, branch.journal.head) == (before, 1)


async def test_damage_is_written_down_once_and_recording_goes_on(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.journal.append(NewEntry(event_id(1), "k1", 1, EventKind.RECEIPT, b"x"))
        damages = [Damage(1, DamageKind.CHANGED, goes_on_from=bytes(32))]
        (finding,) = await record_damages(branch.journal, damages, 1, NOW_MS)
        assert finding.reason in all_sentences()
        assert await record_damages(branch.journal, damages, 1, NOW_MS) == ()
        assert branch.journal.head == 2
        assert known_damages(branch.reader.connection) == [Damage(1, DamageKind.CHANGED, 1, bytes(32))]


@pytest.mark.parametrize(("settled", "renewed"), [(1, False), (0, True)])
async def test_damage_that_central_has_no_whole_copy_of_makes_registers_send_again(
    tmp_path: Path, settled: int, renewed: bool
) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.journal.append(NewEntry(event_id(1), "k1", 1, EventKind.RECEIPT, b"x"))
        old, ended = branch.journal.journal_id, []
        branch.journal.follow_id(lambda: ended.append(1))
        await record_damages(branch.journal, [Damage(1, DamageKind.CHANGED)], settled, NOW_MS)
        assert (branch.journal.journal_id != old) is renewed
        assert len(ended) == renewed


async def test_an_incident_is_told_until_somebody_acknowledges_it_and_the_journal_tells_who(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await go_on_if_shortened(branch.journal, {"central": 9}, NOW_MS)
        (told,) = incidents(branch.reader.connection, open_only=True)
        assert (told.reason, told.witness, told.sequence, told.through) == ("JOURNAL_SHORTENED", "central", 1, 9)
        assert await acknowledge_incidents(branch.journal, [told.number], "anna", NOW_MS + 1) == 1
        assert await acknowledge_incidents(branch.journal, [told.number], "bela", NOW_MS + 2) == 0
        assert incidents(branch.reader.connection, open_only=True) == []
        (kept,) = incidents(branch.reader.connection)
        assert kept.acknowledged_at_ms == NOW_MS + 1
        (note,) = branch.reader.read(1, 10)
        (finding,) = decode_finding_record(note.body).findings
        assert (finding.reason, finding.value) == ("JOURNAL_INCIDENT_ACKNOWLEDGED", "anna")


async def test_a_full_disk_does_not_keep_damage_from_being_written_down(tmp_path: Path) -> None:
    """The start ended with DISK_FULL before anybody could close the day."""

    class Full:
        def hold(self) -> bool:
            return False

        def release(self) -> bool:
            return False

    async with open_branch(tmp_path, reserve=Full()) as branch:
        with pytest.raises(TryAgain, match="DISK_FULL"):
            await branch.journal.append(NewEntry(event_id(1), "k1", 1, EventKind.RECEIPT, b"x"))
        assert await record_damages(branch.journal, [Damage(1, DamageKind.MISSING)], 0, NOW_MS)
        assert await go_on_if_shortened(branch.journal, {"central": 9}, NOW_MS)
