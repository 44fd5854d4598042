"""A receipt as our gateway makes it, for judges to print and read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from branchgate.catalogue import Article, BranchSettings
from branchgate.receipts.basket import Basket, Header
from branchgate.receipts.model import TseSignature
from drivers.escpos.document import Barcode, Document
from drivers.escpos.profile import PROFILES, PrinterProfile
from gateway.printing.templates.fiscal import TseDevice
from gateway.printing.templates.receipt import receipt_document

BEGAN, ENDED = 1_795_000_000_000, 1_795_000_062_000
EAN: Final = "4006381333931"
LANGUAGES: Final = ("de", "en")
PROFILE_OF: Final = {32: PROFILES["POS-5890"], 42: PROFILES["TM-T88V"], 48: PROFILES["generic-80"]}
PUBLIC_KEY: Final = "BHhWOeisRpPBTGQ1W4VUH95TXx2GARf8"
SHOP: Final = BranchSettings(
    branch_id="mitte",
    name="Filiale Mitte",
    company="Käthes Dorfladen",
    street="Lindenstraße 7",
    postcode="10969",
    town="Berlin",
    tax_id="USt-IdNr. DE123456789",
)
TSE: Final = TseSignature(
    tse_serial="a1" * 32,
    transaction_number=112,
    signature_counter=4711,
    started_at_ms=BEGAN,
    finished_at_ms=ENDED,
    signature="MEQCIAy4P9k+7x13PdFO0lwm8L9dZ1Mwg8ab0Zs6ZP1s9wVq",
    process_type="Kassenbeleg-V1",
    process_data="Beleg^2.94_7.50_0.00_0.00_0.00^10.44:Bar",
)


def epson_slots(profile: PrinterProfile) -> PrinterProfile:
    """The profile of a printer that numbers its code pages as Epson does, as all judges do."""
    return replace(profile, code_page=PROFILES["generic-80"].code_page)


def receipt_paper(language: str, columns: int) -> Document:
    """A sale with umlauts, euro signs, the TSE's QR code, and an EAN below for the sake of the barcode."""
    basket = Basket()
    basket.add(Article("1", "Müsli Übergröße", 119_000, 2, 700))
    basket.add(Article("3", "Bergkäse jung 50 % F. i. Tr.", 1_299_000, 2, 700, unit="kg", weighed=True), 486)
    basket.add(Article("4", "Öl à 1 € Rabatt", 1_399_000, 1, 1900))
    sale = replace(basket.pay_cash(Header("K1-000042", 42, BEGAN, ENDED, "anna", "Anna"), 5_000), tse=TSE)
    shop = replace(SHOP, language=language)
    device = TseDevice(PUBLIC_KEY)
    document = receipt_document(sale, "kasse-1", shop, columns, tse_device=device)
    return Document((*document.elements, Barcode(EAN)))
