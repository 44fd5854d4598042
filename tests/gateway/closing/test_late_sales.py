"""Receipts that come after their day was closed, and business days that do not end at midnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from branchgate.events import EventKind
from branchgate.receipts.check import MAX_CLOCK_SKEW_MS
from branchgate.receipts.model import ReceiptType
from branchgate.records import decode_finding_record
from gateway.sales.days import DayRule, Days, plausible_ms
from tests.gateway.branch import NOW_MS
from tests.gateway.closing.shop import Shop, closed, open_shop
from tests.gateway.sales.samples import sample_receipt

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def late_findings(shop: Shop) -> int:
    entries = [entry for entry in shop.branch.reader.read(0, 1000) if entry.kind is EventKind.FINDING]
    found = [finding.reason for entry in entries for finding in decode_finding_record(entry.body).findings]
    return found.count("LATE_SALE")


async def test_a_sale_from_before_the_closing_counts_in_the_next_period_and_is_shown(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1, NOW_MS - HOUR_MS))
        await shop.close(1)
        shop.branch.clock.advance(HOUR_MS)
        await shop.sell("kasse-1", sample_receipt(2, NOW_MS - MINUTE_MS), sample_receipt(3, NOW_MS + MINUTE_MS))
        figures = (await shop.desk.x_report("kasse-1")).figures
        assert (figures.receipt_count, figures.late_count, late_findings(shop)) == (2, 1, 1)
        shop.branch.clock.advance(DAY_MS)
        (z,) = closed(await shop.close(2))
        assert (z.closing.figures.late_count, z.closing.business_day) == (1, "2026-11-18")


async def test_a_day_that_nobody_closed_for_this_register_takes_its_offline_sales(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-2", sample_receipt(1, NOW_MS))
        await shop.close(1)
        shop.branch.clock.advance(DAY_MS)
        await shop.sell("kasse-1", sample_receipt(1, NOW_MS))
        assert late_findings(shop) == 0


async def test_a_day_closed_in_the_morning_after_ends_where_it_ends(tmp_path: Path) -> None:
    """Yesterday is closed at nine; what the register sold offline at eight belongs to today and is not late."""
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1, NOW_MS))
        shop.branch.clock.advance(DAY_MS)
        (z,) = closed(await shop.close(1))
        assert z.closing.business_day == "2026-11-18"
        await shop.sell("kasse-1", sample_receipt(2, NOW_MS + DAY_MS - HOUR_MS))
        assert late_findings(shop) == 0
        await shop.sell("kasse-1", sample_receipt(3, NOW_MS + HOUR_MS))
        assert late_findings(shop) == 1


async def test_training_and_other_papers_are_never_late(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1, NOW_MS - HOUR_MS))
        await shop.close(1)
        shop.branch.clock.advance(HOUR_MS)
        await shop.sell("kasse-1", replace(sample_receipt(2, NOW_MS - MINUTE_MS), type=ReceiptType.AV_TRAINING))
        assert late_findings(shop) == 0


async def test_a_sale_right_behind_the_closing_is_not_late_by_a_clock_that_is_behind(tmp_path: Path) -> None:
    """A register's clock five seconds behind the gateway's made every first sale behind a Z a late one."""
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1, NOW_MS - HOUR_MS))
        await shop.close(1)
        shop.branch.clock.advance(2_000)
        await shop.sell("kasse-1", sample_receipt(2, NOW_MS - 3_000))
        await shop.sell("kasse-1", sample_receipt(3, NOW_MS + 2_000 - MAX_CLOCK_SKEW_MS))
        assert late_findings(shop) == 0
        await shop.sell("kasse-1", sample_receipt(4, NOW_MS + 1_999 - MAX_CLOCK_SKEW_MS))
        assert late_findings(shop) == 1


async def test_a_sale_that_asks_for_its_paper_has_just_happened_whatever_its_clock_says(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1, NOW_MS - HOUR_MS))
        await shop.close(1)
        await shop.sell("kasse-1", sample_receipt(2, NOW_MS - HOUR_MS), paper=True)
        assert late_findings(shop) == 0
        await shop.sell("kasse-1", sample_receipt(3, NOW_MS - HOUR_MS))
        assert late_findings(shop) == 1


@pytest.mark.parametrize(
    ("day", "shift", "local"),
    [
        ("2026-10-16", 0, "2026-10-17T00:00"),
        ("2026-10-16", 240, "2026-10-17T04:00"),
        ("2026-10-25", 0, "2026-10-26T00:00"),  # 25 hours
        ("2026-03-29", 0, "2026-03-30T00:00"),  # 23 hours
        ("2026-12-31", 90, "2027-01-01T01:30"),
    ],
)
def test_a_business_day_ends_with_the_first_moment_of_the_next(day: str, shift: int, local: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    days = Days(DayRule("Europe/Berlin", shift))
    end = days.ends_ms(day)
    assert end == int(datetime.fromisoformat(local).replace(tzinfo=zone).timestamp()) * 1000
    assert days.business_day(end - 1000) == day
    assert days.business_day(end) > day


@pytest.mark.parametrize("wrong_ms", [DAY_MS, 73 * 365 * DAY_MS, 1 - NOW_MS, -367 * DAY_MS])
async def test_a_clock_that_cannot_be_gives_neither_the_day_nor_a_late_sale(tmp_path: Path, wrong_ms: int) -> None:
    """A register whose battery was empty made closings of 2099 that no export reached, and of 1970."""
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1, NOW_MS + wrong_ms), sample_receipt(2, NOW_MS))
        (z,) = closed(await shop.close(1))
        assert z.closing.business_day == "2026-11-18"
        shop.branch.clock.advance(DAY_MS)
        await shop.sell("kasse-1", sample_receipt(3, NOW_MS + DAY_MS + wrong_ms))
        assert late_findings(shop) == 0
        (z,) = closed(await shop.close(2))
        assert z.closing.business_day == "2026-11-19"


async def test_a_clock_a_little_ahead_and_a_receipt_that_waited_for_months_keep_their_time(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1, NOW_MS - 300 * DAY_MS))
        (z,) = closed(await shop.close(1))
        assert z.closing.business_day == "2026-01-22"
    assert plausible_ms(NOW_MS + MAX_CLOCK_SKEW_MS, NOW_MS) == NOW_MS + MAX_CLOCK_SKEW_MS
