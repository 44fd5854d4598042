"""An old backup of the journal comes back: no Z number and no reserved number is given a second time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from branchgate.clock import SystemClock
from gateway.branch.beginning import look_back
from gateway.branch.stores import open_stores
from gateway.config import GatewaySettings
from gateway.journal.awaited import numbers_awaited, recall_wanted
from gateway.journal.incidents import incidents
from gateway.recording.states import read_state
from tests.gateway.branch import RANGE, receipt
from tests.gateway.closing.shop import closed, open_shop

SETTINGS = GatewaySettings(reserve_bytes=8192)


def restore(folder: Path) -> None:
    for log in folder.glob("branch.db-*"):
        log.unlink()
    shutil.copy(folder / "backup", folder / "branch.db")


@pytest.mark.parametrize("sold_since", [0, 12], ids=["behind", "as long as before"])
async def test_numbers_go_on_behind_what_the_sales_store_has_seen(tmp_path: Path, sold_since: int) -> None:
    """`sold_since`: the restored journal was sold into before, so that it is no shorter than what the sales store has seen."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("k1", receipt(1))
        await shop.close(1)
    shutil.copy(tmp_path / "branch.db", tmp_path / "backup")
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        shop.resume({"k1": 1}, 1)
        await shop.sell("k1", receipt(2))
        await shop.count(2, "k1", 5)
        await shop.close(3)
        await shop.sales.figures(None, shop.branch.journal.head)
    restore(tmp_path)
    if sold_since:
        (tmp_path / "sales.duckdb").rename(tmp_path / "kept")
        async with open_shop(tmp_path, numbers=RANGE) as shop:
            shop.resume({"k1": 1}, 100)
            for running in range(2, sold_since):
                await shop.sell("k1", receipt(running))
        (tmp_path / "sales.duckdb").unlink()
        (tmp_path / "kept").rename(tmp_path / "sales.duckdb")
    clock = SystemClock()
    async with open_stores(tmp_path, SETTINGS, "mitte", clock) as stores:
        await look_back(stores, clock)
        state = read_state(stores.reading, "k1")
        assert (state.z_number, state.reserved_number) == (2, 900_000)
        assert incidents(stores.reading)[0].reason == "JOURNAL_SHORTENED"
        assert not numbers_awaited(stores.reading, "k1")
        assert recall_wanted(stores.reading)  # central may know more
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        sent = read_state(shop.branch.reader.connection, "k1").register_sequence
        shop.resume({"k1": sent}, 200)
        await shop.sell("k1", receipt(50))
        assert [one.closing.z_number for one in closed(await shop.close(9))] == [3]
