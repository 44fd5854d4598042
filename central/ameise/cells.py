"""Single values of a row: each function reads one cell or says in one Problem why it cannot."""

from __future__ import annotations

import re
from fractions import Fraction

from central.ameise import gtin
from central.ameise.columns import Cell
from central.ameise.headers import fold
from central.ameise.numbers import AmbiguousNumberError, NotANumberError, parse_number
from central.ameise.problems import Problem, Reason
from central.ameise.vat import Vat, VatTable

MAX_PRICE_EUROS = 1_000_000

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_YES_NO = {
    **dict.fromkeys(("y", "yes", "j", "ja", "1", "true", "wahr"), True),
    **dict.fromkeys(("n", "no", "nein", "0", "false", "falsch"), False),
}


class CellError(Exception):
    """The cell has no usable value; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def text(cell: Cell) -> str:
    """A name or number for people, with runs of space as one. Control characters would steer a printer, so they are refused."""
    words = " ".join(cell.text.split())
    if (control := _CONTROL.search(words)) is not None:
        raise CellError(cell.problem(Reason.CONTROL_CHARACTER, f"U+{ord(control[0]):04X}"))
    return words


def number(cell: Cell, unit: str, example: str) -> Fraction:
    """A decimal number; `example` shows the form in the message."""
    try:
        return parse_number(cell.text, unit)
    except AmbiguousNumberError:
        raise CellError(cell.problem(Reason.NUMBER_AMBIGUOUS, _spelled_out(cell.text))) from None
    except NotANumberError:
        raise CellError(cell.problem(Reason.NOT_A_NUMBER, example)) from None


def euros(cell: Cell, negative_allowed: bool = False) -> Fraction:
    """An amount of money in EUR, exact; never negative in the result."""
    amount = number(cell, "€", "20,97")
    if amount < 0 and not negative_allowed:
        raise CellError(cell.problem(Reason.PRICE_NEGATIVE))
    if abs(amount) > MAX_PRICE_EUROS:
        raise CellError(cell.problem(Reason.PRICE_ABSURD, str(MAX_PRICE_EUROS)))
    return abs(amount)


def vat_of_rate(cell: Cell, table: VatTable) -> Vat:
    """The VAT of a rate in percent, such as `7`, `7,00` or `7 %`."""
    basis_points = number(cell, "%", "19,00") * 100
    vat = table.for_rate(int(basis_points)) if basis_points.denominator == 1 else None
    if vat is None:
        raise CellError(cell.problem(Reason.VAT_RATE_UNKNOWN, table.known_rates()))
    return vat


def vat_of_class(cell: Cell, table: VatTable) -> Vat:
    """The VAT of a tax class such as `ermäßigter Steuersatz`."""
    vat = table.for_class(cell.text)
    if vat is None:
        raise CellError(cell.problem(Reason.TAX_CLASS_UNKNOWN, "[tax.classes]"))
    return vat


def gtin_of(cell: Cell) -> str:
    """A GTIN-8, -12, -13 or -14 whose check digit is right."""
    code = cell.text
    if _SCIENTIFIC.fullmatch(code):
        raise CellError(cell.problem(Reason.GTIN_SCIENTIFIC))
    if not (code.isascii() and code.isdigit()):
        raise CellError(cell.problem(Reason.GTIN_NOT_DIGITS))
    if len(code) not in gtin.LENGTHS:
        raise CellError(cell.problem(Reason.GTIN_LENGTH, ", ".join(map(str, gtin.LENGTHS))))
    if not gtin.is_gtin(code):
        raise CellError(cell.problem(Reason.GTIN_CHECK_DIGIT, str(gtin.check_digit(code[:-1]))))
    return code


def yes_or_no(cell: Cell) -> bool:
    """A flag as Ameise writes it: Y/N, 1/0, Ja/Nein."""
    flag = _YES_NO.get(fold(cell.text))
    if flag is None:
        raise CellError(cell.problem(Reason.NOT_YES_NO, "Y, N, 1, 0, Ja, Nein"))
    return flag


def _spelled_out(ambiguous: str) -> str:
    number = ambiguous.rstrip("€% ").strip()
    return f"{number.replace('.', '')},00 / {number.replace('.', ',')}"
