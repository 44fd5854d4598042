"""What becomes of a register's events: settled, found wanting, conflicting, refused, postponed; never lost, never doubled."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.errors import Refused, TryAgain
from branchgate.errors.texts import all_sentences
from branchgate.events import EventKind
from branchgate.numbers import NumberRange
from branchgate.receipts.model import Receipt
from branchgate.records import decode_finding_record
from branchgate.v1 import event_pb2
from gateway.journal import OWN, Entry
from gateway.recording import Admission, EventToRecord, Recorded
from gateway.recording.states import close_period, numbers_start_at, read_state, registers_with_open_period
from tests.gateway.branch import NOW_MS, Branch, BranchRules, event_id, open_branch, reasons, sale


def entries(branch: Branch) -> list[Entry]:
    return branch.reader.read(0, 1000)


def kinds(branch: Branch) -> list[EventKind]:
    return [entry.kind for entry in entries(branch)]


async def test_a_clean_receipt_is_journaled_verbatim_and_settled(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        event = sale(1)
        assert await branch.recorder.record("k1", [event]) == Recorded(1)
        (entry,) = entries(branch)
        assert (entry.event_id, entry.register_id, entry.register_sequence) == (event.event_id, "k1", 1)
        assert (entry.kind, entry.body) == (EventKind.RECEIPT, event.body)
        state = read_state(branch.reader.connection, "k1")
        assert (state.running_number, state.receipts, state.period_first_sequence) == (1, 1, 1)


async def test_registers_are_counted_apart(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.record("k1", [sale(1), sale(2)])
        assert await branch.recorder.record("k2", [sale(1, number=101)]) == Recorded(1)
        assert registers_with_open_period(branch.reader.connection) == ["k1", "k2"]


async def test_a_resend_is_settled_again_without_a_trace(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.record("k1", [sale(1), sale(2)])
        assert await branch.recorder.record("k1", [sale(1), sale(2), sale(3)]) == Recorded(3, late=True)
        assert len(entries(branch)) == 3


async def test_a_resend_gets_the_same_findings_again(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        event = sale(1, total_cents=1)
        first = await branch.recorder.record("k1", [event])
        assert reasons(first.findings) == ["RECEIPT_SUM_MISMATCH", "PAYMENT_SUM_MISMATCH"]
        assert await branch.recorder.record("k1", [event]) == replace(first, late=True)
        assert kinds(branch) == [EventKind.RECEIPT, EventKind.FINDING]


async def test_findings_stand_right_behind_their_receipt(tmp_path: Path) -> None:
    async with open_branch(tmp_path, rules=BranchRules(unknown_articles=frozenset({"A1"}))) as branch:
        await branch.recorder.record("k1", [sale(1), sale(2)])
        first, finding, _, _ = entries(branch)
        assert (finding.kind, finding.register_id, finding.register_sequence) == (EventKind.FINDING, "k1", OWN)
        record = decode_finding_record(finding.body)
        assert record.about_event_id == first.event_id
        assert [(each.reason, each.field, each.value) for each in record.findings] == [
            ("ARTICLE_UNKNOWN", "lines[1].article_number", "A1")
        ]
        assert read_state(branch.reader.connection, "k1").findings == 2


async def test_a_number_of_another_register_is_a_finding_beside_those_of_the_content(tmp_path: Path) -> None:
    async with open_branch(tmp_path, rules=BranchRules(numbers=NumberRange("X-", 5))) as branch:
        recorded = await branch.recorder.record("k1", [sale(1, total_cents=1)])
        expected = ["RECEIPT_SUM_MISMATCH", "PAYMENT_SUM_MISMATCH", "RECEIPT_NUMBER_FOREIGN"]
        assert reasons(recorded.findings) == expected
        assert kinds(branch) == [EventKind.RECEIPT, EventKind.FINDING]


async def test_a_gap_is_not_taken_but_what_stands_before_it_is(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        recorded = await branch.recorder.record("k1", [sale(1), sale(3), sale(4)])
        assert recorded.settled_register_sequence == 1
        assert recorded.try_again is not None
        assert (recorded.try_again.reason, recorded.try_again.rule) == ("SEQUENCE_GAP", "expected 2")
        assert len(entries(branch)) == 1
        assert await branch.recorder.record("k1", [sale(2), sale(3), sale(4)]) == Recorded(4)


async def test_other_bytes_under_a_known_id_are_kept_as_a_conflict_once(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.record("k1", [sale(1)])
        other = sale(1, note="other")
        recorded = await branch.recorder.record("k1", [other])
        assert (recorded.settled_register_sequence, reasons(recorded.findings)) == (1, ["EVENT_CONFLICT"])
        assert await branch.recorder.record("k1", [other]) == recorded
        first, conflict = entries(branch)
        assert first.body == sale(1).body
        assert (conflict.kind, conflict.register_sequence) == (EventKind.CONFLICT, OWN)
        assert conflict.event_id != first.event_id
        kept = event_pb2.Event.FromString(conflict.body)
        assert (kept.event_id, kept.register_sequence, kept.body) == (other.event_id, 1, other.body)


async def test_a_known_id_with_the_next_number_settles_that_number(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.record("k1", [sale(1)])
        recorded = await branch.recorder.record("k1", [sale(2, number=1, running=7), sale(3, running=2)])
        assert recorded.settled_register_sequence == 3
        assert kinds(branch) == [EventKind.RECEIPT, EventKind.CONFLICT, EventKind.RECEIPT]
        assert [entry.register_sequence for entry in entries(branch)] == [1, 2, 3]


async def test_the_same_event_renumbered_is_the_same_event(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.record("k1", [sale(1)])
        again = sale(1)._replace(register_sequence=2)
        assert await branch.recorder.record("k1", [again, sale(3, running=2)]) == Recorded(3)
        assert kinds(branch) == [EventKind.RECEIPT, EventKind.RECEIPT]


async def test_an_id_of_another_register_is_a_conflict(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.record("k1", [sale(1)])
        recorded = await branch.recorder.record("k2", [sale(1)])
        assert (recorded.settled_register_sequence, reasons(recorded.findings)) == (1, ["EVENT_CONFLICT"])


async def test_a_wiped_register_that_starts_again_at_one_loses_nothing(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.record("k1", [sale(1), sale(2)])
        wiped = sale(1, number=501, running=3)
        recorded = await branch.recorder.record("k1", [wiped])
        assert (recorded.settled_register_sequence, reasons(recorded.findings)) == (2, ["SEQUENCE_REUSED"])
        assert await branch.recorder.record("k1", [wiped]) == recorded
        found = branch.reader.by_event_id(wiped.event_id)
        assert found is not None
        assert found.register_sequence == 1


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (EventToRecord(event_id(2), 2, 1, b"\xff\xff no receipt"), "RECEIPT_UNREADABLE"),
        (EventToRecord(event_id(2), 2, 1, b""), "RECEIPT_UNREADABLE"),
        (EventToRecord(event_id(2), 2, 99, b"from the future"), "EVENT_KIND_NOT_ALLOWED"),
        (EventToRecord(event_id(2), 2, 5, b"a closing by a register"), "EVENT_KIND_NOT_ALLOWED"),
        (EventToRecord(b"short", 2, 1, sale(2).body), "EVENT_ID_INVALID"),
        (EventToRecord(b"", 2, 1, sale(2).body), "EVENT_ID_INVALID"),
    ],
)
async def test_what_cannot_be_read_is_refused_kept_and_does_not_block(
    tmp_path: Path, event: EventToRecord, reason: str
) -> None:
    async with open_branch(tmp_path) as branch:
        recorded = await branch.recorder.record("k1", [sale(1), event, sale(3, running=2)])
        assert (recorded.settled_register_sequence, recorded.findings, recorded.try_again) == (3, (), None)
        (refused,) = recorded.refused
        assert (refused.event_id, refused.register_sequence, refused.finding.reason) == (event.event_id, 2, reason)
        assert reason in all_sentences()
        kept = entries(branch)[1]
        assert (kept.kind, kept.register_sequence) == (EventKind.FINDING, 2)
        record = decode_finding_record(kept.body)
        assert record.refused
        assert event_pb2.Event.FromString(record.refused_event) == event_pb2.Event(
            event_id=event.event_id,
            register_sequence=2,
            kind=event_pb2.EventKind.ValueType(event.kind),
            body=event.body,
        )
        again = await branch.recorder.record("k1", [event])
        assert again == Recorded(3, (), (refused,), late=True)
        assert len(entries(branch)) == 3


async def test_of_an_id_as_long_as_a_message_the_refusal_repeats_the_beginning(tmp_path: Path) -> None:
    """It was told whole, in hexadecimal: 8 MB for a message of 4."""
    long = bytes(range(16)) + bytes(1_000_000)
    async with open_branch(tmp_path) as branch:
        recorded = await branch.recorder.record("k1", [EventToRecord(long, 1, 1, sale(1).body)])
    (refused,) = recorded.refused
    assert refused.finding.reason == "EVENT_ID_INVALID"
    assert refused.finding.value == "000102030405060708090a0b0c0d0e0f… (1000016 bytes)"


async def test_a_number_below_one_is_no_event_of_a_register(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        with pytest.raises(Refused, match=r"events\[1\]"):
            await branch.recorder.record("k1", [sale(1), sale(2)._replace(register_sequence=0)])


async def test_a_missing_stretch_nobody_holds_becomes_a_finding_and_recording_goes_on(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        assert await branch.recorder.go_on_at("k1", 41).settled() == Recorded(40)
        assert await branch.recorder.go_on_at("k1", 41).settled() == Recorded(40)
        (note,) = entries(branch)
        (finding,) = decode_finding_record(note.body).findings
        assert (finding.reason, finding.value) == ("EVENTS_MISSING", "1 to 40")
        recorded = await branch.recorder.record("k1", [sale(41)])
        assert reasons(recorded.findings) == ["RECEIPT_NUMBER_GAP"]


async def test_an_absurd_number_is_not_what_later_ones_are_held_against(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        huge = sale(2, running=2, running_number=2**63 - 1)
        recorded = await branch.recorder.record("k1", [sale(1), huge, sale(3, running=2)])
        assert [found.event_id for found in recorded.findings] == [huge.event_id]
        assert branch.recorder.greeting("k1").next_running_number == 3


async def test_the_greeting_tells_a_wiped_register_where_to_go_on(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.writer.submit(lambda connection: numbers_start_at(connection, "k1", 7))
        fresh = branch.recorder.greeting("k1")
        assert (fresh.next_register_sequence, fresh.next_running_number, fresh.next_z_number) == (1, 7, 1)
        await branch.recorder.record("k1", [sale(1, running=7)])
        await branch.writer.submit(lambda connection: close_period(connection, "k1"))
        greeting = branch.recorder.greeting("k1")
        assert (greeting.next_register_sequence, greeting.next_running_number, greeting.next_z_number) == (2, 8, 2)
        assert (greeting.journal_id, greeting.gateway_time_ms) == (branch.journal.journal_id, NOW_MS)
        assert registers_with_open_period(branch.reader.connection) == []


class Spool:
    def __init__(self, failure: Exception | None = None) -> None:
        self.wishes: list[tuple[str, bytes, str, str, int]] = []
        self.failure = failure

    def __call__(
        self,
        connection: sqlite3.Connection,
        register_id: str,
        event_id: bytes,
        receipt: Receipt,
        role: str,
        now_ms: int,
    ) -> None:
        assert connection.in_transaction
        if self.failure is not None:
            raise self.failure
        self.wishes.append((register_id, event_id, receipt.receipt_number, role, now_ms))


async def test_a_wish_to_print_is_granted_once_however_often_the_receipt_comes(tmp_path: Path) -> None:
    spool = Spool()
    async with open_branch(tmp_path, print_wish=spool) as branch:
        wanted = sale(1)._replace(print_role="receipt", print_within_ms=5_000)
        late = sale(2)._replace(print_role="receipt", print_within_ms=0)
        await branch.recorder.record("k1", [wanted, late])
        await branch.recorder.record("k1", [wanted, late._replace(print_within_ms=5_000)])
        assert spool.wishes == [("k1", wanted.event_id, "K1-000001", "receipt", NOW_MS)]


async def test_a_sale_is_recorded_even_if_it_cannot_be_printed(tmp_path: Path) -> None:
    spool = Spool(Refused("NO_DEVICE_FOR_ROLE", field="role", value="receipt"))
    async with open_branch(tmp_path, print_wish=spool) as branch:
        recorded = await branch.recorder.record("k1", [sale(1)._replace(print_role="receipt", print_within_ms=5_000)])
        assert (recorded.settled_register_sequence, reasons(recorded.findings)) == (1, ["NO_DEVICE_FOR_ROLE"])


async def test_messages_that_share_a_commit_see_each_other(tmp_path: Path) -> None:
    """Written together, they are inserted late: a resend, a conflict and a duplicate number among them must show all the same."""
    async with open_branch(tmp_path) as branch:
        go_on = threading.Event()
        blocking = branch.writer.submit(lambda _: go_on.wait(30))
        broken = sale(2, running=1)
        under_way = [
            branch.recorder.begin("k1", [sale(1)]),
            branch.recorder.begin("k1", [broken]),
            branch.recorder.begin("k2", [sale(1, number=101)]),
            branch.recorder.begin("k1", [broken]),
            branch.recorder.begin("k1", [sale(3)._replace(event_id=sale(1).event_id)]),
        ]
        go_on.set()
        await blocking
        answers = [await recording.settled() for recording in under_way]
    assert [answer.settled_register_sequence for answer in answers] == [1, 2, 1, 2, 3]
    found = [reasons(answer.findings) for answer in answers]
    assert found == [[], ["RECEIPT_NUMBER_DUPLICATE"], [], ["RECEIPT_NUMBER_DUPLICATE"], ["EVENT_CONFLICT"]]


async def test_too_much_waiting_for_the_disk_says_busy_and_takes_nothing(tmp_path: Path) -> None:
    async with open_branch(tmp_path, admission=Admission(events=2)) as branch:
        go_on = threading.Event()
        blocking = branch.writer.submit(lambda _: go_on.wait(30))
        first = branch.recorder.begin("k1", [sale(1), sale(2)])
        busy = await branch.recorder.record("k1", [sale(3)])
        assert (busy.settled_register_sequence, busy.try_again and busy.try_again.reason) == (0, "BUSY")
        go_on.set()
        await blocking
        assert await first.settled() == Recorded(2)
        await asyncio.sleep(0)  # the loop's next turn gives the room back
        assert await branch.recorder.record("k1", [sale(3)]) == Recorded(3)


async def test_who_stops_waiting_does_not_stop_the_recording(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        go_on = threading.Event()
        blocking = branch.writer.submit(lambda _: go_on.wait(30))
        waiting = asyncio.ensure_future(branch.recorder.record("k1", [sale(1)]))
        await asyncio.sleep(0)
        waiting.cancel()
        go_on.set()
        await blocking
        assert await branch.recorder.record("k1", [sale(2)]) == Recorded(2)


async def test_a_gateway_that_stops_says_so(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.writer.close()
        recorded = await branch.recorder.record("k1", [sale(1)])
        assert isinstance(recorded.try_again, TryAgain)
        assert recorded.try_again.reason == "CLOSING_DOWN"
