"""An examination names everything that is wrong with a journal, and what follows from a damaged entry only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.errors import Refused
from branchgate.errors.texts import all_sentences
from branchgate.events import EventKind
from branchgate.figures import Closing, Figures, encode_closing
from branchgate.receipts.codec import encode_receipt
from gateway.journal import OWN, NewEntry
from gateway.journal.anchors import parsed_anchor
from gateway.journal.examination import Anchor, Fault, Found, Verdict, examine
from gateway.journal.stored import open_for_verification
from gateway.journal.telling import fault_sentence
from tests.gateway.branch import NOW_MS, Branch, event_id, open_branch, receipt, sale, tampered


def examined(path: Path, anchors: Sequence[Anchor] = ()) -> list[Found]:
    connection = open_for_verification(path)
    try:
        return list(examine(connection, anchors))
    finally:
        connection.close()


def faults(path: Path, anchors: Sequence[Anchor] = ()) -> list[Fault]:
    found = examined(path, anchors)
    told = [one for one in found if isinstance(one, Fault)]
    verdict = found[-1]
    assert isinstance(verdict, Verdict)
    assert verdict.faults == len(told)
    for fault in told:
        assert fault.reason in all_sentences()
        assert "{" not in fault_sentence(fault, "de") + fault_sentence(fault, "en")
    return told


def reasons(path: Path, anchors: Sequence[Anchor] = ()) -> list[tuple[str, int]]:
    return [(fault.reason, fault.sequence) for fault in faults(path, anchors)]


async def close(branch: Branch, z_next: int, number: int, **changes: object) -> None:
    closing = Closing(
        "k1", z_next, "2026-11-21", NOW_MS, branch.journal.head, Figures(), "anna", "2.4", branch.journal.head_hash
    )
    body = encode_closing(replace(closing, **changes))  # type: ignore[arg-type]
    await branch.journal.append(NewEntry(event_id(number), "k1", OWN, EventKind.CLOSING, body))


async def day(branch: Branch) -> None:
    """Six sales of k1, a closing behind each three."""
    for z_number, numbers in ((1, (1, 2, 3)), (2, (4, 5, 6))):
        await branch.recorder.record("k1", [sale(number) for number in numbers])
        await close(branch, z_number, 100 + z_number)


async def test_a_journal_in_order_has_no_fault_and_ends_with_its_check_mark(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await day(branch)
        verdict = examined(branch.path)[-1]
        assert verdict == Verdict(8, 0, 0, branch.journal.journal_id, 8, branch.journal.head_hash)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE journal SET body = x'00' WHERE sequence = 2", [("JOURNAL_ENTRY_CHANGED", 2)]),
        ("DELETE FROM journal WHERE sequence = 5", [("JOURNAL_ENTRY_MISSING", 5), ("JOURNAL_ENTRY_UNPROVED", 6)]),
        (
            "DELETE FROM journal WHERE sequence BETWEEN 2 AND 6",
            [("JOURNAL_ENTRY_MISSING", 2), ("JOURNAL_ENTRY_UNPROVED", 7)],
        ),
        ("UPDATE journal SET register_sequence = 9 WHERE sequence = 5", [("JOURNAL_ENTRY_CHANGED", 5)]),
        ("UPDATE journal SET kind = 77 WHERE sequence = 4", [("JOURNAL_ENTRY_CHANGED", 4)]),
        ("UPDATE journal SET recorded_at = 'x' WHERE sequence = 7", [("JOURNAL_ENTRY_IMPOSSIBLE", 7)]),
        # A closing tells the hash of an entry too, and so do two witnesses of one changed value.
        (
            "UPDATE journal SET chain_hash = zeroblob(32) WHERE sequence = 3",
            [("JOURNAL_ENTRY_HASH_CHANGED", 3), ("CLOSING_ANCHOR_DIFFERS", 4)],
        ),
    ],
)
async def test_what_was_changed_is_named_and_nothing_besides(
    tmp_path: Path, change: str, expected: list[tuple[str, int]]
) -> None:
    async with open_branch(tmp_path) as branch:
        await day(branch)
    connection = tampered(tmp_path / "branch.db")
    connection.execute(change)
    connection.close()
    found = [one for one in reasons(tmp_path / "branch.db") if one[0] != "STORE_PAGES_DAMAGED"]
    assert found == expected


async def test_a_damaged_entry_is_told_with_register_kind_and_time(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await day(branch)
    connection = tampered(tmp_path / "branch.db")
    connection.execute("UPDATE journal SET body = x'00' WHERE sequence = 2")
    connection.close()
    (fault,) = faults(tmp_path / "branch.db")
    assert (fault.register_id, fault.kind, fault.recorded_at_ms, fault.value) == ("k1", "RECEIPT", NOW_MS, "2")


async def test_numbers_of_a_register_that_nobody_recorded_as_missing_are_a_fault(tmp_path: Path) -> None:
    """Somebody wrote a journal anew without the fourth sale: its chain is whole, the register's numbers are not."""
    async with open_branch(tmp_path) as branch:
        for place, number in enumerate((1, 2, 3, 5), start=1):
            body = encode_receipt(receipt(number))
            await branch.journal.append(NewEntry(event_id(place), "k1", number, EventKind.RECEIPT, body))
        assert reasons(branch.path) == [("REGISTER_NUMBERS_MISSING", 4)]


