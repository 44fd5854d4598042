"""The words on a receipt, German and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from branchgate.money import PRICE_UNITS_PER_CENT, euros
from branchgate.receipts.model import PaymentType, PriceStepType, ReceiptType, ReferenceType
from branchgate.reports import Language

NO_TSE: Final = "TESTBETRIEB – keine TSE"
"""Said on everything that no TSE has signed; in German in every language, because an inspector reads it."""

UNCERTIFIED_TSE: Final = "TESTBETRIEB – keine zertifizierte TSE"
"""Said of what a TSE for tests has signed; in German in every language, because an inspector reads it."""

COPY: Final = "KOPIE"
"""The word that sets a copy apart from the original (UStAE 14c.1 (4)); the same in every language."""

_YEAR_9999_MS: Final = 253_370_764_800_000


@dataclass(frozen=True, slots=True)
class Words:
    """Labels of one language; `moment` is its way to write a time."""

    language: Language
    moment: str
    number: str
    register: str
    served_by: str
    began: str
    ended: str
    total: str
    given: str
    change: str
    line_void: str
    rate: str
    net: str
    vat: str
    gross: str
    not_taxable: str
    void: str
    goods_back: str
    refers_to: str
    tse_transaction: str
    tse_counter: str
    tse_serial: str
    tse_failed: str
    signature: str
    serial: str
    copy: str
    digital: str
    thanks: str
    payments: Mapping[PaymentType, str]
    types: Mapping[ReceiptType, str]
    user: str
    subtotal: str
    open_amount: str
    voucher_number: str
    reason: str
    note: str
    group: str
    first_order: str
    register_serial: str
    tse_down: str
    since: str
    handed_out: str
    received: str
    customer_number: str
    customer_vat_id: str
    supply_date: str
    training: str
    training_rule: str
    untaxed: Mapping[int, str]
    price_steps: Mapping[PriceStepType, str]
    outside: Mapping[ReferenceType, str]

    def time(self, at_ms: int, zone: ZoneInfo) -> str:
        """A UTC time in milliseconds as the shop's clock shows it, to the second; as it is when no calendar has it."""
        if not 0 <= at_ms < _YEAR_9999_MS:
            return f"{at_ms} ms"
        return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(zone).strftime(self.moment)

    def money(self, cents: int) -> str:
        """An amount without currency."""
        return euros(cents, self.language)

    def unit_price(self, price: int) -> str:
        """A unit price (1/100,000 EUR): two decimals, up to five when it has them."""
        cents, fraction = divmod(abs(price), PRICE_UNITS_PER_CENT)
        digits = f"{fraction:03d}".rstrip("0")
        return ("-" if price < 0 else "") + euros(cents, self.language) + digits

    def percent(self, basis_points: int) -> str:
        """A rate: `19 %`, `7,8 %`."""
        whole, rest = divmod(basis_points, 100)
        digits = f"{rest:02d}".rstrip("0")
        point = "," if self.language == "de" else "."
        return f"{whole}{point + digits if digits else ''} %"


_GERMAN: Final = Words(
    language="de",
    moment="%d.%m.%Y %H:%M:%S",
    number="Bon-Nr.",
    register="Kasse",
    served_by="Es bediente Sie",
    began="Beginn",
    ended="Ende",
    total="SUMME",
    given="Gegeben",
    change="Rückgeld",
    line_void="Storno",
    rate="USt",
    net="Netto",
    vat="Steuer",
    gross="Brutto",
    not_taxable="nicht steuerbar",
    void="STORNOBELEG",
    goods_back="RÜCKGABE",
    refers_to="zu Bon",
    tse_transaction="TSE-Transaktion",
    tse_counter="Signaturzähler",
    tse_serial="TSE-Seriennummer",
    tse_failed="TSE AUSGEFALLEN",
    signature="Prüfwert",
    serial="Seriennummer",
    copy="Nachdruck",
    digital="Digitaler Beleg",
    thanks="Vielen Dank für Ihren Einkauf!",
    payments=MappingProxyType(
        {
            PaymentType.BAR: "Bar",
            PaymentType.UNBAR: "Unbar",
            PaymentType.KEINE: "Ohne Zahlung",
            PaymentType.EC_KARTE: "EC-Karte",
            PaymentType.KREDITKARTE: "Kreditkarte",
            PaymentType.EL_ZAHLUNGSDIENSTLEISTER: "Zahlungsdienst",
            PaymentType.GUTHABENKARTE: "Guthabenkarte",
        }
    ),
    types=MappingProxyType(
        {
            ReceiptType.AV_TRANSFER: "LIEFERUNG OHNE BERECHNUNG",
            ReceiptType.AV_BESTELLUNG: "BESTELLUNG",
            ReceiptType.AV_TRAINING: "TRAINING – kein gültiger Beleg",
            ReceiptType.AV_BELEGABBRUCH: "ABGEBROCHENER VORGANG",
            ReceiptType.AV_SACHBEZUG: "SACHBEZUG",
            ReceiptType.AV_SONSTIGE: "SONSTIGER VORGANG",
            ReceiptType.AV_RECHNUNG: "AUF RECHNUNG",
        }
    ),
    user="Bediener",
    subtotal="Zwischensumme",
    open_amount="OFFENER BETRAG",
    voucher_number="Gutschein-Nr.",
    reason="Grund",
    note="Bemerkung",
    group="Vorgang",
    first_order="Erste Bestellung",
    register_serial="Seriennummer der Kasse",
    tse_down="TSE AUSGEFALLEN",
    since="seit",
    handed_out="Ausgezahlt (Unterschrift)",
    received="Erhalten (Unterschrift)",
    customer_number="Kundennummer",
    customer_vat_id="USt-IdNr.",
    supply_date="Leistungsdatum ist das Belegdatum.",
    training="TRAINING",
    training_rule="kein gültiger Beleg",
    untaxed=MappingProxyType({5: "nicht steuerbar", 6: "umsatzsteuerfrei", 7: "Umsatzsteuer nicht ermittelbar"}),
    price_steps=MappingProxyType(
        {
            PriceStepType.BASE_AMOUNT: "Grundpreis",
            PriceStepType.DISCOUNT: "Nachlass",
            PriceStepType.EXTRA_AMOUNT: "Zuschlag",
        }
    ),
    outside=MappingProxyType(
        {
            ReferenceType.EXTERNE_RECHNUNG: "zu Rechnung",
            ReferenceType.EXTERNER_LIEFERSCHEIN: "zu Lieferschein",
            ReferenceType.EXTERNE_SONSTIGE: "zu",
        }
    ),
)

