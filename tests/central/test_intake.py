"""Intake: everything may be sent twice and counts once; a chain that does not fit is refused and stays visible."""

from __future__ import annotations

import asyncio
import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.numbers import NumberRange
from branchgate.records import event_bytes
from central.branches import Branches
from central.intake import Counts, Intake, JournalDamage, JournalEntry
from central.registers import Registers
from central.store import Database, default_url
from central.store.schema import events
from tests.central.conftest import open_database
from tests.central.journals import JOURNAL, OTHER_JOURNAL, chained, event_id, journal

LENGTH = 12


@pytest.fixture
async def intake(database: Database) -> Intake:
    branches = Branches(database, SystemClock(), "c1", lambda: None)
    await branches.add(BranchSettings("mitte", "Mitte"))
    await branches.add(BranchSettings("nord", "Nord"))
    return Intake(database, SystemClock())


async def bodies(intake: Intake) -> list[bytes]:
    def work(connection: Connection) -> list[bytes]:
        return list(connection.scalars(select(events.c.body).order_by(events.c.journal_sequence)))

    return await intake.database.read(work)


async def test_entries_arrive_verbatim_and_the_state_tells_how_far(intake: Intake) -> None:
    sent = journal(5)
    assert await intake.take("mitte", JOURNAL, sent) == 5
    state = await intake.state("mitte", JOURNAL)
    assert (state.journal_id, state.sequence, state.chain_hash) == (JOURNAL, 5, sent[-1].chain_hash)
    assert state.registers == {"kasse-1": 2, "kasse-2": 3}
    assert await bodies(intake) == [entry.body for entry in sent]
    assert await intake.counts() == Counts(events=5, receipts=5)
    assert await intake.sequences() == {"mitte": 5}


async def test_a_branch_that_never_sent_anything_has_an_empty_state(intake: Intake) -> None:
    state = await intake.state("mitte", JOURNAL)
    assert (state.journal_id, state.sequence, state.registers) == (b"", 0, {})


slices = st.lists(st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)), max_size=12)


@settings(max_examples=25)
@given(slices)
def test_any_slices_in_any_order_leave_each_event_once(sent: list[tuple[int, int]]) -> None:
    """Several streams of one gateway overlap after a broken line: what they send arrives in slices, twice, and out of order."""
    whole = journal(LENGTH)

    async def play(folder: Path) -> None:
        database = open_database(default_url(folder))
        await Branches(database, SystemClock(), "c1", lambda: None).add(BranchSettings("mitte", "Mitte"))
        intake = Intake(database, SystemClock())
        settled = 0
        for start, end in [*sent, (0, LENGTH)]:
            part = whole[start:end]
            if start > settled and part:
                with pytest.raises(Refused, match="JOURNAL_GAP"):
                    await intake.take("mitte", JOURNAL, part)
            else:
                settled = max(settled, end if part else 0)
                assert await intake.take("mitte", JOURNAL, part) == settled
        assert await bodies(intake) == [entry.body for entry in whole]
        assert not await intake.faults()
        await database.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder)))


async def test_streams_at_the_same_time_leave_each_event_once(intake: Intake) -> None:
    whole = journal(40)
    await asyncio.gather(*(intake.take("mitte", JOURNAL, whole) for _ in range(8)))
    assert await bodies(intake) == [entry.body for entry in whole]


