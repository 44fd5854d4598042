"""One receipt of every kind that a till day knows (DSFinV-K 2.4, annexes B and C), each agreeing with itself to the cent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from branchgate.money import line_cents
from branchgate.receipts.model import (
    BusinessCase,
    Customer,
    Line,
    Payment,
    PaymentType,
    PriceStep,
    PriceStepType,
    Receipt,
    ReceiptType,
    Reference,
    ReferenceType,
)
from branchgate.vat import vat_sums
from tests.branchgate.receipt_strategies import NOON_MS

BAR, CARD, KEINE = PaymentType.BAR, PaymentType.EC_KARTE, PaymentType.KEINE
Case = BusinessCase


def line(number: int, case: BusinessCase, cents: int, key: int = 1, *, pieces: int = 1, **more: Any) -> Line:
    """So many pieces at so many cents."""
    rate = {1: 1900, 2: 700}.get(key, 0)
    goods = {"article_number": f"A{number}"} if case is Case.UMSATZ else {}
    made = Line(
        line_number=number,
        business_case=case,
        text=f"{case.dsfinvk} {number}",
        quantity_thousandths=pieces * 1000,
        unit_price=cents * 1000,
        gross_cents=line_cents(pieces * 1000, cents * 1000),
        vat_key=key,
        vat_rate_basis_points=rate,
    )
    return replace(made, **{**goods, **more})


def receipt(
    running: int, lines: list[Line], payments: list[Payment], kind: ReceiptType = ReceiptType.BELEG, **more: Any
) -> Receipt:
    """A receipt of these lines."""
    live = [each for each in lines if not each.voided]
    made = Receipt(
        receipt_number=f"K1-{running:06d}",
        running_number=running,
        type=kind,
        started_at_ms=NOON_MS + running * 60_000,
        finished_at_ms=NOON_MS + running * 60_000 + 30_000,
        user_id="anna",
        user_name="Anna",
        lines=tuple(lines),
        vat_sums=vat_sums([(each.vat_key, each.vat_rate_basis_points, each.gross_cents) for each in live]),
        payments=tuple(payments),
        total_cents=sum(each.gross_cents for each in live),
    )
    return replace(made, **more)


CUSTOMER = Customer("K-77", "Kunde", "Müller & Söhne", "Am Ring 3", "50667", "Köln", "DEU", "DE987654321")


def till_day(sale_event: bytes = b"") -> list[Receipt]:
    """A day from the opening float to the difference; `sale_event` is what the return and the void refer to."""
    back = Reference("kasse-1", "K1-000002", sale_event)
    priced = (
        PriceStep(PriceStepType.BASE_AMOUNT, 1_299_000),
        PriceStep(PriceStepType.DISCOUNT, -300_000),
        PriceStep(PriceStepType.EXTRA_AMOUNT, 1_000),
    )
    days: list[tuple[list[Line], list[Payment], dict[str, Any]]] = [
        ([line(1, Case.ANFANGSBESTAND, 10_000, 5)], [Payment(BAR, 10_000)], {}),
        (
            [
                line(1, Case.UMSATZ, 1190, pieces=2),
                line(2, Case.UMSATZ, 107, 2),
                line(3, Case.PFAND, 25, 1, applies_to_line=1),
            ],
            [Payment(BAR, 2512)],
            {"note": "Danke", "allocation_group": "Tisch 4"},
        ),
        (
            [
                line(1, Case.UMSATZ, 1000),
                line(2, Case.UMSATZ, 500, 2),
                line(3, Case.RABATT, -333),
                line(4, Case.RABATT, -167, 2),
            ],
            [Payment(CARD, 600, "girocard"), Payment(BAR, 400)],
            {},
        ),
        (
            [line(1, Case.UMSATZ, -1190), line(2, Case.PFAND_RUECKZAHLUNG, -25)],
            [Payment(BAR, -1215)],
            {"references": (back,)},
        ),
        ([line(1, Case.UMSATZ, 100), line(2, Case.UMSATZ, 900, voided=True)], [Payment(BAR, 100)], {}),
        ([line(1, Case.UMSATZ, 100, voided=True)], [], {"type": ReceiptType.AV_BELEGABBRUCH}),
        ([line(1, Case.UMSATZ, 4711)], [Payment(BAR, 4711)], {"type": ReceiptType.AV_TRAINING}),
        ([line(1, Case.UMSATZ, 1000, unit_price=1_000_000, price_steps=priced)], [Payment(BAR, 1000)], {}),
        ([line(1, Case.UMSATZ, 1000), line(2, Case.AUFSCHLAG, 50)], [Payment(CARD, 1050, "girocard")], {}),
        ([line(1, Case.UMSATZ, 1000), line(2, Case.TRINKGELD_AN, 200, 5)], [Payment(BAR, 1200)], {}),
        ([line(1, Case.UMSATZ, 1000), line(2, Case.TRINKGELD_AG, 100)], [Payment(BAR, 1100)], {}),
        (
            [line(1, Case.UMSATZ, 1000), line(2, Case.FORDERUNGSENTSTEHUNG, -1000, 5)],
            [Payment(KEINE, 0)],
            {"customer": CUSTOMER},
        ),
        ([line(1, Case.FORDERUNGSAUFLOESUNG, 1000, 5)], [Payment(CARD, 1000, "girocard")], {"customer": CUSTOMER}),
        ([line(1, Case.ANZAHLUNGSEINSTELLUNG, 5000)], [Payment(BAR, 5000)], {}),
        ([line(1, Case.UMSATZ, 9000), line(2, Case.ANZAHLUNGSAUFLOESUNG, -5000)], [Payment(BAR, 4000)], {}),
        ([line(1, Case.MEHRZWECKGUTSCHEIN_KAUF, 2500, 5, voucher_number="G-1")], [Payment(BAR, 2500)], {}),
        (
            [line(1, Case.UMSATZ, 2500), line(2, Case.MEHRZWECKGUTSCHEIN_EINLOESUNG, -2500, 5, voucher_number="G-1")],
            [Payment(KEINE, 0)],
            {},
        ),
        ([line(1, Case.EINZWECKGUTSCHEIN_KAUF, 1500, 2, voucher_number="G-2")], [Payment(BAR, 1500)], {}),
        (
            [line(1, Case.UMSATZ, 1500, 2), line(2, Case.EINZWECKGUTSCHEIN_EINLOESUNG, -1500, 2, voucher_number="G-2")],
            [],
            {},
        ),
        ([line(1, Case.EINZAHLUNG, 700, 5)], [Payment(BAR, 700)], {}),
        ([line(1, Case.AUSZAHLUNG, -300, 5, business_case_name="Fensterputzer")], [Payment(BAR, -300)], {}),
        ([line(1, Case.PRIVATENTNAHME, -100, 5)], [Payment(BAR, -100)], {}),
        ([line(1, Case.PRIVATEINLAGE, 200, 5)], [Payment(BAR, 200)], {}),
        ([line(1, Case.LOHNZAHLUNG, -50, 5)], [Payment(BAR, -50)], {}),
        ([line(1, Case.GELDTRANSIT, -9000, 5)], [Payment(BAR, -9000)], {}),
        (
            [line(1, Case.UMSATZ, 10_040)],
            [Payment(BAR, 6_000), Payment(BAR, 4_040, currency="CHF", foreign_amount=3_900)],
            {},
        ),
        (
            [line(1, Case.UMSATZ, 100)],
            [Payment(BAR, 100)],
            {"references": (Reference("", "L-2026-9", type=ReferenceType.EXTERNER_LIEFERSCHEIN, at_ms=NOON_MS),)},
        ),
        ([], [], {"type": ReceiptType.AV_SONSTIGE, "type_name": "Tagesabschluss"}),
        ([line(1, Case.DIFFERENZ_SOLL_IST, -7, 5)], [Payment(BAR, -7)], {}),
    ]
    made = []
    for running, (lines, payments, more) in enumerate(days, start=1):
        kind = more.pop("type", ReceiptType.BELEG)
        assert isinstance(kind, ReceiptType)
        made.append(receipt(running, lines, payments, kind, **more))
    return made
