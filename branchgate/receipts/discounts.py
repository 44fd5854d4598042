"""Discounts and surcharges: lines of their own with the VAT key of what they reduce, split without losing a cent.

A receipt's discount is split over its VAT keys by largest remainder, one line per key (DSFinV-K: a negative line `Rabatt` with the right
key). Deposits, vouchers, tips and claims are never reduced: they are not the shop's prices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from branchgate.errors import Refused
from branchgate.money import divide_half_away, spread
from branchgate.receipts.amounts import amount_line
from branchgate.receipts.model import BusinessCase, Line

REDUCTIONS = frozenset({BusinessCase.RABATT, BusinessCase.AUFSCHLAG})
REDUCIBLE = frozenset({BusinessCase.UMSATZ, *REDUCTIONS})
"""What a discount of the whole receipt counts from: goods, and what already reduces them."""

HUNDRED_PERCENT = 10_000


@dataclass(frozen=True, slots=True)
class Reduction:
    """A discount, or with `surcharge` the opposite: so many cents, or so many basis points of what it applies to.

    Raises Refused (INVALID_VALUE) unless exactly one of the two is more than zero, and for a discount of more than 100 %.
    """

    cents: int = 0
    basis_points: int = 0
    surcharge: bool = False
    text: str = ""

    def __post_init__(self) -> None:
        if min(self.cents, self.basis_points) != 0 or max(self.cents, self.basis_points) <= 0:
            raise Refused("INVALID_VALUE", field="discount", value=self.cents, rule="an amount or a percentage")
        if self.basis_points > HUNDRED_PERCENT and not self.surcharge:
            raise Refused("INVALID_VALUE", field="discount", value=self.basis_points, rule="at most 100 %")

    @property
    def case(self) -> BusinessCase:
        """The business case of its lines."""
        return BusinessCase.AUFSCHLAG if self.surcharge else BusinessCase.RABATT

    @property
    def printed(self) -> str:
        """The text on the receipt: the cashier's, or `Rabatt 10 %`."""
        if self.text or not self.basis_points:
            return self.text or self.case.dsfinvk
        whole, rest = divmod(self.basis_points, 100)
        percent = f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else f"{whole}"
        return f"{self.case.dsfinvk} {percent} %"

    def change_of(self, base_cents: int) -> int:
        """What it adds to an amount, in cents; less than zero for a discount of something sold. The amount's sign turns it around.

        Raises Refused (DISCOUNT_TOO_LARGE) when it takes more than there is, or adds to nothing.
        """
        size = self.cents or divide_half_away(abs(base_cents) * self.basis_points, HUNDRED_PERCENT)
        if size > abs(base_cents) and (base_cents == 0 or not self.surcharge):
            raise Refused("DISCOUNT_TOO_LARGE", field="discount", value=size, rule=f"at most {abs(base_cents)}")
        return size if self.surcharge is (base_cents >= 0) else -size


def line_reduction(lines: Sequence[Line], line_number: int, reduction: Reduction) -> Line:
    """The line that reduces one article, counting from what earlier ones left of it.

    Raises Refused: NOT_FOUND when no article that counts has this number, DISCOUNT_TOO_LARGE.
    """
    reduced = next((line for line in lines if line.line_number == line_number and not line.voided), None)
    if reduced is None or reduced.business_case is not BusinessCase.UMSATZ:
        raise Refused("NOT_FOUND", field="line_number", value=line_number, rule="an article that is not voided")
    earlier = sum(line.gross_cents for line in reductions_of(lines, line_number))
    return amount_line(
        reduction.case,
        reduction.change_of(reduced.gross_cents + earlier),
        reduction.printed,
        reduced.vat_key,
        reduced.vat_rate_basis_points,
        article_number=reduced.article_number,
        category_key=reduced.category_key,
        category_name=reduced.category_name,
        applies_to_line=line_number,
    )


def reductions_of(lines: Sequence[Line], line_number: int) -> list[Line]:
    """The discounts and surcharges that count of one line; 0: those of the whole receipt."""
    return [
        line
        for line in lines
        if line.business_case in REDUCTIONS and line.applies_to_line == line_number and not line.voided
    ]


def receipt_reduction(lines: Sequence[Line], reduction: Reduction) -> list[Line]:
    """The lines that reduce a whole receipt, one per VAT key; a key whose share is no cent has none.

    Raises Refused (DISCOUNT_TOO_LARGE).
    """
    grosses: dict[tuple[int, int], int] = {}
    for line in lines:
        if line.business_case in REDUCIBLE and not line.voided:
            by = line.vat_key, line.vat_rate_basis_points
            grosses[by] = grosses.get(by, 0) + line.gross_cents
    base = sum(grosses.values())
    # Where goods are taken back and others sold on one receipt, only the side that prevails is reduced: no key may change its sign.
    weights = {by: gross for by, gross in grosses.items() if gross * base > 0}
    shares = spread(reduction.change_of(base), list(weights.values()))
    return [
        amount_line(reduction.case, share, reduction.printed, key, rate)
        for (key, rate), share in zip(weights, shares, strict=True)
        if share
    ]
