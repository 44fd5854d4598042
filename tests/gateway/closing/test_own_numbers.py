"""Numbers of the receipts that the gateway books by itself: from the reserved part of the range, and without one where none is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.numbers import NumberRange
from tests.gateway.closing.drawers import own_receipts, reasons, sale
from tests.gateway.closing.shop import open_shop

RANGE = NumberRange("K1-", 6)
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("numbers", "used", "running"),
    [(None, 0, 10**12), (None, 905, 906), (NumberRange("K", 3), 999, 1_000), (NumberRange("K", 9), 10**9 - 1, 10**9)],
)
async def test_without_a_number_left_the_money_is_right_and_a_finding_says_so(
    tmp_path: Path, numbers: NumberRange | None, used: int, running: int
) -> None:
    async with open_shop(tmp_path, numbers=numbers) as shop:
        await shop.sell("kasse-1", sale(1))
        await shop.branch.writer.submit(lambda c: c.execute("UPDATE register_state SET reserved_number = ?", (used,)))
        before = len(reasons(shop.branch))
        await shop.count(1, "kasse-1", 1_000)
        assert (await shop.expected("kasse-1")).expected_cents == 1_000
        await shop.count(2, "kasse-1", 2_000)
        told = [(each.receipt_number, each.running_number) for each in own_receipts(shop.branch)]
        assert told == [("", running), ("", running + 1)]
        assert reasons(shop.branch)[before:] == ["OWN_NUMBER_MISSING"] * 2


@pytest.mark.parametrize(
    ("used", "first"), [(999, 900_000), (1_004, 900_000), (900_005, 900_006), (10**12 + 1, 900_000)]
)
async def test_a_new_range_is_used_from_its_own_reserved_part_on(tmp_path: Path, used: int, first: int) -> None:
    async with open_shop(tmp_path, numbers=NumberRange("K9-", 6)) as shop:
        await shop.sell("kasse-1", sale(1))
        await shop.branch.writer.submit(lambda c: c.execute("UPDATE register_state SET reserved_number = ?", (used,)))
        await shop.count(1, "kasse-1", 1_000)
        assert [each.receipt_number for each in own_receipts(shop.branch)] == [f"K9-{first}"]


async def test_a_new_range_with_other_digits_begins_its_reserved_part(tmp_path: Path) -> None:
    async with open_shop(tmp_path, numbers=NumberRange("N", 3)) as shop:
        await shop.sell("kasse-1", sale(1))
        await shop.branch.writer.submit(lambda c: c.execute("UPDATE register_state SET reserved_number = 900007"))
        await shop.count(1, "kasse-1", 1_000)
        assert [each.receipt_number for each in own_receipts(shop.branch)] == ["N900"]
