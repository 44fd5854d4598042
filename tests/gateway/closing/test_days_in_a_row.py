"""Sales, counts, closings, late sales and crashes of two registers in any order, held against a few numbers in plain Python."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from branchgate.figures import add
from branchgate.numbers import NumberRange
from branchgate.receipts.basket import Header, money_movement
from branchgate.receipts.model import BusinessCase, Receipt
from tests.gateway.branch import NOW_MS
from tests.gateway.closing.shop import Shop, branch_sum, closed, open_shop, skipped
from tests.gateway.sales.samples import sample_receipt

T = TypeVar("T")

RANGE = NumberRange("K1-", 6)
REGISTERS = st.sampled_from(["kasse-1", "kasse-2"])
CENTS = st.integers(1, 20_000)
MINUTE_MS = 60_000


@dataclass
class Drawer:
    """A register as plain numbers: cash by reason in the open period, what is carried into the next, the last Z."""

    cash: dict[str, int] = field(default_factory=dict)
    receipts: int = 0
    late: int = 0
    counted: int | None = None
    carried: int = 0
    z_number: int = 0
    running: int = 0
    closed_until_ms: int = 0

    @property
    def expected(self) -> int:
        return self.carried + sum(self.cash.values())

    def book(self, case: str, cents: int) -> None:
        """A receipt; the first of a period brings the float along."""
        if not self.receipts and self.carried:
            carried, self.carried = self.carried, 0
            self.book("Anfangsbestand", carried)
        self.receipts += 1
        self.cash[case] = self.cash.get(case, 0) + cents

    def close(self, now_ms: int, *, carry: bool) -> None:
        self.z_number += 1
        self.carried = max(0, self.expected) if carry else 0
        self.closed_until_ms = now_ms
        self.cash, self.receipts, self.late, self.counted = {}, 0, 0, None


class DaysInARow(RuleBasedStateMachine):
    """The shop lives in a loop of its own, so that a rule is one step of it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.drawers = {"kasse-1": Drawer(), "kasse-2": Drawer()}
        self.sequences: dict[str, int] = {}
        self.minted = 0
        self.requests = 0
        self.now_ms = NOW_MS
        self.open()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def open(self) -> None:
        self.stack = AsyncExitStack()
        self.shop: Shop = self.run(
            self.stack.enter_async_context(
                open_shop(Path(self.folder.name), numbers=RANGE, registers=["kasse-1", "kasse-2"])
            )
        )
        self.shop.branch.clock.wall_ms = self.now_ms
        self.shop.resume(self.sequences, self.minted)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.loop.close()
        self.folder.cleanup()

    def hand_in(self, register_id: str, receipt: Receipt) -> None:
        self.run(self.shop.sell(register_id, receipt))
        self.sequences[register_id] = self.sequences.get(register_id, 0) + 1
        self.minted += 1

    def next_number(self, register_id: str) -> int:
        drawer = self.drawers[register_id]
        drawer.running += 1
        return drawer.running

    @rule(register_id=REGISTERS, cents=CENTS)
    def sell(self, register_id: str, cents: int) -> None:
        self.shop.branch.clock.advance(MINUTE_MS)
        self.now_ms += MINUTE_MS
        self.hand_in(register_id, sample_receipt(self.next_number(register_id), self.now_ms, cents))
        self.drawers[register_id].book("Umsatz", cents)

    @rule(register_id=REGISTERS, cents=CENTS, minutes=st.integers(1, 20))
    def sell_late(self, register_id: str, cents: int, minutes: int) -> None:
        at_ms = self.now_ms - minutes * MINUTE_MS
        self.hand_in(register_id, sample_receipt(self.next_number(register_id), at_ms, cents))
        drawer = self.drawers[register_id]
        drawer.late += minutes > 10 and at_ms < drawer.closed_until_ms
        drawer.book("Umsatz", cents)

    @rule(register_id=REGISTERS, cents=CENTS)
    def pay_out(self, register_id: str, cents: int) -> None:
        number = self.next_number(register_id)
        header = Header(RANGE.number(number), number, self.now_ms, self.now_ms, "anna", "Anna")
        self.hand_in(register_id, money_movement(header, BusinessCase.AUSZAHLUNG, -cents, "Auszahlung"))
        self.drawers[register_id].book("Auszahlung", -cents)

    @rule(register_id=REGISTERS, off=st.sampled_from([0, 0, -100, 5, 12_345]))
    def count(self, register_id: str, off: int) -> None:
        drawer = self.drawers[register_id]
        cents = max(0, drawer.expected + off)
        off = cents - drawer.expected
        self.requests += 1
        counted = self.run(self.shop.count(self.requests, register_id, cents)).count
        assert (counted.expected_cents, counted.difference_cents) == (drawer.expected, off)
        if off:
            drawer.book("DifferenzSollIst", off)
        drawer.counted = cents

    @rule(register_id=REGISTERS, carry=st.booleans())
    def close_one(self, register_id: str, carry: bool) -> None:
        self.close([register_id], register_id, carry)

    @rule(carry=st.booleans())
    def close_all(self, carry: bool) -> None:
        self.close(["kasse-1", "kasse-2"], None, carry)

    def close(self, names: list[str], register_id: str | None, carry: bool) -> None:
        x = {name: self.run(self.shop.desk.x_report(name)).figures for name in names}
        self.requests += 1
        steps = self.run(self.shop.close(self.requests, register_id, carry_float=carry))
        made = {z.closing.register_id: z.closing for z in closed(steps)}
        assert sorted(made) == [name for name in names if self.drawers[name].receipts]
        assert skipped(steps) == ([] if register_id is None or made else [(register_id, "NOTHING_TO_CLOSE")])
        for name, closing in made.items():
            drawer = self.drawers[name]
            figures = closing.figures
            # The closing itself finds a drawer below zero, and cash that nobody carried over or took out.
            found = drawer.expected < 0 or (drawer.expected > 0 and not carry)
            assert figures == replace(x[name], finding_count=x[name].finding_count + found)
            assert closing.z_number == drawer.z_number + 1
            assert {row.business_case: row.amount_cents for row in figures.cash} == drawer.cash
            assert (figures.cash_cents, figures.receipt_count) == (drawer.expected, drawer.receipts)
            assert figures.late_count == drawer.late
            assert (closing.count.counted_cents if closing.count else None) == drawer.counted
            assert closing.carried_float_cents == (max(0, drawer.expected) if carry else None)
            drawer.close(self.now_ms, carry=carry)
        total = branch_sum(steps).figures
        parts = add([closing.figures for closing in made.values()])
        assert (total.gross_cents, total.cash, total.users) == (parts.gross_cents, parts.cash, parts.users)

    @precondition(lambda self: self.minted)
    @rule()
    def begin_anew(self) -> None:
        self.run(self.stack.aclose())
        self.open()

    @invariant()
    def expected_cash_is_what_was_booked(self) -> None:
        told = {drawer.register_id: drawer for drawer in self.run(self.shop.cash.expected(None))}
        assert {name: drawer.expected_cents for name, drawer in told.items()} == {
            name: drawer.expected for name, drawer in self.drawers.items()
        }
        for drawer in told.values():
            assert sum(row.amount_cents for row in drawer.cash) == drawer.expected_cents


TestDaysInARow = DaysInARow.TestCase
TestDaysInARow.settings = settings(max_examples=6, stateful_step_count=25, deadline=None)
