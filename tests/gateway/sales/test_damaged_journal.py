"""The sales store goes on behind entries that the disk does not give out, so that a damaged branch can still close its day."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gateway.sales.source import JournalSource
from tests.gateway.branch import RANGE, receipt, tampered
from tests.gateway.closing.shop import Shop, closed, open_shop

SALES = 60
PAGE = 4096


async def sell(shop: Shop) -> None:
    for running in range(1, SALES + 1):
        await shop.sell("k1", receipt(running))


def spoil(path: Path, mark: bytes) -> None:
    """Makes every page of a file unreadable that holds `mark`."""
    content = bytearray(path.read_bytes())
    found = content.find(mark)
    assert found >= 0
    while found >= 0:
        page = found // PAGE * PAGE
        content[page : page + 8] = b"\xff" * 8
        found = content.find(mark, page + PAGE)
    path.write_bytes(content)


def lost(path: Path) -> int:
    """How many entries cannot be read."""
    source = JournalSource(path)
    try:
        return sum(not row.chain_hash for row in source.read(0, 10_000))
    finally:
        source.close()


async def test_x_and_z_work_behind_an_unreadable_page(tmp_path: Path) -> None:
    """The store's process failed again and again at the page, and no register could be closed."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await sell(shop)
    spoil(tmp_path / "branch.db", RANGE.number(30).encode())
    (tmp_path / "sales.duckdb").unlink()
    gone = lost(tmp_path / "branch.db")
    assert 0 < gone < SALES // 2
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        assert (await shop.figures("k1")).receipt_count == SALES - gone
        (step,) = closed(await shop.close(1))
        assert (step.closing.z_number, step.closing.figures.receipt_count) == (1, SALES - gone)


async def test_an_entry_whose_body_is_unreadable_is_a_finding_in_its_period(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("k1", receipt(1))
        await shop.sell("k1", receipt(2, lines=300))
        before = (await shop.figures("k1")).finding_count
        for running in range(3, SALES):
            await shop.sell("k1", receipt(running))
    overflow = b"A150"  # a line in the middle of the long receipt, on a page that holds nothing else
    spoil(tmp_path / "branch.db", overflow)
    (tmp_path / "sales.duckdb").unlink()
    assert lost(tmp_path / "branch.db") == 1
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        figures = await shop.figures("k1")
        assert (figures.receipt_count, figures.finding_count) == (SALES - 2, before + 1)
        assert [step.closing.z_number for step in closed(await shop.close(1))] == [1]


async def test_a_body_that_somebody_stored_as_a_text_that_is_none_is_a_finding_in_its_period(tmp_path: Path) -> None:
    """SQLite would not give it out, and the store's process failed again and again."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await sell(shop)
        before = (await shop.figures("k1")).finding_count
    hand = tampered(tmp_path / "branch.db")
    hand.execute("UPDATE journal SET body = CAST(x'ff00aa' AS TEXT) WHERE kind = 1 AND register_sequence = 30")
    hand.close()
    (tmp_path / "sales.duckdb").unlink()
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        figures = await shop.figures("k1")
        assert (figures.receipt_count, figures.finding_count) == (SALES - 1, before + 1)


async def test_what_is_filled_never_ends_at_an_entry_that_proves_nothing(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await sell(shop)
    spoil(tmp_path / "branch.db", RANGE.number(30).encode())
    source = JournalSource(tmp_path / "branch.db")
    try:
        after, seen = 0, list[int]()
        while rows := source.read(after, 1):
            assert rows[-1].chain_hash
            seen += [row.sequence for row in rows]
            after = rows[-1].sequence
        assert seen == list(range(1, source.end().head + 1))
    finally:
        source.close()


def spoil_closing(path: Path, z_number: int, body: bytes) -> None:
    """Overwrites the body of kasse k1's closing with that number."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT sequence FROM journal WHERE kind = 5 AND register_id = 'k1' ORDER BY sequence"
        )
        sequence = rows.fetchall()[z_number - 1][0]
        connection.execute("DROP TRIGGER journal_keeps_values")
        connection.execute("UPDATE journal SET body = ? WHERE sequence = ?", (body, sequence))
    connection.close()


@pytest.mark.parametrize("body", [b"\xff" * 40, b""], ids=["does not parse", "parses as nothing"])
async def test_a_damaged_closing_ends_its_period_all_the_same(tmp_path: Path, body: bytes) -> None:
    """Else a store made anew mixed both periods, counted the carried float twice and could never close the register again."""
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("k1", receipt(1), receipt(2))
        await shop.close(1, carry_float=True)
        await shop.sell("k1", receipt(3))
        cash = (await shop.expected("k1")).expected_cents
    spoil_closing(tmp_path / "branch.db", 1, body)
    (tmp_path / "sales.duckdb").unlink()
    for _ in range(2):  # the second time from the store as it was filled
        async with open_shop(tmp_path, numbers=RANGE) as shop:
            assert (await shop.expected("k1")).expected_cents == cash
            figures = await shop.figures("k1")
            assert {row.business_case for row in figures.cash} == {"Anfangsbestand", "Umsatz"}
            assert figures.receipt_count == 2
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        (step,) = closed(await shop.close(2))
        assert (step.closing.z_number, step.closing.figures.cash_cents) == (2, cash)
        assert [one.closing.z_number for one in await shop.past("k1")] == [2]


async def test_behind_a_damaged_last_closing_the_next_period_begins(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=RANGE) as shop:
        await shop.sell("k1", receipt(1))
        await shop.close(1)
    spoil_closing(tmp_path / "branch.db", 1, b"\xff" * 40)
    (tmp_path / "sales.duckdb").unlink()
    for running, z_number in ((2, 2), (3, 3)):
        async with open_shop(tmp_path, numbers=RANGE) as shop:
            shop.resume({"k1": running - 1}, running)
            await shop.sell("k1", receipt(running))
            (step,) = closed(await shop.close(running))
            assert (step.closing.z_number, step.closing.figures.receipt_count) == (z_number, 1)
