"""One ordinary receipt."""

from __future__ import annotations

from branchgate.receipts.basket import Header, receipt_of
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt
from tests.branchgate.receipt_strategies import NOON_MS


def sample_receipt(running: int = 1, at_ms: int = NOON_MS, gross_cents: int = 1190) -> Receipt:
    """One article for cash."""
    line = Line(
        line_number=1,
        business_case=BusinessCase.UMSATZ,
        text="Kaffee",
        quantity_thousandths=1_000,
        unit_price=gross_cents * 1_000,
        gross_cents=gross_cents,
        vat_key=1,
        vat_rate_basis_points=1900,
        article_number="K1",
        category_key="getraenke",
        category_name="Getränke",
    )
    header = Header(f"K1-{running:06d}", running, at_ms - 1, at_ms, "anna", "Anna")
    return receipt_of(header, [line], [Payment(PaymentType.BAR, gross_cents)])
