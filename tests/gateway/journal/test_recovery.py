"""A journal that lost its end is noticed, and people are told."""

from __future__ import annotations

from pathlib import Path

from branchgate.errors.texts import all_sentences
from branchgate.events import EventKind
from branchgate.records import decode_finding_record
from gateway.journal import BRANCH, NewEntry
from gateway.journal.recovery import go_on_if_shortened, record_damage
from gateway.journal.verification import Damage
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


async def test_damage_is_written_down_and_recording_goes_on(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        finding = await record_damage(branch.journal, Damage(7, "differs from what was written"), NOW_MS)
        assert finding.reason in all_sentences()
        assert branch.journal.head == 1
