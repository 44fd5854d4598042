"""Who stands on a receipt: the shop, the customer, who sold, and the two who sign when money leaves the drawer."""

from __future__ import annotations

from typing import Final

from branchgate.catalogue import BranchSettings
from branchgate.receipts.model import BusinessCase, Customer, Receipt, ReceiptType
from branchgate.reports import labelled_tax_id
from drivers.escpos.document import Align, Element, Feed, Rule, Text
from gateway.printing.templates.words import Words

HANDED_OUT: Final = frozenset(
    {
        BusinessCase.AUSZAHLUNG,
        BusinessCase.PRIVATENTNAHME,
        BusinessCase.LOHNZAHLUNG,
        BusinessCase.GELDTRANSIT,
        BusinessCase.TRINKGELD_AN,
    }
)
"""Money that somebody takes out of the drawer and signs for."""

MOVES_MONEY: Final = frozenset(case for case in BusinessCase if case >= BusinessCase.ANFANGSBESTAND)
"""What only moves cash, without a customer (DSFinV-K p. 34)."""


def shop(settings: BranchSettings, words: Words, columns: int) -> list[Element]:
    """Name, address and tax id of the business."""
    name = settings.company or settings.name
    lines: list[Element] = [Text(name, Align.CENTER, bold=True, double=2 * len(name) <= columns)]
    rest = (
        settings.name if settings.name != name else "",
        settings.street,
        f"{settings.postcode} {settings.town}".strip(),
        labelled_tax_id(settings.tax_id, words.language),
    )
    return lines + [Text(line, Align.CENTER) for line in rest if line]


def customer_block(customer: Customer | None, settings: BranchSettings, words: Words) -> list[Element]:
    """Name and address of the customer, as for a letter; the country only abroad."""
    if customer is None:
        return []
    numbered = f"{words.customer_number} {customer.customer_id}" if customer.customer_id else ""
    vat_id = f"{words.customer_vat_id} {customer.vat_id}" if customer.vat_id else ""
    told = (
        customer.name,
        customer.street,
        f"{customer.postcode} {customer.town}".strip(),
        customer.country if customer.country != settings.country else "",
        numbered,
        vat_id,
    )
    lines: list[Element] = [Text(line) for line in told if line]
    return [Rule(), *lines] if lines else []


def signature_lines(receipt: Receipt, words: Words) -> list[Element]:
    """Two lines to sign on, for who hands out and who receives, where money left the drawer without goods."""
    taken = receipt.type is ReceiptType.BELEG and receipt.total_cents < 0
    if not taken or not all(line.business_case in HANDED_OUT for line in receipt.lines):
        return []
    return [element for label in (words.handed_out, words.received) for element in (Feed(3), Rule("_"), Text(label))]
