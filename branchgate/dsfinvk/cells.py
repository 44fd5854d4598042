"""One cell at a time: what a column's value may look like (DSFinV-K 2.4, index.xml and the description of the fields).

`pattern` is the quick way: what it matches is right. `problem` is the judge: it names what is wrong with a cell, or nothing.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from branchgate.dsfinvk.facts import OWN_VAT_KEYS_FROM, Column, Form, Need, vat_keys

MOST_DIGITS: Final = 12
"""Digits before the comma, of a whole number up to 15: beyond that it is not money of a shop, and sums would not fit into 64 bits."""
MOST_WHOLE_DIGITS: Final = 15
SCALE: Final = 100_000
"""Numbers with decimals are kept as integers of 1/100,000."""

_DAY = r"(?:(?:0[13-9]|1[0-2])-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8])|(?:0[13578]|1[02])-31)"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_QUICK_FORMS: Final = {
    Form.TIME: rf"20\d\d-{_DAY}T{_CLOCK}(?:\.\d{{1,6}})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)",
    Form.TSE_TIME: rf"20\d\d-{_DAY}T{_CLOCK}\.\d\d\dZ",
    Form.DATE: rf"20\d\d-{_DAY}",
    Form.BOOLEAN: "[01]",
    Form.SERIAL: r"[A-Za-z0-9'()+,\-.=][A-Za-z0-9 '()+,\-.=]*",
    Form.VAT_KEY: "[1-8]",
}

_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d+)(?:,(?P<places>\d+))?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?", re.ASCII)
_POINTED = re.compile(r"[+-]?\d+\.\d*", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?P<offset>Z|[+-]\d\d:\d\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TSE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_SERIAL = re.compile(r"[A-Za-z0-9 '()+,\-.=]+")
_FRACTION = re.compile(r"\.\d+", re.ASCII)


def pattern(column: Column) -> str:
    """A regular expression of cells that are right, without groups; not of all of them."""
    required = column.need is Need.ALWAYS
    if column.numeric:
        quick = "[1-8]" if column.form is Form.VAT_KEY else _number_pattern(column.decimals or 0)
    elif column.values:
        listed = "|".join(map(re.escape, sorted(column.values)))
        quick = f'(?:{listed})|"(?:{listed})"'
    elif column.form in _QUICK_FORMS:
        quick = f'{_QUICK_FORMS[column.form]}|"{_QUICK_FORMS[column.form]}"'
    else:
        rest = max(0, column.length - 1) if column.length else ""
        plain, quoted = r'[^\s";\x00-\x1f\x7f]', r'(?:[^\s"\x00-\x1f\x7f]|"")'
        more, quoted_more = r'[^";\x00-\x1f\x7f]', r'(?:[^"\x00-\x1f\x7f]|"")'
        quick = f'{plain}{more}{{0,{rest}}}|"{quoted}{quoted_more}{{0,{rest}}}"'
    # An empty text may stand in quotes; an empty number may not.
    empty = "" if required else ("|" if column.numeric else '|""|')
    return f"(?:{quick}{empty})"


def _number_pattern(decimals: int) -> str:
    if not decimals:
        return rf"0|-?[1-9]\d{{0,{MOST_WHOLE_DIGITS - 1}}}"
    whole = rf"-?(?:0|[1-9]\d{{0,{MOST_DIGITS - 1}}})"
    # A minus before nothing but zeros is for the judge.
    return rf"(?!-0,0+(?:;|$)){whole},\d{{{fewest_places(decimals)},{decimals}}}"


def fewest_places(decimals: int) -> int:
    """Places that are written at least: of amounts 2, of quantities 3."""
    return min(decimals, 3 if decimals == 3 else 2)


def problem(column: Column, value: str, quoted: bool) -> tuple[str, str] | None:
    """Code and rule of what is wrong with a cell, None when nothing is. `value` is what stands inside the quotes."""
    if not value.strip():
        return ("MANDATORY", "") if column.need is Need.ALWAYS else _blanks(column, value, quoted)
    if column.numeric:
        return _problem_of_number(column, value, quoted)
    if any((character < " " and character not in "\r\n\t") or character == "\x7f" for character in value):
        return "TEXT_CONTROL", ""
    if column.form in {Form.COUNTRY, Form.CURRENCY}:
        return None if value in column.values else (column.form.value.upper(), "")
    if column.values:
        return None if value in column.values else ("ENUM", ", ".join(sorted(column.values)))
    wrong = _problem_of_form(column.form, value)
    if wrong is None and column.length and len(value) > column.length:
        return "TEXT_LENGTH", str(column.length)
    return wrong


def number(value: str, decimals: int) -> int | None:
    """A cell's number, whole or in 1/100,000, also when it is written wrongly but means one; None when it does not or is too long."""
    plain = value.replace(".", "") if "," in value or _GROUPED.fullmatch(value) else value.replace(".", ",")
    found = _NUMBER.fullmatch(plain)
    if not found or len(found["whole"]) > (MOST_DIGITS if decimals else MOST_WHOLE_DIGITS):
        return None
    sign = -1 if found["sign"] == "-" else 1
    if not decimals:
        return sign * int(found["whole"])
    return sign * (int(found["whole"]) * SCALE + int((found["places"] or "")[:5].ljust(5, "0")))


