"""The journal is gone: no Z number is given twice, and nobody closes before it is known where they go on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.events import EventKind
from branchgate.records import decode_finding_record
from gateway.branch.beginning import look_back
from gateway.branch.stores import open_stores
from gateway.config import GatewaySettings
from gateway.journal.awaited import await_numbers, numbers_awaited, numbers_known, recall_wanted
from gateway.journal.examination import Fault, examine
from gateway.journal.stored import open_for_verification
from gateway.recording.continuing import LastNumbers, continue_behind, say_next_z
from gateway.recording.states import read_state
from tests.gateway.branch import NOW_MS, RANGE, receipt
from tests.gateway.closing.shop import Shop, closed, open_shop, skipped

SETTINGS = GatewaySettings(reserve_bytes=8192)


async def hear(shop: Shop, *numbers: LastNumbers) -> list[str]:
    """A witness speaks."""
    work = continue_behind(shop.branch.journal, "central", numbers, NOW_MS)

    def heard(connection: sqlite3.Connection) -> list[str]:
        raised = work(connection)
        numbers_known(connection)
        return raised

    return await shop.branch.writer.submit(heard)


def lose_journal(folder: Path) -> None:
    for file in folder.glob("branch.db*"):
        file.unlink()


async def z_numbers(shop: Shop, request: int) -> list[int]:
    return [step.closing.z_number for step in closed(await shop.close(request))]


async def test_nobody_closes_until_somebody_has_said_where_the_numbers_go_on(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.branch.writer.submit(await_numbers)
        await shop.sell("k1", receipt(1))
        assert skipped(await shop.close(1)) == [("k1", "Z_NUMBER_UNKNOWN")]
        await shop.sell("k1", receipt(2))  # sales go on
        assert await hear(shop, LastNumbers("k1", 17, 1, 0)) == ["k1"]
        # The same order: nothing was closed by it.
        (step,) = closed(await shop.close(1))
        assert (step.closing.z_number, step.closing.figures.receipt_count) == (18, 2)
        assert (await shop.figures("k1", 18)).receipt_count == 2
        await shop.sell("k1", receipt(3))
        assert await z_numbers(shop, 2) == [19]


async def test_a_register_without_an_open_period_goes_on_behind_its_last_closing_also_after_a_restart(
    tmp_path: Path,
) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await hear(shop, LastNumbers("k1", 17), LastNumbers("k2", 4))
        await shop.sales.figures(None, shop.branch.journal.head)
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("k1", receipt(1))
        await shop.sell("k2", receipt(1))
        await shop.sell("k3", receipt(1))
        assert await z_numbers(shop, 1) == [18, 5, 1]
    (tmp_path / "sales.duckdb").unlink()
    async with open_shop(tmp_path, numbers=RANGE) as shop:  # made anew from the journal
        shop.resume({"k2": 1}, 3)
        await shop.sell("k2", receipt(2))
        assert await z_numbers(shop, 2) == [6]
        assert (await shop.figures("k1", 18)).receipt_count == 1


async def test_numbers_never_go_back_whatever_a_witness_says(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("k1", receipt(5))
        await shop.close(1)
        assert await hear(shop, LastNumbers("k1", 1, 3, 2)) == []
        assert await hear(shop, LastNumbers("k1", 0, 0, 900_001)) == []
        state = read_state(shop.branch.reader.connection, "k1")
        assert (state.z_number, state.running_number, state.reserved_number) == (1, 5, 900_001)
        await shop.sell("k1", receipt(6))
        assert await z_numbers(shop, 2) == [2]


async def test_a_person_reads_the_number_from_the_last_z(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        writer, journal = shop.branch.writer, shop.branch.journal
        with pytest.raises(Refused, match="Z_NUMBERS_NOT_AWAITED"):
            await writer.submit(say_next_z(journal, "k1", 18, "anna", NOW_MS))
        await writer.submit(await_numbers)
        await shop.sell("k1", receipt(1))
        await shop.sell("k2", receipt(1))
        with pytest.raises(Refused, match="INVALID_VALUE"):
            await writer.submit(say_next_z(journal, "k1", 0, "anna", NOW_MS))
        await writer.submit(say_next_z(journal, "k1", 18, "anna", NOW_MS))
        with pytest.raises(Refused, match="Z_NUMBERS_NOT_AWAITED"):
            await writer.submit(say_next_z(journal, "k1", 19, "anna", NOW_MS))
        note = shop.branch.reader.read(journal.head - 1, 1)[0]
        (finding,) = decode_finding_record(note.body).findings
        assert (note.kind, note.register_id) == (EventKind.FINDING, "")
        assert (finding.reason, finding.field, finding.value, finding.rule) == (
            "Z_NUMBERS_CONTINUED",
            "k1",
            "17",
            "anna",
        )
        steps = await shop.close(1)
        assert [step.closing.z_number for step in closed(steps)] == [18]
        assert skipped(steps) == [("k2", "Z_NUMBER_UNKNOWN")]
        await writer.submit(say_next_z(journal, "k2", 1, "anna", NOW_MS))
        assert await z_numbers(shop, 2) == [1]


async def test_the_examination_knows_why_numbers_jump(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("k1", receipt(1))
        await shop.close(1)
        await hear(shop, LastNumbers("k1", 17))
        await shop.sell("k1", receipt(2))
        await shop.close(2)
        connection = open_for_verification(shop.branch.path)
        faults = [found for found in examine(connection) if isinstance(found, Fault)]
        connection.close()
        assert faults == []


@pytest.mark.parametrize("again", [False, True])
async def test_the_sales_store_that_was_kept_tells_the_numbers(tmp_path: Path, again: bool) -> None:
    """`again`: the process ended between setting the store aside and writing down what was in it."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        for day in range(1, 4):
            await shop.sell("k1", receipt(day))
            await shop.close(day)
        await shop.sell("k1", receipt(4))
        await shop.sell("k2", receipt(7))
        await shop.count(9, "k2", 1)
        await shop.sales.figures(None, shop.branch.journal.head)
    lose_journal(tmp_path)
    clock = SystemClock()
    if again:
        async with open_stores(tmp_path, SETTINGS, "mitte", clock) as stores:
            await stores.sales.start()
    async with open_stores(tmp_path, SETTINGS, "mitte", clock) as stores:
        await look_back(stores, clock)
        first, second = (read_state(stores.reading, name) for name in ("k1", "k2"))
        assert (first.z_number, first.running_number, first.reserved_number) == (3, 4, 0)
        assert (second.z_number, second.running_number, second.reserved_number) == (0, 7, 900_000)
        assert not numbers_awaited(stores.reading, "k1")
        assert recall_wanted(stores.reading)  # central may know more, and knows the registers' keys


async def test_without_a_sales_store_the_numbers_are_awaited_across_restarts(tmp_path: Path) -> None:
    (tmp_path / "reserve").touch()
    clock = SystemClock()
    for _ in range(2):
        async with open_stores(tmp_path, SETTINGS, "mitte", clock) as stores:
            await look_back(stores, clock)
            assert numbers_awaited(stores.reading, "k1")
            assert recall_wanted(stores.reading)


async def test_a_new_gateway_awaits_nothing(tmp_path: Path) -> None:
    clock = SystemClock()
    async with open_stores(tmp_path, SETTINGS, "mitte", clock) as stores:
        await look_back(stores, clock)
        assert not numbers_awaited(stores.reading, "k1")
        assert not recall_wanted(stores.reading)
