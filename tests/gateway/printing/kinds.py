"""One receipt of every kind that a till can make, signed by a key of the tests where a TSE would sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from branchgate.receipts.basket import Header, receipt_of, reversal_of
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
    TseSignature,
)
from branchgate.tse import ReceiptCode, code_of, encode_base64, process_of, serial_of, signed_message

BEGAN, ENDED = 1_795_000_000_000, 1_795_000_062_000
HEADER: Final = Header("K1-000042", 42, BEGAN, ENDED, "anna", "Anna")
CUSTOMER: Final = Customer(
    "10815", "Kunde", "Gasthaus Zur Linde, Ève Çelik", "Dorfstraße 3", "16259", "Bad Freienwalde", "DEU"
)
SALE: Final = Reference("kasse-2", "K2-000007", b"\1" * 16)
_RATES: Final = {1: 1900, 2: 700, 5: 0, 6: 0}


def line(number: int, case: BusinessCase, text: str, cents: int, key: int = 5, **more: object) -> Line:
    """One line of one piece: negative amounts are negative pieces of goods, and amounts taken off otherwise."""
    piece = -1_000 if cents < 0 else 1_000
    made = Line(number, case, text, piece, abs(cents) * 1_000, cents, key, _RATES[key])
    return replace(made, **more)  # type: ignore[arg-type]


def receipt(*lines: Line, pay: Sequence[Payment] | None = None, **more: object) -> Receipt:
    """The receipt of some lines, paid in cash unless told otherwise."""
    total = sum(each.gross_cents for each in lines if not each.voided)
    paid = (Payment(PaymentType.BAR, total),) if pay is None else pay
    return receipt_of(HEADER, lines, paid, **more)


def goods() -> tuple[Line, ...]:
    """What most of these receipts sell."""
    return (
        line(
            1,
            BusinessCase.UMSATZ,
            "Rotwein Dornfelder 0,75 l",
            1_190,
            1,
            article_number="7",
            quantity_thousandths=2_000,
            unit_price=595_000,
        ),
        line(
            2, BusinessCase.UMSATZ, "Bergkäse jung", 631, 2, unit="kg", quantity_thousandths=486, unit_price=1_299_000
        ),
    )


@cache
def kinds() -> dict[str, Receipt]:
    """Every kind by its name."""
    sold = goods()
    sale = replace(receipt(*sold), cash_given_cents=5_000, change_cents=3_179)
    return {
        "sale": sale,
        "discounts": receipt(
            sold[0],
            line(2, BusinessCase.RABATT, "Rabatt 10 %", -119, 1, applies_to_line=1),
            replace(
                sold[1],
                line_number=3,
                price_steps=(
                    PriceStep(PriceStepType.BASE_AMOUNT, 1_499_000),
                    PriceStep(PriceStepType.DISCOUNT, -200_000),
                ),
            ),
            line(4, BusinessCase.AUFSCHLAG, "Geschenkverpackung", 150, 1),
            line(5, BusinessCase.RABATT, "Treuerabatt", -66, 1),
            line(6, BusinessCase.RABATT, "Treuerabatt", -34, 2),
        ),
        "deposits": receipt(
            line(1, BusinessCase.UMSATZ, "Mineralwasser 1 l", 534, 1, quantity_thousandths=6_000, unit_price=89_000),
            line(
                2,
                BusinessCase.PFAND,
                "Pfand Mineralwasser 1 l",
                90,
                1,
                quantity_thousandths=6_000,
                unit_price=15_000,
                applies_to_line=1,
            ),
            line(3, BusinessCase.PFAND_RUECKZAHLUNG, "Leergut Kasten", -330, 1),
        ),
        "return": receipt(line(1, BusinessCase.UMSATZ, "Rotwein Dornfelder 0,75 l", -595, 1), references=(SALE,)),
        "void": reversal_of(sale, HEADER, "kasse-1", bytes(16)),
        "tip": receipt(
            *sold,
            line(3, BusinessCase.TRINKGELD_AN, "Trinkgeld", 200),
            pay=(Payment(PaymentType.EC_KARTE, 2_021, "girocard"),),
        ),
        "on account": receipt(
            *sold,
            line(3, BusinessCase.FORDERUNGSENTSTEHUNG, "Auf Rechnung", -1_321),
            pay=(Payment(PaymentType.BAR, 500),),
            customer=CUSTOMER,
            note="Zahlbar bis 02.12.2026",
        ),
        "settlement": receipt(
            line(1, BusinessCase.FORDERUNGSAUFLOESUNG, "Zahlung zu K2-000007", 1_321),
            references=(SALE,),
            customer=CUSTOMER,
        ),
        "down payment": receipt(
            line(1, BusinessCase.ANZAHLUNGSEINSTELLUNG, "Anzahlung Präsentkorb", 5_000, 2), customer=CUSTOMER
        ),
        "down payment used": receipt(
            line(1, BusinessCase.UMSATZ, "Präsentkorb", 12_900, 2),
            line(2, BusinessCase.ANZAHLUNGSAUFLOESUNG, "Anzahlung vom 11.11.2026", -5_000, 2),
            references=(SALE,),
            pay=(Payment(PaymentType.KREDITKARTE, 7_900, "Visa"),),
        ),
        "voucher sold": receipt(
            line(1, BusinessCase.MEHRZWECKGUTSCHEIN_KAUF, "Geschenkgutschein", 5_000, voucher_number="GS-2026-00471"),
        ),
        "voucher redeemed": receipt(
            *sold,
            line(3, BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG, "Gutschein", -1_500, voucher_number="GS-2026-00471"),
            note="Restwert GS-2026-00471: 35,00 EUR",
        ),
        "foreign cash": receipt(
            *sold,
            pay=(
                Payment(PaymentType.BAR, 914, "", "CHF", 900),
                Payment(PaymentType.BAR, 907),
            ),
            cash_given_cents=2_000,
            change_cents=179,
        ),
        "exempt": receipt(line(1, BusinessCase.UMSATZ, "Briefmarken", 950, 6), *(replace(sold[1], line_number=2),)),
        "invoice": receipt(
            line(1, BusinessCase.UMSATZ, "Kaffeevollautomat", 64_900, 1),
            customer=replace(CUSTOMER, country="AUT", vat_id="ATU12345678"),
            references=(Reference("", "LS-4711", type=ReferenceType.EXTERNER_LIEFERSCHEIN),),
            pay=(Payment(PaymentType.EC_KARTE, 64_900, "girocard"),),
        ),
        "order ends": receipt(*sold, allocation_group="Tisch 7", first_order_at_ms=BEGAN - 3_600_000),
        "opening float": receipt(line(1, BusinessCase.ANFANGSBESTAND, "Anfangsbestand", 20_000)),
        "paid in": receipt(line(1, BusinessCase.EINZAHLUNG, "Einzahlung", 5_000, business_case_name="Wechselgeld")),
        "paid out": receipt(
            line(1, BusinessCase.AUSZAHLUNG, "Auszahlung", -1_480, business_case_name="Büromaterial, Beleg 17")
        ),
        "to the bank": receipt(line(1, BusinessCase.GELDTRANSIT, "Zur Bank", -50_000)),
        "owner's withdrawal": receipt(line(1, BusinessCase.PRIVATENTNAHME, "Privatentnahme", -10_000)),
        "count difference": receipt(line(1, BusinessCase.DIFFERENZ_SOLL_IST, "Kassendifferenz", -137)),
        "training": replace(sale, type=ReceiptType.AV_TRAINING),
        "abandoned": replace(
            receipt(*(replace(each, voided=True) for each in sold), pay=()), type=ReceiptType.AV_BELEGABBRUCH
        ),
    }


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(0x5EED, ec.SECP256R1())


def signed(unsigned: Receipt, *, uncertified: bool = False) -> Receipt:
    """The receipt as a TSE of the tests signed it; always the same signature, so that whole pages can be compared."""
    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    process = process_of(unsigned)
    blank = TseSignature(
        tse_serial=serial_of(point),
        transaction_number=112,
        signature_counter=4711,
        started_at_ms=BEGAN,
        finished_at_ms=ENDED,
        signature=encode_base64(bytes(64)),
        process_type=process.type,
        process_data=process.data,
        signature_algorithm="ecdsa-plain-SHA256",
        log_time_format="unixTime",
        public_key=encode_base64(point),
        uncertified=uncertified,
    )
    return replace(unsigned, tse=replace(blank, signature=encode_base64(_signature(code_of(blank, "KASSE-1")))))


def _signature(code: ReceiptCode) -> bytes:
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(_key().sign(signed_message(code), algorithm))
    return r.to_bytes(32) + s.to_bytes(32)


def out_of_order(unsigned: Receipt) -> Receipt:
    """The receipt as it is while the TSE is out."""
    process = process_of(unsigned)
    tse = TseSignature(
        "", 0, 0, 0, 0, "", process.type, process.data, "keine Antwort in 5 s", outage_since_ms=BEGAN - 600_000
    )
    return replace(unsigned, tse=tse)
