"""Real baskets as a month of a branch with two registers: every Z, the month, central and the export against sums made by csv and Counter.

BRANCHGATE_BASKETS names the file of baskets (one a line, names of articles); without it they are made up. BRANCHGATE_LEDGER_MONTH is how
many of the thirty days are lived (default 4, the first ones, each with its thirtieth of the baskets); `scripts/soak` lives all.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from branchgate.figures import Closing, Figures
from branchgate.ids import uuid7
from branchgate.numbers import NumberRange
from branchgate.receipts.basket import Basket, Header
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import Payment, PaymentType, Receipt
from branchgate.receipts.movements import movement
from gateway.closing.model import Closed, CloseDay, CountCash
from gateway.recording import EventToRecord
from tests.ledger.branch import LedgerBranch
from tests.ledger.groceries import FIRST_DAY, REGISTERS, Shopping, Sums, shoppings, sums_of
from tests.ledger.outcome import all_summaries, at_central, compared, exported_until, found_clean, recorded_by_closing

DAYS = int(os.environ.get("BRANCHGATE_LEDGER_MONTH", "4"))
AT_ONCE = 200
FLOAT_CENTS = 20_000
NUMBERS = {name: NumberRange(f"K{place}-", 6) for place, name in enumerate(REGISTERS, start=1)}


class Month:
    """The branch, and what its drawers hold."""

    def __init__(self, folder: Path, first_ms: int) -> None:
        self.branch = LedgerBranch(folder, NUMBERS, first_ms)
        self.running: Counter[str] = Counter()
        self.floats: Counter[str] = Counter()
        self.moved: Counter[str] = Counter()
        self.minted = 0
        self.closings: dict[tuple[str, int], Closing] = {}

    def new_id(self) -> bytes:
        """Of an event, of a request."""
        self.minted += 1
        return uuid7(self.branch.now_ms, self.minted)

    async def sell(self, register_id: str, bought: list[Shopping]) -> None:
        """Handed in as by a register that was offline for a while: many in one message."""
        for first in range(0, len(bought), AT_ONCE):
            await self.hand_in(register_id, [self.rung_up(each) for each in bought[first : first + AT_ONCE]])

    async def hand_in(self, register_id: str, receipts: list[Receipt]) -> None:
        """Recorded, without a finding."""
        events = [EventToRecord(self.new_id(), one.running_number, 1, encode_receipt(one)) for one in receipts]
        recorded = await self.branch.record(register_id, events)
        assert recorded.settled_register_sequence == self.running[register_id]
        assert (recorded.findings, recorded.refused) == ((), ())

    def rung_up(self, shopping: Shopping) -> Receipt:
        """As the client library makes it."""
        basket = Basket()
        for ware in shopping.groceries:
            basket.add(ware.article, category_name=ware.group)
        kind = PaymentType.EC_KARTE if shopping.card else PaymentType.BAR
        header = self.header(shopping.register_id, shopping.at_ms)
        return basket.finish(header, [Payment(kind, basket.total_cents, shopping.card)])

    def header(self, register_id: str, at_ms: int) -> Header:
        """The next receipt's."""
        running = self.running[register_id] = self.running[register_id] + 1
        return Header(NUMBERS[register_id].own_number(running), running, at_ms - 30_000, at_ms, "anna", "Anna")

    async def end_of_day(self, day: int, sold: dict[str, Sums]) -> None:
        """X, a count that is three cents short at the first register, the takings to the bank, the Z of the branch; the float stays."""
        desks = self.branch.desks
        for register_id, sums in sold.items():
            moved = Counter({"Anfangsbestand": self.floats[register_id]})
            same((await desks.closing.x_report(register_id)).figures, sums, moved)
            cash = sums.paid["Bar", ""] + moved.total()
            short = 3 if register_id == REGISTERS[0] else 0
            order = CountCash(self.new_id(), register_id, "bela", counted_cents=cash - short)
            counted = (await desks.cash.count(order)).count
            assert (counted.expected_cents, counted.difference_cents) == (cash, -short)
            moved["DifferenzSollIst"] = -short
            takings = cash - short - FLOAT_CENTS
            if takings > 0:
                moved["Geldtransit"] = -takings
                header = self.header(register_id, self.branch.now_ms)
                await self.hand_in(register_id, [movement(header, "to-bank", takings)])
            self.floats[register_id] = cash - short - max(0, takings)
            self.moved.update(moved)
            sums.moved = moved
        order_to_close = CloseDay(self.new_id(), None, "chef", carry_float=True)
        steps = [step async for step in desks.closing.close_day(order_to_close)]
        made = [step.closing for step in steps if isinstance(step, Closed)]
        assert [(one.register_id, one.z_number) for one in made] == [(name, day + 1) for name in REGISTERS]
        for closing in made:
            self.closings[closing.register_id, closing.z_number] = closing
            assert closing.carried_float_cents == self.floats[closing.register_id]
            assert closing.business_day == (FIRST_DAY + timedelta(days=day)).isoformat()
            same(closing.figures, sold[closing.register_id], sold[closing.register_id].moved)
            best_are(closing.figures, sold[closing.register_id])
            assert {row.article_number: row.gross_cents for row in closing.articles} == dict(
                sold[closing.register_id].articles
            )


