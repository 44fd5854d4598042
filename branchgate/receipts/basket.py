"""The register's arithmetic: from scanned articles to a receipt whose figures agree to the cent.

Line amounts are rounded once, VAT is computed per rate on the receipt's sum. A void after payment is a receipt of its own with
reversed signs and a reference (AVBelegstorno may not be used with a TSE; DSFinV-K p. 45).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from branchgate.catalogue import Article
from branchgate.errors import Refused
from branchgate.money import QUANTITY_UNITS, line_cents
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType, Reference
from branchgate.vat import VatSum, vat_sums

NOT_TAXABLE = 5
"""VAT key of money movements: not taxable (Anlage 2)."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a receipt carries besides its lines; times in UTC milliseconds by the register's clock."""

    receipt_number: str
    running_number: int
    started_at_ms: int
    finished_at_ms: int
    user_id: str
    user_name: str


class Basket:
    """The lines of one receipt while it is being rung up."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines so far, voided ones included."""
        return tuple(self._lines)

    @property
    def total_cents(self) -> int:
        """What is to be paid."""
        return total_of(self._lines)

    def add(self, article: Article, quantity_thousandths: int = QUANTITY_UNITS, *, category_name: str = "") -> Line:
        """Rings up an article; its deposit follows as a line of its own. A negative quantity takes goods back.

        The quantity of a deposit return is counted as it is handed over: four empty bottles pay four deposits out.
        Raises Refused (INVALID_VALUE) for a zero quantity or parts of a piece.
        """
        if quantity_thousandths == 0 or (not article.weighed and quantity_thousandths % QUANTITY_UNITS):
            raise Refused(
                "INVALID_VALUE",
                field="quantity_thousandths",
                value=quantity_thousandths,
                rule="whole pieces, or any weight but zero",
            )
        case = BusinessCase.UMSATZ
        if article.deposit_return:
            case, quantity_thousandths = BusinessCase.PFAND_RUECKZAHLUNG, -quantity_thousandths
        line = self._append(article, case, article.name, quantity_thousandths, article.unit_price, category_name)
        if article.deposit:
            self._append(
                article,
                BusinessCase.PFAND,
                f"Pfand {article.name}",
                quantity_thousandths,
                article.deposit,
                category_name,
            )
        return line

    def void_line(self, line_number: int) -> None:
        """Voids a line before payment, with its deposit; it stays on the receipt and counts nothing. Raises Refused (NOT_FOUND)."""
        for index, line in enumerate(self._lines):
            if line.line_number == line_number and not line.voided:
                self._lines[index] = replace(line, voided=True)
                self._void_deposit_after(index)
                return
        raise Refused("NOT_FOUND", field="line_number", value=line_number, rule="a line that is not voided yet")

    def pay_cash(self, header: Header, given_cents: int, **extra: Any) -> Receipt:
        """Finishes the receipt with cash. Raises Refused (CASH_NOT_ENOUGH) when too little is given for a sale."""
        total = self.total_cents
        if total > 0 and given_cents < total:
            raise Refused("CASH_NOT_ENOUGH", field="given_cents", value=given_cents, rule=f"at least {total}")
        change = given_cents - total if total > 0 else 0
        receipt = self.finish(header, [Payment(PaymentType.BAR, total)], **extra)
        return replace(receipt, cash_given_cents=given_cents if total > 0 else 0, change_cents=change)

    def finish(self, header: Header, payments: Sequence[Payment], **extra: Any) -> Receipt:
        """The receipt. `extra` are further fields of Receipt, such as `references`. Raises Refused (BASKET_EMPTY)."""
        if not any(not line.voided for line in self._lines):
            raise Refused("BASKET_EMPTY", field="lines", value=len(self._lines), rule="at least one line that counts")
        return receipt_of(header, self._lines, payments, **extra)

    def _append(
        self, article: Article, case: BusinessCase, text: str, quantity: int, unit_price: int, category_name: str
    ) -> Line:
        line = Line(
            line_number=len(self._lines) + 1,
            business_case=case,
            text=text,
            quantity_thousandths=quantity,
            unit_price=unit_price,
            gross_cents=line_cents(quantity, unit_price),
            vat_key=article.vat_key,
            vat_rate_basis_points=article.vat_rate_basis_points,
            unit=article.unit,
            article_number=article.article_number,
            gtin=article.gtins[0] if article.gtins else "",
            category_key=article.category_key,
            category_name=category_name,
        )
        self._lines.append(line)
        return line

    def _void_deposit_after(self, index: int) -> None:
        follower = index + 1
        if follower < len(self._lines) and self._lines[follower].business_case is BusinessCase.PFAND:
            self._lines[follower] = replace(self._lines[follower], voided=True)


def total_of(lines: Sequence[Line]) -> int:
    """Sum of the lines that count, in cents."""
    return sum(line.gross_cents for line in lines if not line.voided)


def sums_of(lines: Sequence[Line]) -> tuple[VatSum, ...]:
    """VAT per key and rate on the sum of the lines that count."""
    return vat_sums([(line.vat_key, line.vat_rate_basis_points, line.gross_cents) for line in lines if not line.voided])


def receipt_of(header: Header, lines: Sequence[Line], payments: Sequence[Payment], **extra: Any) -> Receipt:
    """A receipt of type Beleg with its sums computed from its lines."""
    receipt = Receipt(
        receipt_number=header.receipt_number,
        running_number=header.running_number,
        type=ReceiptType.BELEG,
        started_at_ms=header.started_at_ms,
        finished_at_ms=header.finished_at_ms,
        user_id=header.user_id,
        user_name=header.user_name,
        lines=tuple(lines),
        vat_sums=sums_of(lines),
        payments=tuple(payments),
        total_cents=total_of(lines),
    )
    return replace(receipt, **extra)


def reversal_of(sale: Receipt, header: Header, register_id: str, event_id: bytes) -> Receipt:
    """The void of a paid receipt: the same lines and payments with reversed signs, and a reference to it."""
    lines = [
        replace(
            line, line_number=number, quantity_thousandths=-line.quantity_thousandths, gross_cents=-line.gross_cents
        )
        for number, line in enumerate((line for line in sale.lines if not line.voided), start=1)
    ]
    payments = [
        replace(paid, amount_cents=-paid.amount_cents, foreign_amount=-paid.foreign_amount) for paid in sale.payments
    ]
    return receipt_of(
        header,
        lines,
        payments,
        references=(Reference(register_id, sale.receipt_number, event_id),),
        reverses_receipt=True,
        note=f"Storno zu {sale.receipt_number}",
    )


def money_movement(header: Header, case: BusinessCase, amount_cents: int, text: str) -> Receipt:
    """A receipt that moves cash without goods: opening float, paid-in, paid-out, transit, difference."""
    line = Line(
        line_number=1,
        business_case=case,
        text=text,
        quantity_thousandths=QUANTITY_UNITS if amount_cents >= 0 else -QUANTITY_UNITS,
        unit_price=abs(amount_cents) * 1_000,
        gross_cents=amount_cents,
        vat_key=NOT_TAXABLE,
        vat_rate_basis_points=0,
    )
    return receipt_of(header, [line], [Payment(PaymentType.BAR, amount_cents)])
