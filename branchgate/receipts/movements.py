"""Money that moves without goods: floats, cash in and out, the bank, the owner, wages, tips paid out. Cash only, not taxable (DSFinV-K p. 34)."""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.receipts.basket import Header, money_movement
from branchgate.receipts.model import BusinessCase, Receipt


@dataclass(frozen=True, slots=True)
class Movement:
    """One way in which cash moves: `sign` -1 takes it out of the drawer."""

    case: BusinessCase
    sign: int
    text: str


MOVEMENTS: dict[str, Movement] = {
    "float": Movement(BusinessCase.ANFANGSBESTAND, 1, "Anfangsbestand"),
    "paid-in": Movement(BusinessCase.EINZAHLUNG, 1, "Einzahlung"),
    "paid-out": Movement(BusinessCase.AUSZAHLUNG, -1, "Auszahlung"),
    "to-bank": Movement(BusinessCase.GELDTRANSIT, -1, "Zur Bank"),
    "from-bank": Movement(BusinessCase.GELDTRANSIT, 1, "Von der Bank"),
    "owner-in": Movement(BusinessCase.PRIVATEINLAGE, 1, "Privateinlage"),
    "owner-out": Movement(BusinessCase.PRIVATENTNAHME, -1, "Privatentnahme"),
    "wage": Movement(BusinessCase.LOHNZAHLUNG, -1, "Lohnzahlung"),
    "tip-out": Movement(BusinessCase.TRINKGELD_AN, -1, "Trinkgeld ausgezahlt"),
}
"""What a till can be told, by its command."""


def movement(header: Header, kind: str, cents: int, reason: str = "") -> Receipt:
    """The receipt of a movement of `MOVEMENTS`. `reason`, why, is also its GV_NAME."""
    moved = MOVEMENTS[kind]
    return money_movement(header, moved.case, moved.sign * cents, reason or moved.text, reason)