async def test_numbers_that_are_recorded_as_missing_are_no_fault(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.recorder.go_on_at("k1", 8).settled()
        await branch.recorder.record("k1", [sale(8)])
        assert reasons(branch.path) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"z_number": 4}, "Z_NUMBERS_NOT_IN_ORDER"),
        ({"z_number": 1}, "Z_NUMBERS_NOT_IN_ORDER"),
        ({"chain_hash": bytes(32)}, "CLOSING_ANCHOR_DIFFERS"),
        ({"through_journal_sequence": 5}, "CLOSING_ANCHOR_DIFFERS"),
        ({"through_journal_sequence": 999}, "CLOSING_ANCHOR_DIFFERS"),
    ],
)
async def test_a_closing_that_does_not_fit_is_named(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    async with open_branch(tmp_path) as branch:
        await day(branch)
        await branch.recorder.record("k1", [sale(7)])
        await close(branch, 3, 200, **changes)
        assert reasons(branch.path) == [(reason, 10)]


async def test_a_body_that_was_recorded_unreadable_is_named(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await branch.journal.append(NewEntry(event_id(1), "k1", 1, EventKind.RECEIPT, b"\xff"))
        assert reasons(branch.path) == [("BODY_UNREADABLE", 1)]


async def test_an_event_that_stands_twice_is_named(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await day(branch)
    connection = tampered(tmp_path / "branch.db")
    connection.execute("CREATE TABLE other AS SELECT * FROM journal")
    connection.execute("UPDATE other SET event_id = (SELECT event_id FROM other WHERE sequence = 1) WHERE sequence = 6")
    connection.execute("DROP TABLE journal")
    connection.execute("ALTER TABLE other RENAME TO journal")
    connection.close()
    assert ("EVENT_ID_TWICE", 6) in reasons(tmp_path / "branch.db")


async def test_a_printed_check_mark_is_held_against_the_journal(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await day(branch)
        right = branch.journal.head_hash.hex()[:16]
        assert reasons(branch.path, [parsed_anchor(f"{right.upper()}@8")]) == []
        assert reasons(branch.path, [parsed_anchor(f"{right}@7")]) == [("ANCHOR_DIFFERS", 7)]
        assert reasons(branch.path, [parsed_anchor(f"{right}@9")]) == [("ANCHOR_DIFFERS", 9)]


@pytest.mark.parametrize("text", ["", "0011", "00112233", "0011223@4", "0011223g@4", "00112233@0", "00112233@x", "@4"])
def test_what_is_no_check_mark_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="INVALID_VALUE"):
        parsed_anchor(text)


async def test_a_sales_store_that_knows_more_than_the_journal_is_named(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await day(branch)
        ahead = Anchor(12, "00" * 32, "sales store")
        assert reasons(branch.path, [ahead]) == [("SALES_STORE_DIFFERS", 12)]


async def test_a_file_that_is_no_database_is_damage_and_no_crash(tmp_path: Path) -> None:
    async with open_branch(tmp_path) as branch:
        await day(branch)
    path = tmp_path / "branch.db"
    with path.open("r+b") as file:
        file.write(bytes(8192))
    assert {reason for reason, _ in reasons(path)} == {"JOURNAL_ENTRY_UNREADABLE", "STORE_PAGES_DAMAGED"}