CHANGES: dict[str, Callable[[JournalEntry], JournalEntry]] = {
    "another body": lambda entry: dataclasses.replace(entry, body=b"another total"),
    "another time": lambda entry: dataclasses.replace(entry, recorded_at_ms=1),
    "another register": lambda entry: dataclasses.replace(entry, register_id="kasse-9"),
    "another hash": lambda entry: dataclasses.replace(entry, chain_hash=bytes(32)),
    "an id too short": lambda entry: dataclasses.replace(entry, event_id=b"short"),
    "an impossible kind": lambda entry: dataclasses.replace(entry, kind=-1),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_entry_breaks_the_chain_and_what_is_before_it_stays(intake: Intake, change: str) -> None:
    sent = journal(6)
    sent[3] = CHANGES[change](sent[3])
    with pytest.raises(Refused) as refused:
        await intake.take("mitte", JOURNAL, sent)
    assert (refused.value.reason, refused.value.value) == ("CHAIN_BROKEN", "4")
    assert (await intake.state("mitte", JOURNAL)).sequence == 3
    assert len(await bodies(intake)) == 3
    (fault,) = await intake.faults()
    assert (fault.branch_id, fault.journal_sequence, fault.reason) == ("mitte", 4, "CHAIN_BROKEN")


async def test_a_chain_that_stays_broken_is_one_fault(intake: Intake) -> None:
    sent = journal(2)
    sent[1] = dataclasses.replace(sent[1], body=b"x")
    for _ in range(3):
        with pytest.raises(Refused, match="CHAIN_BROKEN"):
            await intake.take("mitte", JOURNAL, sent)
    assert len(await intake.faults()) == 1


async def test_two_journals_under_one_id_are_found_out(intake: Intake) -> None:
    """A data folder copied to a second box: both write on under the same journal id."""
    await intake.take("mitte", JOURNAL, journal(6))
    fork = journal(3)
    fork = chained([*fork[:2], dataclasses.replace(fork[2], body=b"the other box")])
    with pytest.raises(Refused, match="CHAIN_BROKEN"):
        await intake.take("mitte", JOURNAL, fork)


async def test_a_journal_that_goes_on_under_a_new_id_adds_only_what_is_new(intake: Intake) -> None:
    """The gateway came back from a backup with three of five entries; registers sent the fourth again, the fifth is a new one."""
    before = journal(5)
    await intake.take("mitte", JOURNAL, before)
    again = chained([*before[:4], dataclasses.replace(before[4], event_id=event_id(99), body=b"new")])
    assert (await intake.state("mitte", OTHER_JOURNAL)).journal_id == JOURNAL
    assert await intake.take("mitte", OTHER_JOURNAL, again) == 5
    assert sorted(await bodies(intake)) == sorted([*(entry.body for entry in before), b"new"])
    assert (await intake.state("mitte", OTHER_JOURNAL)).chain_hash == again[-1].chain_hash
    assert (await intake.state("mitte", JOURNAL)).chain_hash == before[-1].chain_hash
    assert not await intake.faults()


async def test_a_known_id_with_other_bytes_is_kept_as_a_fault_and_blocks_nothing(intake: Intake) -> None:
    before = journal(2)
    await intake.take("mitte", JOURNAL, before)
    other = chained([dataclasses.replace(before[0], body=b"other bytes"), before[1]])
    assert await intake.take("mitte", OTHER_JOURNAL, other) == 2
    assert await bodies(intake) == [entry.body for entry in before]
    assert [fault.reason for fault in await intake.faults()] == ["JOURNAL_EVENT_CONFLICT"]


async def test_a_register_s_number_stays_where_it_was_when_what_was_missing_comes_behind_it(intake: Intake) -> None:
    before = journal(6, registers=1)
    late = chained([before[0], before[1], before[4], before[5], before[2], before[3]])
    late = chained([dataclasses.replace(entry, sequence=place) for place, entry in enumerate(late, start=1)])
    await intake.take("mitte", JOURNAL, late)
    assert (await intake.state("mitte", JOURNAL)).registers == {"kasse-1": 6}


async def test_the_copy_of_a_damaged_event_counts_for_its_register(intake: Intake) -> None:
    """A register deletes its last event on this word; the damage alone does not give it."""
    first, last = journal(2, registers=1)
    sent = event_bytes(last.event_id, last.register_sequence, last.kind, last.body)
    copy = dataclasses.replace(
        last, sequence=3, event_id=event_id(9), register_sequence=0, kind=int(EventKind.CONFLICT), body=sent
    )
    await intake.take("mitte", JOURNAL, [first])
    damage = JournalDamage(2, 2, last.chain_hash, last.event_id, b"rotten")
    await intake.take("mitte", JOURNAL, [], damage)
    assert (await intake.state("mitte", JOURNAL)).registers == {"kasse-1": 1}
    await intake.take("mitte", JOURNAL, chained([copy], last.chain_hash))
    assert (await intake.state("mitte", JOURNAL)).registers == {"kasse-1": 2}


async def test_an_event_of_another_branch_is_no_repetition(intake: Intake) -> None:
    await intake.take("mitte", JOURNAL, journal(1))
    await intake.take("nord", JOURNAL, journal(1))
    assert [(fault.branch_id, fault.reason) for fault in await intake.faults()] == [("nord", "JOURNAL_EVENT_CONFLICT")]


async def test_a_journal_without_an_id_is_refused(intake: Intake) -> None:
    with pytest.raises(Refused, match="INVALID_VALUE"):
        await intake.take("mitte", b"", journal(1))


async def test_an_identity_event_marks_its_register_as_paired(intake: Intake) -> None:
    """A pairing that the gateway finished while the line was down is known from the journal."""
    registers = Registers(intake.database, SystemClock(), "c1")
    await registers.add("mitte", "kasse-1", "", NumberRange("K1-", 6))
    body = b"\x0a\x07kasse-1\x12\x06PAIRED"
    paired = JournalEntry(1, event_id(1), "kasse-1", 0, int(EventKind.IDENTITY), 5, body, b"")
    unreadable = JournalEntry(2, event_id(2), "kasse-1", 0, int(EventKind.IDENTITY), 5, b"\xff", b"")
    await intake.take("mitte", JOURNAL, chained([paired, unreadable]))
    assert (await registers.get("mitte", "kasse-1")).paired
