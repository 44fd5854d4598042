"""Lines that are an amount and no article: discounts, tips, vouchers, claims. One piece at the amount, whose sign is the price's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from branchgate.errors import Refused
from branchgate.money import PRICE_UNITS_PER_CENT, QUANTITY_UNITS
from branchgate.receipts.model import BusinessCase, Line
from branchgate.vat import NOT_TAXABLE, STANDARD_RATES


def amount_line(
    case: BusinessCase, cents: int, text: str, vat_key: int = NOT_TAXABLE, rate: int | None = None, **extra: Any
) -> Line:
    """A line over an amount in cents, not numbered yet. `rate` in basis points; None: the rate that the key stands for now.

    Raises Refused (INVALID_VALUE) for a key without a known rate. `extra` are further fields of Line.
    """
    return Line(
        line_number=0,
        business_case=case,
        text=text,
        quantity_thousandths=QUANTITY_UNITS,
        unit_price=cents * PRICE_UNITS_PER_CENT,
        gross_cents=cents,
        vat_key=vat_key,
        vat_rate_basis_points=rate_of(vat_key) if rate is None else rate,
        unit="",
        **extra,
    )


def rate_of(vat_key: int) -> int:
    """The rate in force of a VAT key, in basis points. Raises Refused (INVALID_VALUE) for a key without one."""
    rate = STANDARD_RATES.get(vat_key)
    if rate is None:
        keys = ", ".join(map(str, STANDARD_RATES))
        raise Refused("INVALID_VALUE", field="vat_key", value=vat_key, rule=f"one of {keys}")
    return rate


def counted(lines: Sequence[Line], *cases: BusinessCase) -> int:
    """Sum of the lines of some cases that count, in cents."""
    return sum(line.gross_cents for line in lines if line.business_case in cases and not line.voided)
