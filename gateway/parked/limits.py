"""What may be parked: bounds for what a register asks to keep here and show to all others.

Parking has not happened yet, so unlike a sale it is refused when something is wrong with it.
"""

from __future__ import annotations

from typing import Final

from branchgate.chain import EVENT_ID_BYTES
from branchgate.errors import Refused
from branchgate.receipts.basket import total_of
from branchgate.receipts.limits import LARGEST, LOWEST_RATE
from branchgate.receipts.model import Customer, Line
from branchgate.receipts.parked import ParkedReceipt, encode_parked
from gateway.short_texts import short_text

LONGEST_TITLE: Final = 60
MOST_LINES: Final = 500
MOST_BYTES: Final = 128 * 1024
"""Of one parked receipt: a thousand of them stay within what a small computer holds."""

LATEST_MS: Final = 253_402_300_799_999
"""The end of the year 9999: no clock shows a later time."""

_CUSTOMER: Final = ("customer_id", "kind", "name", "street", "postcode", "town", "country", "vat_id")


def checked_id(value: bytes, field: str) -> bytes:
    """An id of 16 bytes. Raises Refused (INVALID_VALUE)."""
    if len(value) != EVENT_ID_BYTES:
        raise _invalid(field, value[:EVENT_ID_BYTES].hex(), f"{EVENT_ID_BYTES} bytes")
    return value


def check_parkable(receipt: ParkedReceipt) -> None:
    """Raises Refused (INVALID_VALUE) naming the first field that is not as it must be, its value and the rule."""
    checked_id(receipt.parked_id, "receipt.parked_id")
    title = receipt.title
    if not 1 <= len(title) <= LONGEST_TITLE or not title.isprintable() or title.isspace():
        raise _invalid("receipt.title", title, f"1 to {LONGEST_TITLE} characters, in one line")
    short_text(receipt.user_id, "receipt.user_id")
    if not 0 < receipt.started_at_ms <= LATEST_MS:
        raise _invalid("receipt.started_at_ms", receipt.started_at_ms, "UTC milliseconds")
    check_amount(len(receipt.lines), len(encode_parked(receipt)))
    before = 0
    for index, line in enumerate(receipt.lines):
        _check_line(line, before, f"receipt.lines[{index}].")
        before = line.line_number
    total = total_of(receipt.lines)
    if receipt.total_cents != total:
        raise _invalid("receipt.total_cents", receipt.total_cents, f"the lines add up to {total}")
    if receipt.customer is not None:
        _check_customer(receipt.customer)


def check_amount(lines: int, size: int) -> None:
    """Refuses (INVALID_VALUE) more lines or bytes than are kept; cheap, so that the rest need not even be looked at."""
    if not 1 <= lines <= MOST_LINES:
        raise _invalid("receipt.lines", lines, f"1 to {MOST_LINES} lines")
    if size > MOST_BYTES:
        raise _invalid("receipt", f"{size} bytes", f"at most {MOST_BYTES} bytes")


def _check_line(line: Line, before: int, where: str) -> None:
    if line.line_number <= before:
        raise _invalid(
            where + "line_number", line.line_number, f"more than {before}: lines are numbered upwards from 1"
        )
    for name in ("gross_cents", "quantity_thousandths"):
        value = getattr(line, name)
        if not -LARGEST <= value <= LARGEST:
            raise _invalid(where + name, value, f"between {-LARGEST} and {LARGEST}")
    if line.vat_rate_basis_points <= LOWEST_RATE:
        raise _invalid(where + "vat_rate_basis_points", line.vat_rate_basis_points, f"above {LOWEST_RATE}")


def _check_customer(customer: Customer) -> None:
    for name in _CUSTOMER:
        short_text(getattr(customer, name), f"receipt.customer.{name}")


def _invalid(field: str, value: object, rule: str) -> Refused:
    return Refused("INVALID_VALUE", field=field, value=value, rule=rule)