def same(figures: Figures, sums: Sums, moved: Counter[str]) -> None:
    """Figures against sums of shoppings, and against the cash that was moved by reason."""
    moves = {case: cents for case, cents in moved.items() if cents}
    assert figures.turnover_cents == sums.gross
    assert figures.sale_count == sums.receipts
    assert figures.gross_cents == sums.gross + sum(moves.values())
    assert {row.vat_key: (row.gross_cents, row.vat_cents) for row in figures.vat if row.vat_key != 5} == {
        key: (gross, sums.vat[key]) for key, gross in sums.by_key.items()
    }
    paid = Counter({(row.type, row.name): row.amount_cents for row in figures.payments})
    paid["Bar", ""] -= sum(moves.values())
    assert {name: cents for name, cents in paid.items() if cents} == dict(sums.paid)
    cases = {row.business_case: row.gross_cents for row in figures.business_cases}
    assert cases == {**sums.cases, **moves}
    assert {row.category_key: row.gross_cents for row in figures.categories} == dict(sums.categories)
    assert {row.hour: row.gross_cents for row in figures.hours} == dict(sums.hours)
    assert figures.cash_cents == sums.paid["Bar", ""] + sum(moves.values())


def best_are(figures: Figures, sums: Sums) -> None:
    """The articles with the highest turnover."""
    best = sorted(sums.articles.items(), key=lambda row: (-row[1], row[0]))[:20]
    told = [(row.article_number, row.gross_cents, row.quantity_thousandths) for row in figures.top_articles]
    assert told == [(number, cents, 1000 * sums.pieces[number]) for number, cents in best]


@pytest.mark.timeout(60 + 60 * DAYS)
async def test_a_month_of_real_baskets_agrees_to_the_cent(tmp_path: Path) -> None:
    by_day: dict[int, dict[str, list[Shopping]]] = {}
    for bought in shoppings(DAYS):
        by_day.setdefault(bought.day, {name: [] for name in REGISTERS})[bought.register_id].append(bought)
    month = Month(tmp_path, by_day[0][REGISTERS[0]][0].at_ms)
    await month.branch.start()
    try:
        for day, shops in by_day.items():
            last_ms = max(each.at_ms for bought in shops.values() for each in bought)
            month.branch.wait(last_ms + 3_600_000 - month.branch.now_ms)
            for name, of_register in shops.items():
                await month.sell(name, of_register)
            await month.end_of_day(day, {name: sums_of(bought) for name, bought in shops.items()})
        summaries = await all_summaries(month.branch.desks)
        central = await at_central(month.branch.folder, summaries)
    finally:
        await month.branch.stop()
    assert {(one.register_id, one.z_number): one.figures for one in summaries} == {
        name: closing.figures for name, closing in month.closings.items()
    }
    everything = [each for shops in by_day.values() for bought in shops.values() for each in bought]
    whole = sums_of(everything)
    same(central.total, whole, month.moved)
    articles: Counter[str] = Counter()
    for summary in summaries:
        articles.update({row.article_number: row.gross_cents for row in summary.articles})
    assert articles == whole.articles
    recorded = recorded_by_closing(month.branch.folder / "branch.db")
    exported = exported_until(month.branch.folder, month.branch.now_ms)
    compared(exported, recorded, month.closings)
    found_clean(exported, month.branch.folder)
