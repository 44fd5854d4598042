"""X, Z and branch over a real journal, a real recorder and a real sales store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from branchgate.errors import Refused, TryAgain
from branchgate.events import EventKind
from branchgate.figures import Figures, add, decode_closing
from branchgate.receipts.model import Receipt
from gateway.closing.asked import TRIES
from gateway.closing.model import REGISTER_BUSY, Closed, CloseDay, Started
from gateway.recording.states import read_state
from gateway.sales.replies import OpenPeriodsReply
from tests.branchgate.receipt_strategies import days
from tests.gateway.closing.shop import Shop, branch_sum, closed, open_shop, skipped
from tests.gateway.sales.plain_figures import plain_figures
from tests.gateway.sales.samples import sample_receipt


def receipts(first: int, count: int) -> list[Receipt]:
    return [sample_receipt(number, gross_cents=100 + number) for number in range(first, first + count)]


async def test_an_x_changes_nothing_and_the_z_is_what_it_said(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", *receipts(1, 5))
        head = shop.branch.journal.head
        first, second = await shop.desk.x_report("kasse-1"), await shop.desk.x_report(None)
        assert shop.branch.journal.head == head == first.through
        assert first.figures == second.figures == plain_figures(receipts(1, 5))
        (z,) = closed(await shop.close(1, "kasse-1", carry_float=True))
        assert z.closing.figures == first.figures
        assert (await shop.desk.x_report("kasse-1")).figures == Figures()


async def test_a_closing_carries_number_day_anchor_and_version(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", *receipts(1, 2))
        head, head_hash = shop.branch.journal.head, shop.branch.journal.head_hash
        (z,) = closed(await shop.close(1))
        assert (z.closing.z_number, z.closing.business_day, z.closing.user_id) == (1, "2026-10-16", "anna")
        assert (z.closing.through_journal_sequence, z.closing.chain_hash) == (head, head_hash)
        assert z.closing.taxonomy_version == "2.4"
        entry = shop.branch.reader.by_event_id(z.event_id)
        assert entry is not None
        assert (entry.kind, entry.register_id) == (EventKind.CLOSING, "kasse-1")
        assert decode_closing(entry.body) == z.closing
        assert head_hash.hex()[:16] in z.text


async def test_z_numbers_count_from_one_without_a_gap_per_register(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        for day in range(1, 4):
            await shop.sell("kasse-1", *receipts(day, 1))
            if day > 1:
                await shop.sell("kasse-2", *receipts(day, 1))
            await shop.close(day)
        found = [(z.closing.register_id, z.closing.z_number) for z in await shop.past()]
        assert found == [("kasse-2", 2), ("kasse-1", 3), ("kasse-2", 1), ("kasse-1", 2), ("kasse-1", 1)]
        assert len(await shop.past("kasse-1", 2)) == 2
        assert read_state(shop.branch.reader.connection, "kasse-1").z_number == 3


async def test_a_register_without_a_receipt_has_nothing_to_close(tmp_path: Path) -> None:
    async with open_shop(tmp_path, registers=["kasse-1"]) as shop:
        assert skipped(await shop.close(1, "kasse-1")) == [("kasse-1", "NOTHING_TO_CLOSE")]
        (last,) = await shop.close(2)
        assert branch_sum([last]).closings == 0


async def test_the_same_order_again_gives_the_same_closings(tmp_path: Path) -> None:
    """A caller that lost the answer repeats its order; what was sold since is left for the next one."""
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", *receipts(1, 3))
        await shop.sell("kasse-2", *receipts(1, 2))
        first = await shop.close(7, paper=True)
        await shop.sell("kasse-1", *receipts(4, 1))
        head = shop.branch.journal.head
        again = await shop.close(7, paper=True)
        assert closed(again) == closed(first)
        assert branch_sum(again).figures == branch_sum(first).figures
        assert shop.branch.journal.head == head
        assert len(shop.printed) == 2
        assert (await shop.figures("kasse-1")).receipt_count == 1


async def test_an_order_that_broke_off_is_finished_by_giving_it_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        for register_id in ("kasse-1", "kasse-2", "kasse-3"):
            await shop.sell(register_id, *receipts(1, 1))
        whole = await shop.close(9, "kasse-1")
        steps = await shop.close(9)
        assert [z.closing.register_id for z in closed(steps)] == ["kasse-1", "kasse-2", "kasse-3"]
        assert closed(steps)[0] == closed(whole)[0]
        assert [step.position for step in steps if isinstance(step, Started)] == [1, 2, 3]


async def test_two_orders_at_once_make_one_z(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", *receipts(1, 3))
        orders = await asyncio.gather(*(shop.close(number, "kasse-1") for number in range(1, 6)))
        made = [z for steps in orders for z in closed(steps)]
        assert [z.closing.z_number for z in made] == [1]
        assert [reason for steps in orders for _, reason in skipped(steps)] == ["NOTHING_TO_CLOSE"] * 4


async def test_the_same_order_twice_at_once_makes_one_z_and_tells_both(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", *receipts(1, 3))
        one, other = await asyncio.gather(shop.close(1, "kasse-1", paper=True), shop.close(1, "kasse-1", paper=True))
        assert closed(one) == closed(other)
        assert len(shop.printed) == 1


async def test_every_receipt_is_in_exactly_one_z_while_registers_sell_and_close(tmp_path: Path) -> None:
    """Boundaries are exact: closings and receipts race, and the closings' sums are what was sold, no cent more or less."""
    async with open_shop(tmp_path) as shop:
        sold = receipts(1, 60)

        async def selling() -> None:
            for receipt in sold:
                await shop.sell("kasse-1", receipt)

        async def closing() -> list[Closed]:
            made: list[Closed] = []
            for number in range(1, 9):
                made += closed(await shop.close(number, "kasse-1"))
            return made

        _, made = await asyncio.gather(selling(), closing())
        made += closed(await shop.close(99, "kasse-1"))
        assert [z.closing.z_number for z in made] == list(range(1, len(made) + 1))
        at = 0
        for z in made:
            part = sold[at : at + z.closing.figures.receipt_count]
            # Nobody carried the cash over.
            assert z.closing.figures == replace(plain_figures(part), finding_count=1)
            assert z.closing.figures == await shop.figures("kasse-1", z.closing.z_number)
            at += len(part)
        assert at == len(sold)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=days(registers=("kasse-1", "kasse-2", "kasse-3"), most=25))
