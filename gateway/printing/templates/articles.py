"""The lines of a receipt on paper: quantity, text, amount and VAT letter; below, how the amount came about and what belongs to it."""

from __future__ import annotations

import textwrap
from typing import Final

from branchgate.money import QUANTITY_UNITS, quantity_text
from branchgate.receipts.model import BusinessCase, Line
from drivers.escpos.document import Columns, Element
from drivers.escpos.sanitise import printable
from gateway.printing.templates.words import Words

QUANTITY_WIDTH: Final = 4
BELONGING: Final = "  "
"""Set before the text of a discount, a surcharge or a deposit that belongs to the line above it."""

WEIGHT_AND_MEASURE: Final = frozenset({"g", "kg", "t", "ml", "cl", "l", "cm", "m", "m²", "m³", "qm"})
"""Units that are measured: printed with three decimals also when the amount is whole. All others are counted (Stk, Kasten, Packung)."""

COUNTED: Final = frozenset(
    {
        BusinessCase.UMSATZ,
        BusinessCase.PFAND,
        BusinessCase.PFAND_RUECKZAHLUNG,
        BusinessCase.EINZWECKGUTSCHEIN_KAUF,
        BusinessCase.MEHRZWECKGUTSCHEIN_KAUF,
    }
)
"""What has a quantity that means something; a discount or money put into the drawer has an amount alone."""

_LETTERS: Final = range(1, 9)
"""The keys of Anlage 2 that are in force."""


def vat_letter(vat_key: int) -> str:
    """The mark that leads from a line to its row in the VAT table: A is DSFinV-K's key 1; historic and own keys keep their number."""
    return chr(ord("A") + vat_key - 1) if vat_key in _LETTERS else str(vat_key)


def article_lines(line: Line, words: Words, columns: int, *, taxed: bool = True) -> list[Element]:
    """One line of the receipt; a line voided before payment is followed by its void, so that nothing is hidden.

    `taxed` False leaves the VAT letter away: the receipt has no VAT table that it could lead to.
    """
    printed = _rows(line, words, columns, taxed)
    if line.voided:
        printed.append(Columns(f"{'':{QUANTITY_WIDTH}}{words.line_void}", _amount(line, words, -1, taxed)))
    return printed


def _rows(line: Line, words: Words, columns: int, taxed: bool) -> list[Element]:
    counted = line.business_case in COUNTED
    weighed = counted and (line.unit in WEIGHT_AND_MEASURE or line.quantity_thousandths % QUANTITY_UNITS != 0)
    quantity = quantity_text(line.quantity_thousandths, weighed, words.language)
    margin = f"{quantity:>{QUANTITY_WIDTH - 1}} " if counted and not weighed else ""
    belonging = BELONGING if line.applies_to_line and not margin else ""
    amount = _amount(line, words, 1, taxed)
    first, *more = textwrap.wrap(
        printable(line.text).strip() or "-",
        columns - len(amount) - 1,
        initial_indent=f"{margin:{QUANTITY_WIDTH}}{belonging}",
        subsequent_indent=" " * QUANTITY_WIDTH + belonging,
        drop_whitespace=True,
    )
    below = list(_details(line, words))
    if counted and (weighed or abs(line.quantity_thousandths) != QUANTITY_UNITS):
        below.insert(0, _origin(line, words, weighed, quantity))
    indent = " " * QUANTITY_WIDTH + belonging
    return [
        Columns(first, amount),
        *(Columns(text, "") for text in more),
        *(Columns(indent + text, "") for text in below),
    ]


def _details(line: Line, words: Words) -> list[str]:
    told = [f"{words.price_steps[step.type]} {words.unit_price(step.unit_price)} €" for step in line.price_steps]
    if line.voucher_number and line.voucher_number not in line.text:
        told.append(f"{words.voucher_number} {line.voucher_number}")
    if line.business_case_name and line.business_case_name != line.text:
        told.append(f"{words.reason}: {line.business_case_name}")
    return told


def _origin(line: Line, words: Words, weighed: bool, quantity: str) -> str:
    price = words.unit_price(line.unit_price)
    return f"{quantity} {line.unit} x {price} €/{line.unit}" if weighed else f"{quantity} x {price} €"


def _amount(line: Line, words: Words, sign: int, taxed: bool) -> str:
    amount = words.money(sign * line.gross_cents)
    return f"{amount} {vat_letter(line.vat_key)}" if taxed else amount
