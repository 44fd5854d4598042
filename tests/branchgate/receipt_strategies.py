"""Hypothesis strategies for receipts as a register computes them: sales, returns, voids, floats, transit, training and aborts.

Every receipt agrees with itself to the cent; texts are hostile.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from branchgate.money import line_cents
from branchgate.receipts.basket import Header, money_movement, receipt_of, reversal_of
from branchgate.receipts.model import BusinessCase, Line, Payment, PaymentType, Receipt, ReceiptType

NOON_MS = 1_792_144_800_000
"""A time in October 2026, so that a day of receipts may cross the end of summer time."""

RATES = ((1, 1900), (2, 700), (5, 0))
TEXTS = st.one_of(
    st.sampled_from(["Brötchen", 'Kabel 1/2"', "a,b;c", "\\N", "", "Zeile\r\nzwei", "NULL", "'", "\t", "🧀"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
ARTICLES = st.sampled_from([f"A{number}" for number in range(30)])
CATEGORIES = st.sampled_from(["", "obst", "brot/hell", 'x"y'])


@st.composite
def lines(draw: st.DrawFn, number: int, sign: int = 1) -> Line:
    """One line of goods, a discount or a voucher; may be voided."""
    case = draw(
        st.sampled_from(
            [BusinessCase.UMSATZ] * 9
            + [BusinessCase.PFAND, BusinessCase.RABATT, BusinessCase.MEHRZWECKGUTSCHEIN_KAUF, BusinessCase.TRINKGELD_AN]
            + [BusinessCase.EINZWECKGUTSCHEIN_KAUF, BusinessCase.FORDERUNGSAUFLOESUNG]
        )
    )
    key, rate = draw(st.sampled_from(RATES))
    quantity = sign * draw(st.one_of(st.integers(1, 9).map(lambda pieces: pieces * 1000), st.integers(1, 5000)))
    price = draw(st.integers(1, 20_000)) * 1_000
    if case is BusinessCase.RABATT:
        price = -price
    goods = case in (BusinessCase.UMSATZ, BusinessCase.PFAND)
    category = draw(CATEGORIES)
    return Line(
        line_number=number,
        business_case=case,
        text=draw(TEXTS),
        quantity_thousandths=quantity,
        unit_price=price,
        gross_cents=line_cents(quantity, price),
        vat_key=key,
        vat_rate_basis_points=rate,
        article_number=draw(ARTICLES) if goods else "",
        category_key=category,
        category_name=f"Kategorie {category}" if category else "",
        voided=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def payments(draw: st.DrawFn, total_cents: int) -> list[Payment]:
    """One payment, or cash and a card."""
    kinds = [
        (PaymentType.BAR, ""),
        (PaymentType.EC_KARTE, "girocard"),
        (PaymentType.KREDITKARTE, "Visa"),
        (PaymentType.KREDITKARTE, 'Card "X"'),
    ]
    kind, name = draw(st.sampled_from(kinds))
    if draw(st.booleans()):
        return [Payment(kind, total_cents, name)]
    part = total_cents // 3
    return [
        Payment(PaymentType.BAR, part, currency="CHF", foreign_amount=part),
        Payment(kind, total_cents - part, name),
    ]


@st.composite
def sales(draw: st.DrawFn, header: Header, sign: int = 1) -> Receipt:
    """A sale, or with sign -1 a return."""
    count = draw(st.integers(1, 6))
    rung = [draw(lines(number, sign)) for number in range(1, count + 1)]
    total = sum(line.gross_cents for line in rung if not line.voided)
    return receipt_of(header, rung, draw(payments(total)))


@st.composite
def receipts(draw: st.DrawFn, header: Header, register_id: str = "kasse-1") -> Receipt:
    """Any receipt a register may send."""
    kind = draw(st.integers(0, 11))
    if kind == 0:
        return money_movement(header, BusinessCase.ANFANGSBESTAND, draw(st.integers(1, 50_000)), "Anfangsbestand")
    if kind == 1:
        return money_movement(header, BusinessCase.GELDTRANSIT, -draw(st.integers(1, 50_000)), "Zur Bank")
    if kind == 6:
        return money_movement(header, BusinessCase.TRINKGELD_AN, -draw(st.integers(1, 5_000)), "Trinkgeld ausgezahlt")
    if kind == 2:
        sale = draw(sales(header))
        return reversal_of(sale, header, register_id, b"\1" * 16)
    if kind == 3:
        return draw(sales(header, sign=-1))
    sale = draw(sales(header))
    if kind == 4:
        return replace(sale, type=ReceiptType.AV_TRAINING)
    if kind == 5:
        return replace(sale, type=ReceiptType.AV_BELEGABBRUCH, payments=(), vat_sums=(), total_cents=0)
    return sale


@st.composite
def days(
    draw: st.DrawFn, registers: tuple[str, ...] = ("kasse-1", "kasse-2"), most: int = 20
) -> list[tuple[str, Receipt]]:
    """Receipts of several registers, interleaved as they arrive."""
    running = dict.fromkeys(registers, 0)
    day: list[tuple[str, Receipt]] = []
    at_ms = NOON_MS
    for _ in range(draw(st.integers(0, most))):
        register_id = draw(st.sampled_from(registers))
        running[register_id] += 1
        at_ms += draw(st.integers(1, 6 * 3_600_000))
        header = Header(
            receipt_number=f"{register_id.upper()}-{running[register_id]:06d}",
            running_number=running[register_id],
            started_at_ms=at_ms - 1_000,
            finished_at_ms=at_ms,
            user_id=draw(st.sampled_from(["anna", "béla", ""])),
            user_name="",
        )
        day.append((register_id, draw(receipts(header, register_id))))
    return day
