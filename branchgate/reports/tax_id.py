"""How the shop's tax id is called on receipts and reports (UStG § 14 (4) no. 2: tax number or VAT id)."""

from __future__ import annotations

import re
from typing import Final

from branchgate.reports.words import Language, word

_VAT_ID: Final = re.compile(r"[A-Z]{2} ?[0-9A-Z](?: ?[0-9A-Z+*.-]){1,14}")
"""Country and up to 14 characters (Commission's VIES), spaces as people write them."""
_TAX_NUMBER: Final = re.compile(r"[0-9][0-9 /-]{4,}")


def labelled_tax_id(tax_id: str, language: Language) -> str:
    """The id with its name before it; one that was entered with a name of its own stays as it is."""
    if _VAT_ID.fullmatch(tax_id):
        return f"{word('vat_id', language)} {tax_id}"
    if _TAX_NUMBER.fullmatch(tax_id):
        return f"{word('tax_number', language)} {tax_id}"
    return tax_id
