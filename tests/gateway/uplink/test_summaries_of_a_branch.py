"""A branch's summaries from its closing desk to central's report: one definition, and closed days that never change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from branchgate.figures import Summary, add, figures_from_message, summary_to_message
from branchgate.v1 import central_admin_pb2 as admin
from gateway.sales.client import SalesFiles, SalesStore
from gateway.sales.days import DayRule
from gateway.sales.opened import Tuning
from gateway.uplink.answers import portions
from tests.branchgate.receipt_strategies import NOON_MS
from tests.gateway.closing.shop import Shop, closed, open_shop
from tests.gateway.sales.samples import sample_receipt
from tests.gateway.uplink.test_summaries_upload import answers_of, gateway_at_central

DAY_MS = 24 * 3600 * 1000


async def sell_days(shop: Shop, first: int, count: int) -> None:
    """Days of two registers, closed each evening."""
    for day in range(first, first + count):
        at_ms = NOON_MS + day * DAY_MS
        await shop.sell(
            "kasse-1", sample_receipt(2 * day + 1, at_ms, 100 + day), sample_receipt(2 * day + 2, at_ms, 50)
        )
        await shop.sell("kasse-2", sample_receipt(day + 1, at_ms, 300 + day))
        assert len(closed(await shop.close(day + 1))) == 2


async def listed(shop: Shop, sales: SalesStore | None = None) -> list[Summary]:
    return [one async for one in (sales or shop.sales).summaries(None, shop.branch.journal.head)]


def as_sent(summaries: list[Summary]) -> dict[tuple[str, int], bytes]:
    """The bytes of closed days by register and Z number."""
    return {
        (one.register_id, one.z_number): summary_to_message(one).SerializeToString(deterministic=True)
        for one in summaries
        if one.z_number
    }


@asynccontextmanager
async def rebuilt(shop: Shop, folder: Path) -> AsyncIterator[SalesStore]:
    """A second sales store, filled from the journal under another rule for the business day."""
    files = SalesFiles(shop.branch.path, folder / "rebuilt.duckdb")
    sales = SalesStore(files, DayRule("Pacific/Auckland", 300), tuning=Tuning(threads=1))
    await sales.start()
    try:
        yield sales
    finally:
        await sales.close()


async def test_a_closed_day_is_the_same_bytes_however_much_later_it_is_asked(tmp_path: Path) -> None:
    """Also after the sales store was lost and rebuilt by today's settings: it is what the closing told, not what a query finds."""
    async with open_shop(tmp_path) as shop:
        await sell_days(shop, 0, 2)
        early = as_sent(await listed(shop))
        assert len(early) == 4
        await sell_days(shop, 2, 2)
        await shop.sell("kasse-1", sample_receipt(99, NOON_MS + 9 * DAY_MS))
        later = as_sent(await listed(shop))
        assert {name: later[name] for name in early} == early
        async with rebuilt(shop, tmp_path) as sales:
            assert as_sent(await listed(shop, sales)) == later
        open_day = (await listed(shop))[-3]
        assert [one.z_number for one in await listed(shop)].count(0) == 1
        assert open_day.articles


async def test_closed_days_bring_every_article_and_their_columns(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await sell_days(shop, 0, 1)
        await shop.sell("kasse-1", sample_receipt(3, NOON_MS, 700))
        first, still_open, _ = await listed(shop)
        assert [row.gross_cents for row in first.articles] == [150]
        assert [row.gross_cents for row in still_open.articles] == [700]
        assert (sum(first.columns.gross_cents), sum(still_open.columns.gross_cents)) == (150, 700)
        pieces = [len(piece) async for piece in portions(shop.sales.summaries(None, shop.branch.journal.head))]
        assert sum(pieces) == 3


async def test_centrals_report_is_the_branchs(tmp_path: Path) -> None:
    """From the till's receipt through closing, sales store, session and central's tables."""
    async with open_shop(tmp_path) as shop:
        await sell_days(shop, 0, 3)
        await shop.sell("kasse-2", sample_receipt(44, NOON_MS + 3 * DAY_MS, 999))
        branch = await listed(shop)
        answers = answers_of(shop.sales, shop.branch.journal.head)
        year = await shop.sales.closed(None, shop.branch.journal.head)
        async with gateway_at_central(tmp_path, answers) as operator:
            pulled = await operator.PullSummaries(admin.PullSummariesRequest(branch_id="mitte"))
            assert pulled.stored == len(branch) == 7
            report = await operator.GetReport(admin.GetReportRequest(branch_id="mitte"))
            closed_days = await operator.GetReport(
                admin.GetReportRequest(branch_id="mitte", to_day=year.whole.last_day)
            )
        assert figures_from_message(report.total) == add([one.figures for one in branch])
        assert figures_from_message(closed_days.total) == year.whole.figures
        assert len(report.rows) == 7
