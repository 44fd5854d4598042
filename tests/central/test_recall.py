"""What central tells a gateway whose journal was lost: the last numbers of its registers and the keys that may come in again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.figures import Closing, Figures, encode_closing
from branchgate.numbers import NumberRange
from branchgate.receipts.codec import encode_receipt
from branchgate.v1 import event_pb2
from central.branches import Branches
from central.intake import Intake, JournalEntry
from central.recall import Recall, Recalled
from central.registers import Registers
from central.store import Database
from tests.central.journals import JOURNAL, OTHER_JOURNAL, chained, event_id
from tests.gateway.branch import receipt

RANGE = NumberRange("K1-", 6)


def entry(number: int, kind: EventKind, body: bytes, *, register: str = "kasse-1", sequence: int = 0) -> JournalEntry:
    return JournalEntry(number, event_id(number), register, sequence, int(kind), number, body, b"")


def closing(z_number: int) -> bytes:
    return encode_closing(Closing("kasse-1", z_number, "2026-11-22", 1, 1, Figures(), "anna", "2.4", bytes(32)))


def sold(running: int) -> bytes:
    return encode_receipt(dataclasses.replace(receipt(running)))


def identity(change: str, key: bytes, at_ms: int, register: str = "kasse-1") -> bytes:
    told = event_pb2.IdentityChange(register_id=register, change=change, public_key_sha256=key, at_ms=at_ms)
    return told.SerializeToString()


@pytest.fixture
async def intake(database: Database) -> Intake:
    branches = Branches(database, SystemClock(), "c1", lambda: None)
    registers = Registers(database, SystemClock(), "c1")
    for branch, register in (("mitte", "kasse-1"), ("mitte", "kasse-2"), ("nord", "kasse-9")):
        if register != "kasse-2":
            await branches.add(BranchSettings(branch, branch.title()))
        await registers.add(branch, register, "", NumberRange(f"{register[-1]}-", 6))
    return Intake(database, SystemClock())


async def recalled(intake: Intake, *journals: tuple[bytes, Sequence[JournalEntry]]) -> dict[str, Recalled]:
    for journal_id, entries in journals:
        numbered = [dataclasses.replace(one, sequence=place) for place, one in enumerate(entries, start=1)]
        await intake.take("mitte", journal_id, chained(numbered))
    return {told.register_id: told for told in await Recall(intake.database).of("mitte")}


async def test_numbers_are_the_highest_of_every_journal_that_ever_arrived(intake: Intake) -> None:
    first = [
        entry(1, EventKind.RECEIPT, sold(11), sequence=1),
        entry(2, EventKind.CLOSING, closing(7)),
        entry(3, EventKind.RECEIPT, sold(900_004)),
        entry(4, EventKind.RECEIPT, sold(12), sequence=2),
        entry(5, EventKind.CLOSING, closing(8)),
    ]
    second = [entry(6, EventKind.CLOSING, closing(3)), entry(7, EventKind.RECEIPT, b"no receipt", sequence=1)]
    found = await recalled(intake, (JOURNAL, first), (OTHER_JOURNAL, second))
    told = found["kasse-1"]
    assert (told.z_number, told.running_number, told.reserved_number) == (8, 12, 900_004)
    assert (told.name, told.number_range) == ("kasse-1", NumberRange("1-", 6))
    assert found["kasse-2"].z_number == found["kasse-2"].running_number == 0
    assert "kasse-9" not in found  # another branch's


@pytest.mark.parametrize(
    ("changes", "key", "former"),
    [
        ([], b"", b""),
        ([("PAIRED", b"a", 1)], b"a", b""),
        ([("PAIRED", b"a", 1), ("RENEWED", b"b", 2)], b"b", b"a"),
        ([("PAIRED", b"a", 1), ("RENEWED", b"b", 2), ("PAIRED", b"c", 3)], b"c", b""),
        ([("PAIRED", b"c", 3), ("PAIRED", b"a", 1)], b"c", b""),
        ([("PAIRED", b"a", 1), ("ATTEMPT_REFUSED", b"x", 2)], b"a", b""),
    ],
)
async def test_only_the_key_of_the_last_pairing_may_come_in_again(
    intake: Intake, changes: list[tuple[str, bytes, int]], key: bytes, former: bytes
) -> None:
    """A register that was stolen and paired anew has a certificate that is valid by its dates."""
    told = [
        entry(place, EventKind.IDENTITY, identity(change, of, at)) for place, (change, of, at) in enumerate(changes, 1)
    ]
    found = (await recalled(intake, (JOURNAL, told)))["kasse-1"] if told else (await recalled(intake))["kasse-1"]
    assert (found.key_sha256, found.former_key_sha256) == (key, former)
