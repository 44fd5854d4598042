"""What no receipt can hold: amounts beyond any money, and rates without a net.

Rules of a shop are findings, and the receipt is recorded (see `check`). This is another thing: figures are 64-bit integers, and bytes
that claim a sale of ten quadrillion euros would keep a whole branch from closing its day. Such a body counts as one that cannot be read.
"""

from __future__ import annotations

from collections.abc import Sequence

from branchgate.errors import Refused
from branchgate.receipts.view import PRICE_STEP_TYPES, PriceStepView, ReceiptView, unreadable

LARGEST = 100_000_000_000
"""In cents (1,000,000,000 EUR) and in thousandths (100,000,000 pieces): ninety million lines of that size fit into one figure."""

LARGEST_PRICE = LARGEST * 1000
"""The same money as a unit price, in 1/100,000 EUR."""

LOWEST_RATE = -10_000
"""In basis points, itself not allowed: a rate of -100 % has no net."""

_HIGHEST_RATE = 2**31 - 1


def require_possible(receipt: ReceiptView, *, breaks_rules: bool = True) -> None:
    """Raises Refused (RECEIPT_IMPOSSIBLE) for the first figure that is none.

    `breaks_rules`: whether `check_content` finds anything. Where it finds nothing, quantities and prices are within its bounds, their
    products are the lines' amounts and those make the sums; only payments may cancel each other out.
    """
    for index, payment in enumerate(receipt.payments):
        # The one rule that every receipt is held against, hence without `_require`'s detours.
        if not -LARGEST <= payment.amount_cents <= LARGEST or not -LARGEST <= payment.foreign_amount <= LARGEST:
            _require(payment, ("amount_cents", "foreign_amount"), f"payments[{index}].")
    if not breaks_rules:
        return
    _require(receipt, ("total_cents", "cash_given_cents", "change_cents"))
    for index, line in enumerate(receipt.lines):
        _require(line, ("gross_cents", "quantity_thousandths"), f"lines[{index}].")
        _require(line, ("vat_rate_basis_points",), f"lines[{index}].", LOWEST_RATE + 1, _HIGHEST_RATE)
        _require(line, ("unit_price",), f"lines[{index}].", -LARGEST_PRICE, LARGEST_PRICE)
    for index, vat in enumerate(receipt.vat_sums):
        _require(vat, ("gross_cents", "net_cents", "vat_cents"), f"vat_sums[{index}].")
        _require(vat, ("vat_rate_basis_points",), f"vat_sums[{index}].", LOWEST_RATE + 1, _HIGHEST_RATE)


def require_possible_steps(steps: Sequence[PriceStepView], line: int) -> None:
    """Raises Refused for a price step of the line at that place: RECEIPT_UNREADABLE for an unknown type, RECEIPT_IMPOSSIBLE for a price."""
    for index, step in enumerate(steps):
        where = f"lines[{line}].price_steps[{index}]."
        if step.type not in PRICE_STEP_TYPES:
            raise unreadable(f"{where}type", step.type, "is not a type of price step")
        _require(step, ("unit_price",), where, -LARGEST_PRICE, LARGEST_PRICE)


def _require(part: object, names: Sequence[str], where: str = "", least: int = -LARGEST, most: int = LARGEST) -> None:
    for name in names:
        value = getattr(part, name)
        if not least <= value <= most:
            raise Refused("RECEIPT_IMPOSSIBLE", field=where + name, value=value, rule=f"between {least} and {most}")
