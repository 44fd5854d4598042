"""The register's arithmetic: from scanned articles to a receipt whose figures agree to the cent.

Line amounts are rounded once, VAT is computed per rate on the receipt's sum. A void after payment is a receipt of its own with
reversed signs and a reference (AVBelegstorno may not be used with a TSE; DSFinV-K p. 45).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Self

from branchgate.catalogue import Article
from branchgate.errors import Refused
from branchgate.money import PRICE_UNITS_PER_CENT, QUANTITY_UNITS, line_cents
from branchgate.receipts.accounts import TAKES_BACK, require_payable
from branchgate.receipts.discounts import REDUCTIONS, Reduction, line_reduction, receipt_reduction
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType, Reference
from branchgate.vat import NOT_TAXABLE, VatSum, vat_sums

_SETTLING = TAKES_BACK | {BusinessCase.TRINKGELD_AN, BusinessCase.TRINKGELD_AG}
"""Lines that come when all is rung up: below the receipt's discounts, which do not reduce them."""


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
    """The lines of one receipt while it is being rung up.

    On the receipt come first the articles, each with its discounts and its deposit below it, then the discounts of the whole receipt, as
    they come out of what counts at the end, then tips and what pays in place of money. A change that would leave a discount or a
    voucher larger than what is there is refused (DISCOUNT_TOO_LARGE, REDEMPTION_TOO_LARGE) and changes nothing.
    """

    def __init__(self) -> None:
        self._rung: tuple[Line, ...] = ()
        self._reductions: tuple[Reduction, ...] = ()
        self._settling: tuple[Line, ...] = ()
        self._lines: tuple[Line, ...] = ()

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Self:
        """The basket that had these lines, to go on with: a receipt that was parked. Discounts of the whole receipt keep their amounts."""
        basket = cls()
        rung = [line for line in lines if not _is_of_the_whole(line)]
        basket._rung = _renumbered(rung, {line.line_number: number for number, line in enumerate(rung, start=1)})
        basket._settling = tuple(line for line in lines if line.business_case in _SETTLING)
        basket._reductions = _reductions_among(lines)
        basket._lines = _composed(basket._rung, basket._reductions, basket._settling)
        return basket

    def copy(self) -> Basket:
        """The basket as it stands now, to come back to."""
        basket = Basket()
        basket._rung, basket._reductions, basket._settling = self._rung, self._reductions, self._settling
        basket._lines = self._lines
        return basket

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines so far, voided ones included."""
        return self._lines

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
        number = len(self._rung) + 1
        line = _article_line(
            number, article, case, article.name, quantity_thousandths, article.unit_price, category_name
        )
        added = [line]
        if article.deposit:
            text = f"Pfand {article.name}"
            deposit = _article_line(
                number + 1, article, BusinessCase.PFAND, text, quantity_thousandths, article.deposit, category_name
            )
            added.append(replace(deposit, applies_to_line=number))
        self._change(rung=(*self._rung, *added))
        return line

    def put(self, *lines: Line) -> Line:
        """Rings up what is no article, or articles as they stand on another receipt; links among them count from their first line.

        Tips, redeemed vouchers, used down payments and what is put on account go to the end. Returns the first as it was numbered.
        """
        settling = [line for line in lines if line.business_case in _SETTLING]
        rung = [line for line in lines if line.business_case not in _SETTLING]
        first = len(self._rung)
        rung = [
            replace(line, line_number=number, applies_to_line=line.applies_to_line and first + line.applies_to_line)
            for number, line in enumerate(rung, start=first + 1)
        ]
        self._change(rung=(*self._rung, *rung), settling=(*self._settling, *settling))
        return self._lines[first] if rung else self._lines[-len(settling)]

    def reduce_line(self, line_number: int, reduction: Reduction) -> Line:
        """A discount or surcharge on one article, right below it and its earlier ones. Raises Refused (NOT_FOUND)."""
        reducing = line_reduction(self._rung, line_number, reduction)
        index = line_number + sum(
            line.business_case in REDUCTIONS and line.applies_to_line == line_number for line in self._rung
        )
        rung = [*self._rung[:index], reducing, *self._rung[index:]]
        moved = {line.line_number: number for number, line in enumerate(rung, start=1) if line.line_number}
        self._change(rung=tuple(_renumbered(rung, moved)))
        return self._lines[index]

    def reduce_receipt(self, reduction: Reduction) -> None:
        """A discount or surcharge on the whole receipt, in addition to earlier ones; it follows what is rung up and voided later."""
        self._change(reductions=(*self._reductions, reduction))

    def take_off_reductions(self) -> None:
        """Takes the discounts and surcharges of the whole receipt off again."""
        self._change(reductions=())

    def void_line(self, line_number: int) -> None:
        """Voids a line before payment, with its deposit and its discounts; they stay on the receipt and count nothing.

        Raises Refused (NOT_FOUND) also for a discount of the whole receipt, which is taken off instead.
        """
        voided = next((line for line in self._lines if line.line_number == line_number and not line.voided), None)
        if voided is None or (_is_of_the_whole(voided) and voided.business_case in REDUCTIONS):
            raise Refused("NOT_FOUND", field="line_number", value=line_number, rule="a line that is not voided yet")
        if voided.business_case in _SETTLING:
            behind = len(self._lines) - line_number
            place = len(self._settling) - 1 - behind
            settling = [*self._settling]
            settling[place] = replace(settling[place], voided=True)
            self._change(settling=tuple(settling))
            return
        self._change(
            rung=tuple(
                replace(line, voided=True) if line_number in {line.line_number, line.applies_to_line} else line
                for line in self._rung
            )
        )

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

    def _change(
        self,
        *,
        rung: tuple[Line, ...] | None = None,
        reductions: tuple[Reduction, ...] | None = None,
        settling: tuple[Line, ...] | None = None,
    ) -> None:
        new = (
            self._rung if rung is None else rung,
            self._reductions if reductions is None else reductions,
            self._settling if settling is None else settling,
        )
        lines = _composed(*new)
        require_payable(lines)
        self._rung, self._reductions, self._settling = new
        self._lines = lines


def _composed(
    rung: tuple[Line, ...], reductions: tuple[Reduction, ...], settling: tuple[Line, ...]
) -> tuple[Line, ...]:
    lines = list(rung)
    for reduction in reductions:
        lines += receipt_reduction(lines, reduction)
    return (*rung, *_numbered((*lines[len(rung) :], *settling), len(rung) + 1))


def _numbered(lines: Iterable[Line], first: int = 1) -> tuple[Line, ...]:
    return tuple(replace(line, line_number=number) for number, line in enumerate(lines, start=first))


def _renumbered(lines: Sequence[Line], moved: Mapping[int, int]) -> tuple[Line, ...]:
    """The same with their places as numbers, and links that follow: `moved` tells where the numbers went."""
    return tuple(
        replace(line, line_number=number, applies_to_line=moved.get(line.applies_to_line, 0))
        for number, line in enumerate(lines, start=1)
    )


def _is_of_the_whole(line: Line) -> bool:
    """Whether a line is not rung up by itself, but belongs to the receipt as a whole."""
    return line.business_case in _SETTLING or (line.business_case in REDUCTIONS and line.applies_to_line == 0)


def _reductions_among(lines: Sequence[Line]) -> tuple[Reduction, ...]:
    """The discounts and surcharges of the whole receipt in their order, as the amounts they came to over all keys."""
    of_the_whole = [
        line for line in lines if line.business_case in REDUCTIONS and _is_of_the_whole(line) and not line.voided
    ]
    return tuple(
        Reduction(
            cents=abs(sum(line.gross_cents for line in parts)), surcharge=case is BusinessCase.AUFSCHLAG, text=text
        )
        for (case, text), parts in groupby(of_the_whole, key=lambda line: (line.business_case, line.text))
    )


def _article_line(
    number: int, article: Article, case: BusinessCase, text: str, quantity: int, unit_price: int, category_name: str
) -> Line:
    return Line(
        line_number=number,
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
    counting = [line for line in sale.lines if not line.voided]
    moved = {line.line_number: number for number, line in enumerate(counting, start=1)}
    lines = [
        replace(line, quantity_thousandths=-line.quantity_thousandths, gross_cents=-line.gross_cents)
        for line in _renumbered(counting, moved)
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
        customer=sale.customer,
        allocation_group=sale.allocation_group,
        note=f"Storno zu {sale.receipt_number}",
    )


def abandoned(header: Header, lines: Sequence[Line], **extra: Any) -> Receipt:
    """The record of a receipt that was begun and given up (AVBelegabbruch): what was rung up, all of it voided, and no money."""
    voided = [replace(line, voided=True) for line in lines]
    return receipt_of(header, voided, [], type=ReceiptType.AV_BELEGABBRUCH, **extra)


def money_movement(header: Header, case: BusinessCase, amount_cents: int, text: str, reason: str = "") -> Receipt:
    """A receipt that moves cash without goods: opening float, paid-in, paid-out, transit, difference. `reason`: why (GV_NAME)."""
    line = Line(
        line_number=1,
        business_case=case,
        text=text,
        quantity_thousandths=QUANTITY_UNITS if amount_cents >= 0 else -QUANTITY_UNITS,
        unit_price=abs(amount_cents) * PRICE_UNITS_PER_CENT,
        gross_cents=amount_cents,
        vat_key=NOT_TAXABLE,
        vat_rate_basis_points=0,
        business_case_name=reason,
    )
    return receipt_of(header, [line], [Payment(PaymentType.BAR, amount_cents)])
