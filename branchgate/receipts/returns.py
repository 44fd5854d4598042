"""Goods that come back with their receipt: at the price, the VAT key and with the discounts of their sale, and never more than was sold.

Amounts are counted from the beginning of the sold line, so that returning three pieces one by one takes back exactly what they cost:
after the last one nothing of line, deposit or discount is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from branchgate.errors import Refused
from branchgate.money import divide_half_away, spread
from branchgate.receipts.amounts import amount_line
from branchgate.receipts.discounts import reductions_of
from branchgate.receipts.model import BusinessCase, Line, Receipt


def goods_of(receipt: Receipt) -> list[Line]:
    """The articles that a receipt sold."""
    return [
        line
        for line in receipt.lines
        if line.business_case is BusinessCase.UMSATZ and not line.voided and line.quantity_thousandths > 0
    ]


def returned_of(receipts: Sequence[Receipt]) -> dict[str, int]:
    """How much of each article some returns took back, in thousandths by article number."""
    returned: dict[str, int] = {}
    for receipt in receipts:
        for line in receipt.lines:
            if line.business_case is BusinessCase.UMSATZ and not line.voided and line.quantity_thousandths < 0:
                before = returned.get(line.article_number, 0)
                returned[line.article_number] = before - line.quantity_thousandths
    return returned


def returnable_of(sale: Receipt, returned: Mapping[str, int]) -> dict[str, int]:
    """How much of each article may still come back, in thousandths by article number."""
    left: dict[str, int] = {}
    for line in goods_of(sale):
        left[line.article_number] = left.get(line.article_number, 0) + line.quantity_thousandths
    return {number: max(0, sold - returned.get(number, 0)) for number, sold in left.items()}


def return_lines(sale: Receipt, returned: Mapping[str, int], article_number: str, quantity: int) -> list[Line]:
    """The lines that take `quantity` thousandths of an article back, numbered from 1 with their links among themselves.

    `returned`: what earlier returns took (see `returned_of`). Raises Refused (RETURN_EXCEEDS_SALE) for more than is left.
    """
    left = returnable_of(sale, returned).get(article_number, 0)
    if quantity > left:
        raise Refused("RETURN_EXCEEDS_SALE", field="quantity", value=quantity, rule=f"{left}, {sale.receipt_number}")
    taken: list[Line] = []
    for span in _spans(sale, returned.get(article_number, 0), article_number, quantity):
        taken += _taken_back(sale, span, len(taken) + 1)
    return taken


@dataclass(frozen=True, slots=True)
class _Span:
    """The part of a sold line that comes back: from so many thousandths on, up to so many."""

    line: Line
    start: int
    end: int

    def share_of(self, cents: int) -> int:
        """The span's share of an amount that belongs to the whole line."""
        whole = self.line.quantity_thousandths
        return divide_half_away(cents * self.end, whole) - divide_half_away(cents * self.start, whole)


def _spans(sale: Receipt, before: int, article_number: str, quantity: int) -> Iterator[_Span]:
    for line in goods_of(sale):
        if line.article_number != article_number or not quantity:
            continue
        start = min(before, line.quantity_thousandths)
        end = min(start + quantity, line.quantity_thousandths)
        before -= start
        quantity -= end - start
        if end > start:
            yield _Span(line, start, end)


def _taken_back(sale: Receipt, span: _Span, number: int) -> list[Line]:
    sold, quantity = span.line, span.end - span.start
    taken = [
        replace(
            sold,
            line_number=number,
            quantity_thousandths=-quantity,
            gross_cents=-span.share_of(sold.gross_cents),
            applies_to_line=0,
        )
    ]
    for case, cents in _reduced(sale, sold).items():
        share = -span.share_of(cents)
        if share:
            reduced = amount_line(case, share, case.dsfinvk, sold.vat_key, sold.vat_rate_basis_points)
            taken.append(
                replace(
                    reduced,
                    line_number=number + len(taken),
                    article_number=sold.article_number,
                    category_key=sold.category_key,
                    category_name=sold.category_name,
                    applies_to_line=number,
                )
            )
    deposit = _deposit_of(sale, sold)
    if deposit is not None:
        gross = -span.share_of(deposit.gross_cents)
        place = number + len(taken)
        taken.append(
            replace(
                deposit, line_number=place, quantity_thousandths=-quantity, gross_cents=gross, applies_to_line=number
            )
        )
    return taken


def _deposit_of(sale: Receipt, sold: Line) -> Line | None:
    return next(
        (
            line
            for line in sale.lines
            if line.business_case is BusinessCase.PFAND and line.applies_to_line == sold.line_number and not line.voided
        ),
        None,
    )


def _reduced(sale: Receipt, sold: Line) -> dict[BusinessCase, int]:
    """What discounts and surcharges did to a sold line: its own, and its share of those of the whole receipt."""
    reduced: dict[BusinessCase, int] = {}
    goods = [line for line in goods_of(sale) if line.vat_key == sold.vat_key]
    weights = [line.gross_cents + _own_reductions(sale, line) for line in goods]
    for line in reductions_of(sale.lines, sold.line_number):
        reduced[line.business_case] = reduced.get(line.business_case, 0) + line.gross_cents
    for line in reductions_of(sale.lines, 0):
        if line.vat_key == sold.vat_key:
            share = spread(line.gross_cents, weights)[goods.index(sold)]
            reduced[line.business_case] = reduced.get(line.business_case, 0) + share
    return reduced


def _own_reductions(sale: Receipt, line: Line) -> int:
    return sum(reducing.gross_cents for reducing in reductions_of(sale.lines, line.line_number))
