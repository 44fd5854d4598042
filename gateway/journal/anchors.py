"""Check marks (Prüfanker) as they are printed on a Z and typed from it: the beginning of a chain hash, and the entry it stands at."""

from __future__ import annotations

import re

from branchgate.errors import Refused
from gateway.journal.examination import Anchor

_HASH = re.compile("[0-9a-f]{8,64}")
_RULE = "PRÜFANKER@NUMMER, 8 to 64 hexadecimal digits and the last entry as printed on the Z"


def parsed_anchor(text: str) -> Anchor:
    """`HASH@SEQUENCE` as typed. Raises Refused (INVALID_VALUE)."""
    begins, _, place = text.partition("@")
    if not place.isascii() or not place.isdigit() or not 0 < int(place) < 1 << 63:
        raise Refused("INVALID_VALUE", field="anchor", value=text, rule=_RULE)
    return Anchor(int(place), hash_beginning(begins))


def hash_beginning(text: str) -> str:
    """The digits of a check mark, in lower case and without spaces. Raises Refused (INVALID_VALUE)."""
    digits = text.replace(" ", "").lower()
    if not _HASH.fullmatch(digits):
        raise Refused("INVALID_VALUE", field="anchor", value=text, rule=_RULE)
    return digits