def test_the_branch_is_the_sum_of_its_closings_and_of_the_sales(
    day: list[tuple[str, Receipt]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def scene() -> None:
        async with open_shop(tmp_path_factory.mktemp("shop")) as shop:
            for register_id, receipt in day:
                await shop.sell(register_id, receipt)
            x = await shop.desk.x_report(None)
            steps = await shop.close(1)
            total = branch_sum(steps).figures
            parts = closed(steps)
            assert replace(total, top_articles=()) == replace(add([z.closing.figures for z in parts]), top_articles=())
            names = [(z.closing.register_id, z.closing.z_number) for z in parts]
            asked = (await shop.sales.figures_of(names, shop.branch.journal.head)).figures
            assert numberless(total) == numberless(asked) == numberless(x.figures)

    asyncio.run(scene())


def numberless(figures: Figures) -> Figures:
    """Without receipt numbers, which belong to a register, and findings: closing finds cash that nobody carried."""
    return replace(figures, first_receipt_number="", last_receipt_number="", finding_count=0)


class SellingMeanwhile:
    """A sales store beside which the register sells once more after each answer."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.asked = 0

    def __getattr__(self, question: str) -> Any:
        return getattr(self._shop.sales, question)

    async def open_periods(self, register_id: str | None, through: int) -> OpenPeriodsReply:
        reply = await self._shop.sales.open_periods(register_id, through)
        self.asked += 1
        await self._shop.sell("kasse-1", sample_receipt(self.asked + 1))
        return reply


async def test_a_register_that_never_pauses_is_skipped_and_the_others_are_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        await shop.sell("kasse-2", sample_receipt(1))
        meanwhile = SellingMeanwhile(shop)
        monkeypatch.setattr(shop.desk, "_sales", meanwhile)
        steps = await shop.close(1)
        assert skipped(steps) == [("kasse-1", REGISTER_BUSY)]
        assert [z.closing.register_id for z in closed(steps)] == ["kasse-2"]
        assert meanwhile.asked == TRIES + 1


async def test_without_the_sales_store_closing_is_put_off_and_selling_is_not(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        await shop.sales.close()
        with pytest.raises(TryAgain):
            await shop.close(1)
        await shop.sell("kasse-1", sample_receipt(2))


async def test_an_order_needs_an_id_of_sixteen_bytes(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        with pytest.raises(Refused) as told:
            [step async for step in shop.desk.close_day(CloseDay(b"short", None, "anna"))]
        assert told.value.field == "request_id"


async def test_past_closings_are_copies_and_the_first_text_is_not(tmp_path: Path) -> None:
    async with open_shop(tmp_path, settings=None) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        (z,) = closed(await shop.close(1))
        (past,) = await shop.past(None, 1)
        assert past.closing == z.closing
        assert "KOPIE" in past.text
        assert "KOPIE" not in z.text


def total_of(parts: Sequence[Closed]) -> int:
    return sum(part.closing.figures.gross_cents for part in parts)


async def test_closings_survive_the_loss_of_the_sales_store(tmp_path: Path) -> None:
    """The DuckDB file is deleted overnight: closed days are as they were printed, and the next Z goes on counting."""
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", *receipts(1, 4))
        (z,) = closed(await shop.close(1))
        await shop.sales.close()
        (tmp_path / "sales.duckdb").unlink()
        await shop.sales.start()
        (past,) = await shop.past("kasse-1", 5)
        assert past.closing == z.closing
        await shop.sell("kasse-1", *receipts(5, 1))
        (following,) = closed(await shop.close(2))
        assert following.closing.z_number == 2
        assert total_of([z, following]) == sum(receipt.total_cents for receipt in receipts(1, 5))
