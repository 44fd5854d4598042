"""A child that waits for its order, and what it hears."""

from __future__ import annotations

import socket
from dataclasses import asdict
from pathlib import Path

import pytest

from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.days import DayRule
from gateway.sales.frames import frame
from gateway.sales.opened import Order
from gateway.sales.process import Heard
from gateway.sales.spawning import spawn
from tests.gateway.sales.written_journal import WrittenJournal

ORDER = Order("branch.db", "sales.duckdb", "Europe/Berlin", 0, 256, 1, read_all=False, in_memory=False)


async def test_a_child_without_an_order_ends_with_its_parent() -> None:
    child = await spawn()
    await child.end()
    assert child.process.returncode == 0


async def test_a_child_that_waits_is_the_first_one_used(tmp_path: Path) -> None:
    journal = WrittenJournal(tmp_path)
    child = await spawn()
    store = SalesStore(SalesFiles(journal.path, journal.store), DayRule(), child=child)
    try:
        await store.start()
        assert store.child_id == child.process.pid
    finally:
        await store.close()
        await child.end()
        journal.close()


@pytest.mark.parametrize("pieces", [1, 7, 10_000])
def test_what_comes_along_with_the_order_is_kept(pieces: int) -> None:
    parent, child = socket.socketpair()
    with parent, child:
        heard = Heard(child)
        said = frame(asdict(ORDER)) + frame({"ask": "day", "time_zone": "Europe/Vienna", "day_starts_at_minutes": 60})
        for start in range(0, len(said), pieces):
            parent.sendall(said[start : start + pieces])
        parent.shutdown(socket.SHUT_WR)
        assert heard.order() == ORDER
        later = heard.early()
        while (messages := heard.messages()) is not None:
            later += messages
        assert [message["ask"] for message in later] == ["day"]
        assert heard.early() == []
