"""A receipt as our gateway makes it, for judges to print and read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from branchgate.catalogue import Article, BranchSettings
from branchgate.receipts.basket import Basket, Header
from branchgate.receipts.model import Receipt
from drivers.escpos.document import Barcode, Document
from drivers.escpos.profile import PROFILES, PrinterProfile
from gateway.printing.templates.receipt import receipt_document
from tests.gateway.printing.kinds import signed

BEGAN, ENDED = 1_795_000_000_000, 1_795_000_062_000
EAN: Final = "4006381333931"
LANGUAGES: Final = ("de", "en")
PROFILE_OF: Final = {32: PROFILES["POS-5890"], 42: PROFILES["TM-T88V"], 48: PROFILES["generic-80"]}
SHOP: Final = BranchSettings(
    branch_id="mitte",
    name="Filiale Mitte",
    company="Käthes Dorfladen",
    street="Lindenstraße 7",
    postcode="10969",
    town="Berlin",
    tax_id="USt-IdNr. DE123456789",
)


def epson_slots(profile: PrinterProfile) -> PrinterProfile:
    """The profile of a printer that numbers its code pages as Epson does, as all judges do."""
    return replace(profile, code_page=PROFILES["generic-80"].code_page)


def sale() -> Receipt:
    """A sale with umlauts and euro signs, signed."""
    basket = Basket()
    basket.add(Article("1", "Müsli Übergröße", 119_000, 2, 700))
    basket.add(Article("3", "Bergkäse jung 50 % F. i. Tr.", 1_299_000, 2, 700, unit="kg", weighed=True), 486)
    basket.add(Article("4", "Öl à 1 € Rabatt", 1_399_000, 1, 1900))
    return signed(basket.pay_cash(Header("K1-000042", 42, BEGAN, ENDED, "anna", "Anna"), 5_000))


def receipt_paper(language: str, columns: int) -> Document:
    """The sale with the TSE's QR code, and an EAN below for the sake of the barcode."""
    document = receipt_document(sale(), "kasse-1", replace(SHOP, language=language), columns)
    return Document((*document.elements, Barcode(EAN)))
