"""The sales store goes on behind entries that the disk does not give out, so that a damaged branch can still close its day."""

from __future__ import annotations

from pathlib import Path

from gateway.sales.source import JournalSource
from tests.gateway.branch import RANGE, receipt
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
