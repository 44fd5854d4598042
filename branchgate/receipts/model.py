"""A receipt as frozen values; names and enumerations follow DSFinV-K 2.4."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from branchgate.vat import VatSum


class ReceiptType(IntEnum):
    """BON_TYP (Anhang B); the numbers are those of the contract."""

    BELEG = 1
    AV_TRANSFER = 2
    AV_BESTELLUNG = 3
    AV_TRAINING = 4
    AV_BELEGABBRUCH = 5
    AV_SACHBEZUG = 6
    AV_SONSTIGE = 7
    AV_RECHNUNG = 8

    @property
    def dsfinvk(self) -> str:
        """The value as DSFinV-K writes it."""
        return _RECEIPT_TYPES[self]


_RECEIPT_TYPES = {
    ReceiptType.BELEG: "Beleg",
    ReceiptType.AV_TRANSFER: "AVTransfer",
    ReceiptType.AV_BESTELLUNG: "AVBestellung",
    ReceiptType.AV_TRAINING: "AVTraining",
    ReceiptType.AV_BELEGABBRUCH: "AVBelegabbruch",
    ReceiptType.AV_SACHBEZUG: "AVSachbezug",
    ReceiptType.AV_SONSTIGE: "AVSonstige",
    ReceiptType.AV_RECHNUNG: "AVRechnung",
}


class BusinessCase(IntEnum):
    """GV_TYP (Anhang C); the numbers are those of the contract."""

    UMSATZ = 1
    PFAND = 2
    PFAND_RUECKZAHLUNG = 3
    RABATT = 4
    AUFSCHLAG = 5
    ZUSCHUSS_ECHT = 6
    ZUSCHUSS_UNECHT = 7
    TRINKGELD_AG = 8
    TRINKGELD_AN = 9
    EINZWECKGUTSCHEIN_KAUF = 10
    EINZWECKGUTSCHEIN_EINLOESUNG = 11
    MEHRZWECKGUTSCHEIN_KAUF = 12
    MEHRZWECKGUTSCHEIN_EINLOESUNG = 13
    FORDERUNGSENTSTEHUNG = 14
    FORDERUNGSAUFLOESUNG = 15
    ANZAHLUNGSEINSTELLUNG = 16
    ANZAHLUNGSAUFLOESUNG = 17
    ANFANGSBESTAND = 18
    PRIVATENTNAHME = 19
    PRIVATEINLAGE = 20
    GELDTRANSIT = 21
    LOHNZAHLUNG = 22
    EINZAHLUNG = 23
    AUSZAHLUNG = 24
    DIFFERENZ_SOLL_IST = 25

    @property
    def dsfinvk(self) -> str:
        """The value as DSFinV-K writes it."""
        return _BUSINESS_CASES[self]


_BUSINESS_CASES = {
    BusinessCase.UMSATZ: "Umsatz",
    BusinessCase.PFAND: "Pfand",
    BusinessCase.PFAND_RUECKZAHLUNG: "PfandRueckzahlung",
    BusinessCase.RABATT: "Rabatt",
    BusinessCase.AUFSCHLAG: "Aufschlag",
    BusinessCase.ZUSCHUSS_ECHT: "ZuschussEcht",
    BusinessCase.ZUSCHUSS_UNECHT: "ZuschussUnecht",
    BusinessCase.TRINKGELD_AG: "TrinkgeldAG",
    BusinessCase.TRINKGELD_AN: "TrinkgeldAN",
    BusinessCase.EINZWECKGUTSCHEIN_KAUF: "EinzweckgutscheinKauf",
    BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG: "EinzweckgutscheinEinloesung",
    BusinessCase.MEHRZWECKGUTSCHEIN_KAUF: "MehrzweckgutscheinKauf",
    BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG: "MehrzweckgutscheinEinloesung",
    BusinessCase.FORDERUNGSENTSTEHUNG: "Forderungsentstehung",
    BusinessCase.FORDERUNGSAUFLOESUNG: "Forderungsaufloesung",
    BusinessCase.ANZAHLUNGSEINSTELLUNG: "Anzahlungseinstellung",
    BusinessCase.ANZAHLUNGSAUFLOESUNG: "Anzahlungsaufloesung",
    BusinessCase.ANFANGSBESTAND: "Anfangsbestand",
    BusinessCase.PRIVATENTNAHME: "Privatentnahme",
    BusinessCase.PRIVATEINLAGE: "Privateinlage",
    BusinessCase.GELDTRANSIT: "Geldtransit",
    BusinessCase.LOHNZAHLUNG: "Lohnzahlung",
    BusinessCase.EINZAHLUNG: "Einzahlung",
    BusinessCase.AUSZAHLUNG: "Auszahlung",
    BusinessCase.DIFFERENZ_SOLL_IST: "DifferenzSollIst",
}

GOODS = frozenset({BusinessCase.UMSATZ, BusinessCase.PFAND, BusinessCase.PFAND_RUECKZAHLUNG})
"""Business cases whose lines name an article of the catalogue."""


class PaymentType(IntEnum):
    """ZAHLART_TYP (Anhang D); the numbers are those of the contract."""

    BAR = 1
    UNBAR = 2
    KEINE = 3
    EC_KARTE = 4
    KREDITKARTE = 5
    EL_ZAHLUNGSDIENSTLEISTER = 6
    GUTHABENKARTE = 7

    @property
    def dsfinvk(self) -> str:
        """The value as DSFinV-K writes it."""
        return _PAYMENT_TYPES[self]


_PAYMENT_TYPES = {
    PaymentType.BAR: "Bar",
    PaymentType.UNBAR: "Unbar",
    PaymentType.KEINE: "Keine",
    PaymentType.EC_KARTE: "ECKarte",
    PaymentType.KREDITKARTE: "Kreditkarte",
    PaymentType.EL_ZAHLUNGSDIENSTLEISTER: "ElZahlungsdienstleister",
    PaymentType.GUTHABENKARTE: "Guthabenkarte",
}


class PriceStepType(IntEnum):
    """TYP of Bonpos_Preisfindung; the numbers are those of the contract."""

    BASE_AMOUNT = 1
    DISCOUNT = 2
    EXTRA_AMOUNT = 3

    @property
    def dsfinvk(self) -> str:
        """The value as DSFinV-K writes it."""
        return self.name.lower()


class ReferenceType(IntEnum):
    """REF_TYP; the numbers are those of the contract."""

    TRANSAKTION = 1
    EXTERNE_RECHNUNG = 2
    EXTERNER_LIEFERSCHEIN = 3
    EXTERNE_SONSTIGE = 4

    @property
    def dsfinvk(self) -> str:
        """The value as DSFinV-K writes it."""
        return _REFERENCE_TYPES[self]


_REFERENCE_TYPES = {
    ReferenceType.TRANSAKTION: "Transaktion",
    ReferenceType.EXTERNE_RECHNUNG: "ExterneRechnung",
    ReferenceType.EXTERNER_LIEFERSCHEIN: "ExternerLieferschein",
    ReferenceType.EXTERNE_SONSTIGE: "ExterneSonstige",
}


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One step of how a unit price came about, signed, in 1/100,000 EUR; the steps of a line add up to its unit price."""

    type: PriceStepType
    unit_price: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line as printed. Quantity in thousandths, unit price in 1/100,000 EUR, gross in cents, rate in basis points.

    `applies_to_line`: the line that a discount, a surcharge or a deposit belongs to, 0 for the whole receipt. `business_case_name`:
    GV_NAME, for example why money was paid out. `voucher_number`: of the voucher sold or redeemed (GUTSCHEIN_NR).
    """

    line_number: int
    business_case: BusinessCase
    text: str
    quantity_thousandths: int
    unit_price: int
    gross_cents: int
    vat_key: int
    vat_rate_basis_points: int
    unit: str = "Stk"
    article_number: str = ""
    gtin: str = ""
    category_key: str = ""
    category_name: str = ""
    voided: bool = False
    voucher_number: str = ""
    business_case_name: str = ""
    applies_to_line: int = 0
    price_steps: tuple[PriceStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment in cents of the branch's currency; cash is what stays in the drawer."""

    type: PaymentType
    amount_cents: int
    name: str = ""
    currency: str = "EUR"
    foreign_amount: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """Another receipt of the branch (the sale of a return, the receipt that a void reverses) or a document outside.

    `name`: of a document outside (REF_NAME). `at_ms`: its date, 0 if not known. `line_number`: the line that refers to it, 0 for all.
    """

    register_id: str
    receipt_number: str
    event_id: bytes = b""
    type: ReferenceType = ReferenceType.TRANSAKTION
    name: str = ""
    at_ms: int = 0
    line_number: int = 0


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as printed (KUNDE_...); `country` is ISO 3166-1 alpha-3."""

    customer_id: str = ""
    kind: str = ""
    name: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    vat_id: str = ""


@dataclass(frozen=True, slots=True)
class TseSignature:
    """What a TSE said of a receipt, or why it could say nothing (`failure`, since `outage_since_ms`); times in UTC milliseconds.

    `public_key` is base64 of the uncompressed point: with it the receipt's QR code can be made and checked without anything else.
    `uncertified`: signed by a TSE for tests, and the receipt says so.
    """

    tse_serial: str
    transaction_number: int
    signature_counter: int
    started_at_ms: int
    finished_at_ms: int
    signature: str
    process_type: str
    process_data: str
    failure: str = ""
    signature_algorithm: str = ""
    log_time_format: str = ""
    public_key: str = ""
    outage_since_ms: int = 0
    uncertified: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as the register computed it. Times are UTC milliseconds by the register's clock, money is cents.

    `first_order_at_ms`: when the first order that ends with it was signed, 0 without orders.
    """

    receipt_number: str
    running_number: int
    type: ReceiptType
    started_at_ms: int
    finished_at_ms: int
    user_id: str
    user_name: str
    lines: tuple[Line, ...]
    vat_sums: tuple[VatSum, ...]
    payments: tuple[Payment, ...]
    total_cents: int
    type_name: str = ""
    cash_given_cents: int = 0
    change_cents: int = 0
    references: tuple[Reference, ...] = ()
    tse: TseSignature | None = None
    note: str = ""
    reverses_receipt: bool = False
    customer: Customer | None = None
    parked_id: bytes = b""
    allocation_group: str = ""
    first_order_at_ms: int = 0
