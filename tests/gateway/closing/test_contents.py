"""What a closing keeps beside its figures, and what stands in its way."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import branchgate
from branchgate.figures import ArticleFigure, ClosingMasterData, SummaryColumns
from gateway.closing.parked import ParkedHere
from gateway.sales.replies import OpenPeriodsReply
from tests.branchgate.receipt_strategies import NOON_MS
from tests.gateway.closing.shop import Shop, branch_sum, closed, open_shop, skipped
from tests.gateway.sales.plain_figures import plain_articles
from tests.gateway.sales.samples import sample_receipt

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Waiting:
    parked_id: bytes
    register_id: str
    title: str


@dataclass
class WaitingReceipts:
    """Parked receipts without a gateway that parks."""

    waiting: list[Waiting]
    carried: list[tuple[Sequence[bytes], str]] = field(default_factory=list)

    def parked_of(self, connection: sqlite3.Connection, register_id: str | None) -> Sequence[ParkedHere]:
        return [one for one in self.waiting if register_id in (None, one.register_id)]

    def carry_over_in(self, connection: sqlite3.Connection, parked_ids: Sequence[bytes], user_id: str) -> None:
        assert connection.in_transaction
        self.carried.append((parked_ids, user_id))


async def test_a_closing_keeps_every_article_the_columns_and_who_the_shop_is(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        sold = [sample_receipt(1, NOON_MS), sample_receipt(2, NOON_MS + HOUR_MS, 500)]
        await shop.sell("kasse-1", *sold)
        (z,) = closed(await shop.close(1))
        assert z.closing.articles == plain_articles(sold) == (ArticleFigure("K1", "Kaffee", 2_000, 1_690, "Stk"),)
        assert z.closing.columns == SummaryColumns((12, 13), (0, 0), (1, 1), (1190, 500), (1, 1), ("getraenke",))
        assert z.closing.master_data == ClosingMasterData(
            company="Käse & Co. KG",
            branch_id="mitte",
            branch_name="Filiale Mitte",
            street="Markt 1",
            postcode="10115",
            town="Berlin",
            country="DEU",
            time_zone="Europe/Berlin",
            register_serial="KASSE-1",
            software="branchgate",
            software_version=branchgate.__version__,
        )


async def test_articles_of_a_closing_are_those_of_its_figures_and_more(tmp_path: Path) -> None:
    """The figures name the twenty best; a closed day's report has all without asking for the sales again."""
    async with open_shop(tmp_path) as shop:
        lines = [replace(sample_receipt(1).lines[0], article_number=f"A{number:02}") for number in range(30)]
        sold = [replace(sample_receipt(number), lines=(line,)) for number, line in enumerate(lines, start=1)]
        await shop.sell("kasse-1", *sold)
        (z,) = closed(await shop.close(1))
        assert [row.article_number for row in z.closing.articles] == [f"A{number:02}" for number in range(30)]
        assert set(z.closing.figures.top_articles) < set(z.closing.articles)


async def test_parked_receipts_stand_in_the_way_of_their_register_alone(tmp_path: Path) -> None:
    parked = WaitingReceipts([Waiting(b"p" * 16, "kasse-1", "Tisch 4"), Waiting(b"q" * 16, "kasse-1", "")])
    async with open_shop(tmp_path, parked=parked) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        await shop.sell("kasse-2", sample_receipt(1))
        steps = await shop.close(1)
        assert skipped(steps) == [("kasse-1", "PARKED_RECEIPTS")]
        assert [step.detail for step in steps if hasattr(step, "detail")] == ["Tisch 4, 71717171"]
        assert [z.closing.register_id for z in closed(steps)] == ["kasse-2"]
        assert not parked.carried
        (z,) = closed(await shop.close(2, "kasse-1", carry_parked=True))
        assert z.closing.carried_parked_ids == (b"p" * 16, b"q" * 16)
        assert parked.carried == [((b"p" * 16, b"q" * 16), "anna")]


async def test_whoever_closes_the_branch_hears_of_what_is_parked_where_nothing_was_sold(tmp_path: Path) -> None:
    parked = WaitingReceipts([Waiting(b"p" * 16, "kasse-2", "Frau Meier")])
    async with open_shop(tmp_path, parked=parked) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        steps = await shop.close(1)
        assert skipped(steps) == [("kasse-2", "PARKED_RECEIPTS")]
        assert branch_sum(steps).closings == 1
        assert skipped(await shop.close(2, carry_parked=True)) == []


async def test_many_parked_receipts_are_counted_and_not_all_named(tmp_path: Path) -> None:
    parked = WaitingReceipts([Waiting(bytes([n]) * 16, "kasse-1", f"Tisch {n}") for n in range(1, 8)])
    async with open_shop(tmp_path, parked=parked) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        (step,) = [step for step in await shop.close(1) if hasattr(step, "detail")]
        assert step.detail == "Tisch 1, Tisch 2, Tisch 3, Tisch 4, Tisch 5 + 2"


async def test_closings_are_found_by_their_business_days(tmp_path: Path) -> None:
    day_ms = 24 * HOUR_MS
    async with open_shop(tmp_path) as shop:
        for number in range(3):
            await shop.sell("kasse-1", sample_receipt(number + 1, NOON_MS + number * day_ms))
            await shop.close(number + 1)
        days = {
            bounds: [z.closing.business_day for z in await shop.past("kasse-1", from_day=bounds[0], to_day=bounds[1])]
            for bounds in (("", ""), ("2026-10-17", ""), ("", "2026-10-16"), ("2026-10-17", "2026-10-17"))
        }
        assert days == {
            ("", ""): ["2026-10-18", "2026-10-17", "2026-10-16"],
            ("2026-10-17", ""): ["2026-10-18", "2026-10-17"],
            ("", "2026-10-16"): ["2026-10-16"],
            ("2026-10-17", "2026-10-17"): ["2026-10-17"],
        }


class CountedMeanwhile:
    """A sales store beside which somebody counts, and finds nothing wrong, after its first answer."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._counted = False

    def __getattr__(self, question: str) -> Any:
        return getattr(self._shop.sales, question)

    async def open_periods(self, register_id: str | None, through: int) -> OpenPeriodsReply:
        reply = await self._shop.sales.open_periods(register_id, through)
        if not self._counted:
            self._counted = True
            await self._shop.count(9, "kasse-1", 1190)
        return reply


async def test_a_count_beside_the_closing_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes no figure; all the same the closing would have said that nobody had counted."""
    async with open_shop(tmp_path) as shop:
        await shop.sell("kasse-1", sample_receipt(1))
        monkeypatch.setattr(shop.desk, "_sales", CountedMeanwhile(shop))
        (z,) = closed(await shop.close(1))
        assert z.closing.count is not None
        assert (z.closing.count.counted_cents, z.closing.count.difference_cents) == (1190, 0)