def written(amount: int) -> str:
    """An amount of 1/100,000 as a file would write it: two places or as many as it needs."""
    whole, places = divmod(abs(amount), SCALE)
    digits = f"{places:05d}".rstrip("0").ljust(2, "0")
    return f"{'-' if amount < 0 else ''}{whole},{digits}"


def _blanks(column: Column, value: str, quoted: bool) -> tuple[str, str] | None:
    if column.numeric and (value or quoted):
        return "NUMBER", _number_rule(column)
    return None


def _number_rule(column: Column) -> str:
    return "0" if not column.decimals else f"0,{'0' * fewest_places(column.decimals)}"


def _problem_of_number(column: Column, value: str, quoted: bool) -> tuple[str, str] | None:
    decimals = column.decimals or 0
    if quoted:
        return "NUMBER_QUOTED", value
    if _GROUPED.fullmatch(value):
        return "NUMBER_GROUPED", value.replace(".", "")
    if _POINTED.fullmatch(value):
        return "NUMBER_POINT", value.replace(".", ",")
    found = _NUMBER.fullmatch(value)
    if not found or not value.isascii():
        return "NUMBER", _number_rule(column)
    whole, places = found["whole"], found["places"] or ""
    if found["sign"] == "+" or (found["sign"] and not int(whole + places)):
        return "NUMBER_SIGN", value[1:]
    if len(whole) > 1 and whole.startswith("0"):
        return "NUMBER_LEADING_ZERO", whole.lstrip("0") or "0"
    if len(whole) > (MOST_DIGITS if decimals else MOST_WHOLE_DIGITS):
        return "NUMBER_TOO_LONG", str(MOST_DIGITS if decimals else MOST_WHOLE_DIGITS)
    if not fewest_places(decimals) <= len(places) <= decimals or ("," in value and not decimals):
        return "NUMBER_DECIMALS", _places_rule(decimals)
    if column.form is Form.VAT_KEY and not (int(whole) in vat_keys() or int(whole) >= OWN_VAT_KEYS_FROM):
        return "VAT_KEY_UNKNOWN", ", ".join(map(str, vat_keys()))
    return None


def _places_rule(decimals: int) -> str:
    fewest = fewest_places(decimals)
    return str(decimals) if fewest == decimals else f"{fewest}-{decimals}"


def _problem_of_form(form: Form, value: str) -> tuple[str, str] | None:
    if form is Form.BOOLEAN and value not in {"0", "1"}:
        return "BOOLEAN", "0, 1"
    if form is Form.SERIAL and not _SERIAL.fullmatch(value):
        return "SERIAL_CHARACTERS", "A-Z a-z 0-9 ' ( ) + - , . ="
    if form is Form.DATE and not (_DATE.fullmatch(value) and _exists(f"{value}T00:00:00")):
        return "DATE", "2026-09-03"
    if form is Form.TSE_TIME and not (_TSE_TIME.fullmatch(value) and _exists(value)):
        return "TSE_TIME", "2026-09-03T10:15:00.000Z"
    if form is Form.TIME:
        found = _TIME.fullmatch(value)
        if not found or not _exists(value):
            return "TIME", "2026-09-03T12:15:00+02:00"
        if not found["offset"]:
            return "TIME_OFFSET", f"{value}+02:00"
    return None


def _exists(moment: str) -> bool:
    """Whether the calendar has that moment; nanoseconds are cut, because datetime does not know them."""
    try:
        datetime.fromisoformat(_FRACTION.sub("", moment))
    except ValueError:
        return False
    return True
