"""Amounts, quantities and ids as people write them (`"12,50"`, `"0,486"`), checked and made into integers: cents and thousandths."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from branchgate.money import QUANTITY_UNITS
from branchgate.receipts.check import MAX_QUANTITY_THOUSANDTHS

_DECIMAL = re.compile(r"(-?)(\d{1,9})(?:[.,](\d{1,3}))?")
_ID_BYTES = 16


def fixed_point(value: object, decimals: int) -> int:
    """A number as people write it, as an integer of 10^-decimals. Raises ValueError with the rule."""
    found = _DECIMAL.fullmatch(str(value).strip())
    if found is None or len(found[3] or "") > decimals:
        raise ValueError(f"a number with at most 9 digits and {decimals} decimals, for example 12,{'5' * decimals}")
    whole = int(found[2] + (found[3] or "").ljust(decimals, "0"))
    return -whole if found[1] else whole


def _id(value: object) -> bytes:
    try:
        found = bytes.fromhex(str(value))
    except ValueError:
        found = b""
    if len(found) != _ID_BYTES:
        raise ValueError("32 hexadecimal digits, as the list shows them")
    return found


def _amount(value: object) -> int:
    cents = fixed_point(value, 2)
    if cents <= 0:
        raise ValueError("an amount of more than zero")
    return cents


def _percent(value: object) -> int:
    basis_points = fixed_point(str(value).strip().removesuffix("%").strip(), 2)
    if basis_points <= 0:
        raise ValueError("a percentage of more than zero")
    return basis_points


def _quantity(value: object) -> int:
    thousandths = fixed_point(value, 3)
    if not 0 < thousandths <= MAX_QUANTITY_THOUSANDTHS:
        # More than the gateway would find plausible is a barcode in the wrong field.
        raise ValueError(f"more than zero, at most {MAX_QUANTITY_THOUSANDTHS // QUANTITY_UNITS}")
    return thousandths


Cents = Annotated[int, BeforeValidator(_amount)]
BasisPoints = Annotated[int, BeforeValidator(_percent)]
Thousandths = Annotated[int, BeforeValidator(_quantity)]
Id = Annotated[bytes, BeforeValidator(_id)]


class Strict(BaseModel):
    """Part of a command: what is not known is refused, and nothing is changed once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
