"""What a TSE is given to sign of a receipt: processType and processData (DSFinV-K, Anhang I; example on p. 111-114).

Everything is the printed value: sums per VAT key as they stand on the receipt, payments as they were made, change taken off the cash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from branchgate.currencies import BASE, amount_text
from branchgate.errors import Refused
from branchgate.money import PRICE_UNITS_PER_CENT, QUANTITY_UNITS
from branchgate.receipts.model import Line, Payment, PaymentType, Receipt, ReceiptType
from branchgate.vat import VatSum

KASSENBELEG: Final = "Kassenbeleg-V1"
BESTELLUNG: Final = "Bestellung-V1"

_SLOTS: Final = 5
_NO_TAX = 5
_SLOT_OF: Final[Mapping[int, int]] = MappingProxyType(
    {1: 1, 11: 1, 21: 1, 2: 2, 12: 2, 22: 2, 3: 3, 13: 3, 23: 3, 33: 3, 43: 3, 4: 4, 5: 5, 6: 5, 7: 5, 8: 5}
)
"""VAT key, historic ones included, to the place of its sum (Anlage 2 of 2024-12-05)."""

FIRST_OWN_KEY: Final = 1000
"""From here on keys are the merchant's own (margin scheme and the like): their sums stand in the last place."""


class Process(NamedTuple):
    """processType and processData as the TSE signs them."""

    type: str
    data: str


def process_of(receipt: Receipt) -> Process:
    """What is signed of a receipt: an order as `Bestellung-V1`, everything else as `Kassenbeleg-V1`.

    Raises Refused (VAT_KEY_UNKNOWN) for a key that Anlage 2 reserves: nobody knows in which sum it belongs.
    """
    if receipt.type is ReceiptType.AV_BESTELLUNG:
        return Process(BESTELLUNG, order_data(receipt.lines))
    return Process(KASSENBELEG, receipt_data(receipt))


def receipt_data(receipt: Receipt) -> str:
    """`<type>^<sums>^<payments>`. Raises Refused (VAT_KEY_UNKNOWN)."""
    return "^".join((receipt.type.dsfinvk, _sums(receipt.vat_sums), _payments(receipt.payments)))


def order_data(lines: Iterable[Line]) -> str:
    """One line of an order under the other, each `<quantity>;"<text>";<unit price>`; voided ones were not ordered."""
    return "\r".join(_ordered(line) for line in lines if not line.voided)


def slot_of(vat_key: int) -> int:
    """The place (1 to 5) of a VAT key's sum. Raises Refused (VAT_KEY_UNKNOWN) for a reserved key."""
    if vat_key >= FIRST_OWN_KEY:
        return _NO_TAX
    slot = _SLOT_OF.get(vat_key)
    if slot is None:
        raise Refused("VAT_KEY_UNKNOWN", field="vat_sums.vat_key", value=vat_key, rule="a key of DSFinV-K Anlage 2")
    return slot


def _sums(vat_sums: Iterable[VatSum]) -> str:
    sums = [0] * _SLOTS
    for vat in vat_sums:
        sums[slot_of(vat.vat_key) - 1] += vat.gross_cents
    return "_".join(map(amount_text, sums))


def _payments(payments: Iterable[Payment]) -> str:
    """Cash before cashless, our currency before others in alphabetic order; nothing that adds up to zero."""
    sums: dict[tuple[str, str], int] = {}
    for payment in payments:
        if payment.type is PaymentType.KEINE:
            continue
        kind = "Bar" if payment.type is PaymentType.BAR else "Unbar"
        foreign = payment.currency not in {"", BASE} and payment.foreign_amount != 0
        currency, amount = (payment.currency, payment.foreign_amount) if foreign else ("", payment.amount_cents)
        sums[kind, currency] = sums.get((kind, currency), 0) + amount
    return "_".join(
        ":".join(filter(None, (amount_text(amount, currency or BASE), kind, currency)))
        for (kind, currency), amount in sorted(sums.items())
        if amount
    )


def _ordered(line: Line) -> str:
    text = line.text.replace('"', '""')
    return f'{_quantity(line.quantity_thousandths)};"{text}";{_unit_price(line.unit_price)}'


def _quantity(thousandths: int) -> str:
    whole, rest = divmod(abs(thousandths), QUANTITY_UNITS)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{whole}.{rest:03d}".rstrip("0") if rest else f"{sign}{whole}"


def _unit_price(price: int) -> str:
    """Two decimals, up to five when the price has them."""
    cents, fraction = divmod(abs(price), PRICE_UNITS_PER_CENT)
    return ("-" if price < 0 else "") + amount_text(cents) + f"{fraction:03d}".rstrip("0")
