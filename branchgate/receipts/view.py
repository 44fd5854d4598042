"""A receipt to look at without copying it: what the checks read, straight from the parsed bytes.

Making the frozen values of `model` out of a receipt of six lines takes three times as long as checking it, and most receipts are only
checked, journaled and passed on. A `Receipt` is a `ReceiptView` too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.receipts.model import BusinessCase, PaymentType, PriceStepType, ReceiptType
from branchgate.v1 import receipt_pb2


class PriceStepView(Protocol):
    """What the checks read of a price step; units as in `model.PriceStep`."""

    @property
    def type(self) -> int: ...
    @property
    def unit_price(self) -> int: ...


class LineView(Protocol):
    """What the checks read of a line; units as in `model.Line`."""

    @property
    def business_case(self) -> int: ...
    @property
    def quantity_thousandths(self) -> int: ...
    @property
    def unit_price(self) -> int: ...
    @property
    def gross_cents(self) -> int: ...
    @property
    def vat_key(self) -> int: ...
    @property
    def vat_rate_basis_points(self) -> int: ...
    @property
    def article_number(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def voided(self) -> bool: ...
    @property
    def line_number(self) -> int: ...
    @property
    def applies_to_line(self) -> int: ...
    @property
    def voucher_number(self) -> str: ...
    @property
    def price_steps(self) -> Sequence[PriceStepView]: ...


class VatSumView(Protocol):
    """What the checks read of a VAT sum; units as in `vat.VatSum`."""

    @property
    def vat_key(self) -> int: ...
    @property
    def vat_rate_basis_points(self) -> int: ...
    @property
    def gross_cents(self) -> int: ...
    @property
    def net_cents(self) -> int: ...
    @property
    def vat_cents(self) -> int: ...


class CustomerView(Protocol):
    """What the checks read of a customer."""

    @property
    def customer_id(self) -> str: ...
    @property
    def name(self) -> str: ...


class PaymentView(Protocol):
    """What the checks read of a payment; units as in `model.Payment`."""

    @property
    def type(self) -> int: ...
    @property
    def amount_cents(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def foreign_amount(self) -> int: ...


class TseView(Protocol):
    """What recording reads of a TSE's word: whether there is any. A parsed receipt without one has an empty one."""

    @property
    def signature(self) -> str: ...
    @property
    def failure(self) -> str: ...


class ReceiptView(Protocol):
    """What the checks read of a receipt; units as in `model.Receipt`."""

    @property
    def receipt_number(self) -> str: ...
    @property
    def running_number(self) -> int: ...
    @property
    def type(self) -> int: ...
    @property
    def type_name(self) -> str: ...
    @property
    def started_at_ms(self) -> int: ...
    @property
    def finished_at_ms(self) -> int: ...
    @property
    def user_id(self) -> str: ...
    @property
    def lines(self) -> Sequence[LineView]: ...
    @property
    def vat_sums(self) -> Sequence[VatSumView]: ...
    @property
    def payments(self) -> Sequence[PaymentView]: ...
    @property
    def total_cents(self) -> int: ...
    @property
    def cash_given_cents(self) -> int: ...
    @property
    def change_cents(self) -> int: ...
    @property
    def references(self) -> Sequence[object]: ...
    @property
    def reverses_receipt(self) -> bool: ...
    @property
    def customer(self) -> CustomerView | None: ...
    @property
    def parked_id(self) -> bytes: ...
    @property
    def tse(self) -> TseView | None: ...


TYPES = frozenset(map(int, ReceiptType))
CASES = frozenset(map(int, BusinessCase))
PAYMENT_TYPES = frozenset(map(int, PaymentType))
PRICE_STEP_TYPES = frozenset(map(int, PriceStepType))


def view_receipt(body: bytes) -> ReceiptView:
    """The receipt in an event's body. Raises Refused (RECEIPT_UNREADABLE) when the bytes do not parse or the type is unknown.

    Unknown business cases and types of payment raise the same as soon as `check_content` comes across them: to look at each line twice
    costs a fifth of all the checking.
    """
    try:
        message = receipt_pb2.Receipt.FromString(body)
    except DecodeError as failure:
        raise Refused("RECEIPT_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure)) from failure
    if message.type not in TYPES:
        raise unreadable("type", message.type, "is not a type of receipt")
    return message


def unreadable(field: str, value: int, what: str) -> Refused:
    """A number of the receipt that stands for nothing this version knows."""
    return Refused("RECEIPT_UNREADABLE", field=field, value=value, rule=f"{value} {what}")
