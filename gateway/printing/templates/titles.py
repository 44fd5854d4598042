"""What a receipt is called at its head: the word that tells at a glance that it is no plain sale."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from branchgate.receipts.model import BusinessCase, Receipt, ReceiptType, ReferenceType
from branchgate.reports import Language
from gateway.printing.templates.words import Words

_CASES: Final[Mapping[BusinessCase, tuple[str, str]]] = MappingProxyType(
    {
        BusinessCase.TRINKGELD_AN: ("TRINKGELD", "TIP"),
        BusinessCase.FORDERUNGSAUFLOESUNG: ("ZAHLUNG ZU EINER RECHNUNG", "PAYMENT ON ACCOUNT"),
        BusinessCase.ANZAHLUNGSEINSTELLUNG: ("ANZAHLUNG", "DOWN PAYMENT"),
        BusinessCase.ANFANGSBESTAND: ("ANFANGSBESTAND", "OPENING FLOAT"),
        BusinessCase.PRIVATENTNAHME: ("PRIVATENTNAHME", "OWNER'S WITHDRAWAL"),
        BusinessCase.PRIVATEINLAGE: ("PRIVATEINLAGE", "OWNER'S DEPOSIT"),
        BusinessCase.GELDTRANSIT: ("GELDTRANSIT", "CASH IN TRANSIT"),
        BusinessCase.LOHNZAHLUNG: ("LOHNZAHLUNG", "WAGE PAID"),
        BusinessCase.EINZAHLUNG: ("EINZAHLUNG", "PAID IN"),
        BusinessCase.AUSZAHLUNG: ("AUSZAHLUNG", "PAID OUT"),
        BusinessCase.DIFFERENZ_SOLL_IST: ("KASSENDIFFERENZ", "CASH DIFFERENCE"),
    }
)
"""German and English, of receipts that hold nothing else."""

_ON_ACCOUNT: Final = ("AUF RECHNUNG", "ON ACCOUNT")


def title_of(receipt: Receipt, words: Words) -> str:
    """The title in the shop's language; empty for a plain sale."""
    if receipt.reverses_receipt:
        return words.void
    if receipt.type is not ReceiptType.BELEG:
        return receipt.type_name or words.types[receipt.type]
    if _takes_goods_back(receipt):
        return words.goods_back
    cases = {line.business_case for line in receipt.lines if not line.voided}
    if BusinessCase.FORDERUNGSENTSTEHUNG in cases:
        return _in(_ON_ACCOUNT, words.language)
    title = _CASES.get(next(iter(cases))) if len(cases) == 1 else None
    return _in(title, words.language) if title else ""


def reference_lines(receipt: Receipt, words: Words) -> list[str]:
    """What the receipt refers to: other receipts of the branch, documents outside. Each once, however many lines refer to it."""
    told = {
        (
            f"{words.refers_to} {reference.receipt_number} ({words.register} {reference.register_id.upper()})"
            if reference.type is ReferenceType.TRANSAKTION
            else " ".join(filter(None, (words.outside[reference.type], reference.name, reference.receipt_number)))
        ): None
        for reference in receipt.references
    }
    return list(told)


def _takes_goods_back(receipt: Receipt) -> bool:
    """Whether more goods came back than went out, or it names the sale of goods that came back; empties alone are no return."""
    sold = [line for line in receipt.lines if line.business_case is BusinessCase.UMSATZ and not line.voided]
    if sum(line.gross_cents for line in sold) < 0:
        return True
    return bool(receipt.references) and any(line.quantity_thousandths < 0 for line in sold)


def _in(texts: tuple[str, str], language: Language) -> str:
    return texts[language == "en"]