_ENGLISH: Final = Words(
    language="en",
    moment="%Y-%m-%d %H:%M:%S",
    number="No.",
    register="Register",
    served_by="Served by",
    began="Started",
    ended="Finished",
    total="TOTAL",
    given="Given",
    change="Change",
    line_void="Void",
    rate="Rate",
    net="Net",
    vat="VAT",
    gross="Gross",
    not_taxable="not taxable",
    void="VOID RECEIPT",
    goods_back="RETURN",
    refers_to="for receipt",
    tse_transaction="TSE transaction",
    tse_counter="Signature counter",
    tse_serial="TSE serial",
    tse_failed="TSE FAILED",
    signature="Signature",
    serial="Serial number",
    copy="Reprint",
    digital="Digital receipt",
    thanks="Thank you for your purchase!",
    payments=MappingProxyType(
        {
            PaymentType.BAR: "Cash",
            PaymentType.UNBAR: "Cashless",
            PaymentType.KEINE: "No payment",
            PaymentType.EC_KARTE: "Debit card",
            PaymentType.KREDITKARTE: "Credit card",
            PaymentType.EL_ZAHLUNGSDIENSTLEISTER: "Payment service",
            PaymentType.GUTHABENKARTE: "Stored-value card",
        }
    ),
    types=MappingProxyType(
        {
            ReceiptType.AV_TRANSFER: "DELIVERY WITHOUT CHARGE",
            ReceiptType.AV_BESTELLUNG: "ORDER",
            ReceiptType.AV_TRAINING: "TRAINING – not a valid receipt",
            ReceiptType.AV_BELEGABBRUCH: "ABANDONED TRANSACTION",
            ReceiptType.AV_SACHBEZUG: "BENEFIT IN KIND",
            ReceiptType.AV_SONSTIGE: "OTHER TRANSACTION",
            ReceiptType.AV_RECHNUNG: "ON INVOICE",
        }
    ),
    user="User",
    subtotal="Subtotal",
    open_amount="AMOUNT DUE",
    voucher_number="Voucher no.",
    reason="Reason",
    note="Note",
    group="Order",
    first_order="First order",
    register_serial="Register's serial number",
    tse_down="TSE AUSGEFALLEN (TSE out of order)",
    since="since",
    handed_out="Paid out (signature)",
    received="Received (signature)",
    customer_number="Customer no.",
    customer_vat_id="VAT ID",
    supply_date="Date of supply is the date of this receipt.",
    training="TRAINING",
    training_rule="not a valid receipt",
    untaxed=MappingProxyType({5: "not taxable", 6: "exempt from VAT", 7: "VAT cannot be determined"}),
    price_steps=MappingProxyType(
        {
            PriceStepType.BASE_AMOUNT: "Base price",
            PriceStepType.DISCOUNT: "Reduction",
            PriceStepType.EXTRA_AMOUNT: "Addition",
        }
    ),
    outside=MappingProxyType(
        {
            ReferenceType.EXTERNE_RECHNUNG: "for invoice",
            ReferenceType.EXTERNER_LIEFERSCHEIN: "for delivery note",
            ReferenceType.EXTERNE_SONSTIGE: "for",
        }
    ),
)


def words_for(language: str) -> Words:
    """The labels of a language; German unless it is English."""
    return _ENGLISH if language == "en" else _GERMAN
