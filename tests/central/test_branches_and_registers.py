"""Branches and registers: ids for good, settings that fit on a receipt, numbers that nobody else prints."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from branchgate.catalogue import BranchSettings, DeviceRole
from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.numbers import NumberRange
from central.branch_settings import checked_settings
from central.branches import Branches
from central.feed.reading import BranchFeed
from central.registers import Registers
from central.store import Database

MITTE = BranchSettings("mitte", "Filiale Mitte", company="Muster GmbH")


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def branches(database: Database, calls: list[str]) -> Branches:
    return Branches(database, SystemClock(), "c1", lambda: calls.append("changed"))


@pytest.fixture
def registers(database: Database) -> Registers:
    return Registers(database, SystemClock(), "c1")


async def test_a_branch_keeps_what_it_was_given(branches: Branches, calls: list[str]) -> None:
    await branches.add(MITTE)
    assert await branches.all() == (MITTE,)
    assert calls == ["changed"]


async def test_an_id_is_never_used_twice(branches: Branches) -> None:
    await branches.add(MITTE)
    with pytest.raises(Refused, match="BRANCH_EXISTS"):
        await branches.add(BranchSettings("mitte", "Andere"))
    assert await branches.all() == (MITTE,)


@pytest.mark.parametrize("branch_id", ["", "Mitte", "a b", "ä", "x" * 31, "-x", "central", "../etc", "mitte\n"])
async def test_an_id_that_cannot_stand_in_a_certificate_is_refused(branches: Branches, branch_id: str) -> None:
    with pytest.raises(Refused, match=r"INVALID_ID|NAME_RESERVED"):
        await branches.add(BranchSettings(branch_id, "Mitte"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("company", "Muster\x1b@GmbH"),
        ("street", "Haupt\nstraße 1"),
        ("country", "Germany"),
        ("time_zone", "Mars/Olympus"),
        ("day_starts_at_minutes", 1440),
        ("day_starts_at_minutes", -1),
        ("language", "fr"),
        ("device_roles", (DeviceRole("", "receipt", "No Spaces"),)),
    ],
)
def test_settings_that_would_spoil_a_receipt_or_a_day_are_refused(field: str, value: Any) -> None:
    changed = dataclasses.replace(MITTE, **{field: value})
    with pytest.raises(Refused):
        checked_settings(changed)


async def test_changed_settings_reach_the_branch_and_unchanged_ones_move_nothing(
    branches: Branches, database: Database
) -> None:
    await branches.add(MITTE)
    feed = BranchFeed(database, "mitte")
    head = feed.state().head
    await branches.set(MITTE)
    assert not feed.changes(head, 10).changes
    moved = dataclasses.replace(MITTE, town="Köln")
    await branches.set(moved)
    (change,) = feed.changes(head, 10).changes
    assert change.value is not None
    assert BranchSettings.decode(change.value) == moved


async def test_settings_of_a_branch_that_is_not_there_are_refused(branches: Branches) -> None:
    with pytest.raises(Refused, match="NOT_FOUND"):
        await branches.set(MITTE)


async def test_registers_are_counted_over_all_branches(branches: Branches, registers: Registers) -> None:
    await branches.add(MITTE)
    await branches.add(BranchSettings("nord", "Nord"))
    assert await registers.add("mitte", "kasse-1", "Vorne", NumberRange("K1-", 6)) == 1
    assert await registers.add("nord", "kasse-2", "", NumberRange("K2-", 6)) == 2
    assert [(register.register_id, register.name, register.paired) for register in await registers.all()] == [
        ("kasse-1", "Vorne", False),
        ("kasse-2", "kasse-2", False),
    ]


async def test_a_register_id_is_never_used_twice_not_even_in_another_branch(
    branches: Branches, registers: Registers
) -> None:
    """Z_KASSE_ID is the key of closings in the tax export of the whole business."""
    await branches.add(MITTE)
    await branches.add(BranchSettings("nord", "Nord"))
    await registers.add("mitte", "kasse-1", "", NumberRange("K1-", 6))
    with pytest.raises(Refused, match="REGISTER_EXISTS"):
        await registers.add("nord", "kasse-1", "", NumberRange("N1-", 6))


async def test_a_range_that_could_print_a_number_of_another_is_refused(
    branches: Branches, registers: Registers
) -> None:
    await branches.add(MITTE)
    await registers.add("mitte", "kasse-1", "", NumberRange("K1", 6))
    for taken in (NumberRange("K1", 6), NumberRange("K", 7), NumberRange("K12", 5), NumberRange("K1", 5, "9")):
        with pytest.raises(Refused, match="NUMBER_RANGE_TAKEN"):
            await registers.add("mitte", "kasse-2", "", taken)
    await registers.add("mitte", "kasse-2", "", NumberRange("K1", 5))


async def test_a_register_of_an_unknown_branch_is_refused(registers: Registers) -> None:
    with pytest.raises(Refused, match="NOT_FOUND"):
        await registers.add("mitte", "kasse-1", "", NumberRange("K1", 6))


async def test_a_register_is_found_in_its_own_branch_only(branches: Branches, registers: Registers) -> None:
    await branches.add(MITTE)
    await branches.add(BranchSettings("nord", "Nord"))
    await registers.add("mitte", "kasse-1", "", NumberRange("K1", 6))
    assert (await registers.get("mitte", "kasse-1")).number_range == NumberRange("K1", 6)
    with pytest.raises(Refused, match="NOT_FOUND"):
        await registers.get("nord", "kasse-1")


async def test_another_range_has_more_digits_and_what_was_printed_stays_taken(
    branches: Branches, registers: Registers
) -> None:
    await branches.add(MITTE)
    await registers.add("mitte", "kasse-1", "", NumberRange("K1-", 3))
    await registers.add("mitte", "kasse-2", "", NumberRange("K2-", 6))
    with pytest.raises(Refused, match="more than 3 digits"):
        await registers.set_range("kasse-1", NumberRange("K9-", 3))
    with pytest.raises(Refused, match="NUMBER_RANGE_TAKEN"):
        await registers.set_range("kasse-1", NumberRange("K2-", 6))
    with pytest.raises(Refused, match="NOT_FOUND"):
        await registers.set_range("kasse-9", NumberRange("K9-", 6))
    assert await registers.set_range("kasse-1", NumberRange("K1-", 6)) == "mitte"
    assert (await registers.get("mitte", "kasse-1")).number_range == NumberRange("K1-", 6)
    for taken in (NumberRange("K1-", 3), NumberRange("K1-", 6)):
        with pytest.raises(Refused, match="NUMBER_RANGE_TAKEN"):
            await registers.add("mitte", "kasse-3", "", taken)
