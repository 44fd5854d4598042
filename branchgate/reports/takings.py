"""How turnover, takings, payments and cash hang together in one period.

    turnover gross        goods, deposits, discounts, single-purpose vouchers, down payments: what has a VAT rate
  + not in turnover       multi-purpose vouchers, claims, tips of employees (VAT key 5)
  = takings               what was to be paid for sales; the payments of sales add up to it
  + money movements       float, paid in, paid out, transit, draws, count differences
  = sum of all receipts

Users, hours and categories tell turnover. Vouchers sold are no turnover until they are redeemed (UStG § 3 (15)), hence apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from branchgate.currencies import BASE, OWN_MONEY
from branchgate.figures import CASH_MOVEMENTS, NOT_TURNOVER, BusinessCaseFigure, CashFigure, Figures, PaymentFigure
from branchgate.receipts.model import BusinessCase, PaymentType

BESIDE: Final = frozenset(case.dsfinvk for case in NOT_TURNOVER - CASH_MOVEMENTS)
"""Business cases that are paid but are no turnover."""

MOVED: Final = frozenset(case.dsfinvk for case in CASH_MOVEMENTS)
SOLD: Final = BusinessCase.UMSATZ.dsfinvk
CASH: Final = PaymentType.BAR.dsfinvk
DIFFERENCE: Final = BusinessCase.DIFFERENZ_SOLL_IST.dsfinvk


@dataclass(frozen=True, slots=True)
class Takings:
    """The period's business cases by group, its payments of sales, and its cash. Money in cents.

    `cash_apart` is cash that was taken for something else than goods: vouchers, claims, tips; `cash_moved` was taken for nothing.
    `foreign_cash` is in the drawer beside it, by currency.
    """

    turnover: tuple[BusinessCaseFigure, ...]
    beside: tuple[BusinessCaseFigure, ...]
    payments: tuple[PaymentFigure, ...]
    sold_for_cash: CashFigure
    cash_apart: tuple[CashFigure, ...]
    cash_moved: tuple[CashFigure, ...]
    all_receipts_cents: int
    foreign_cash: tuple[PaymentFigure, ...] = ()

    @property
    def turnover_cents(self) -> int:
        """Turnover gross."""
        return sum(row.gross_cents for row in self.turnover)

    @property
    def beside_cents(self) -> int:
        """What was sold or settled and is no turnover."""
        return sum(row.gross_cents for row in self.beside)

    @property
    def takings_cents(self) -> int:
        """What was to be paid for sales."""
        return self.turnover_cents + self.beside_cents

    @property
    def difference_cents(self) -> int:
        """What counts of the drawer found too much or too little."""
        return sum(row.amount_cents for row in self.cash_moved if row.business_case == DIFFERENCE)

    @property
    def unexplained_cents(self) -> int:
        """Takings that no payment accounts for: 0 unless receipts were recorded whose payments do not add up."""
        return self.takings_cents - sum(row.amount_cents for row in self.payments)


def takings_of(figures: Figures) -> Takings:
    """Sorts a period's figures."""
    cases = figures.business_cases
    moved = _cash_moved(figures)
    apart = tuple(row for row in figures.cash if row.business_case not in {SOLD, *MOVED})
    other_cents = sum(row.amount_cents for row in (*moved, *apart))
    sold = next((row.count for row in figures.cash if row.business_case == SOLD), 0)
    return Takings(
        turnover=tuple(row for row in cases if row.business_case not in MOVED | BESIDE),
        beside=tuple(row for row in cases if row.business_case in BESIDE),
        payments=_of_sales(figures.payments, moved),
        sold_for_cash=CashFigure(SOLD, sold, figures.cash_cents - other_cents),
        cash_apart=apart,
        cash_moved=moved,
        all_receipts_cents=figures.gross_cents,
        foreign_cash=tuple(row for row in figures.payments if row.type == CASH and row.currency not in OWN_MONEY),
    )


def _cash_moved(figures: Figures) -> tuple[CashFigure, ...]:
    """Movements of cash; of a closing that did not keep them yet, its business cases, which were all cash then."""
    if figures.cash:
        return tuple(row for row in figures.cash if row.business_case in MOVED)
    return tuple(
        CashFigure(row.business_case, row.count, row.gross_cents)
        for row in figures.business_cases
        if row.business_case in MOVED
    )


def _of_sales(payments: tuple[PaymentFigure, ...], moved: tuple[CashFigure, ...]) -> tuple[PaymentFigure, ...]:
    """Payments without those of money movements, which are cash in the branch's own currency."""
    count, cents = sum(row.count for row in moved), sum(row.amount_cents for row in moved)
    if not moved:
        return payments
    at = next((at for at, row in enumerate(payments) if (row.type, row.currency) == (CASH, BASE)), None)
    if at is None:
        return (PaymentFigure(CASH, "", BASE, 0, -cents), *payments)
    cash = payments[at]
    left = replace(cash, count=max(cash.count - count, 0), amount_cents=cash.amount_cents - cents)
    return (*payments[:at], *((left,) if left.count or left.amount_cents else ()), *payments[at + 1 :])
