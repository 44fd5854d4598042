"""What can be rung up: articles, vouchers, tips, claims, down payments. Each is told from the others by its first field."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from branchgate.receipts.discounts import Reduction
from branchgate.register.till.values import BasisPoints, Cents, Strict, Thousandths

LONGEST_NUMBER = 40
"""Characters of a receipt's number, which is 12 + 9 + 12 at most."""

Number = Annotated[str, Field(min_length=1, max_length=LONGEST_NUMBER)]


class Off(Strict):
    """A discount or surcharge: `{"percent": "10"}` or `{"amount": "1,00"}`, with the text to print if it is not the usual one."""

    percent: BasisPoints | None = None
    amount: Cents | None = None
    text: str = Field("", max_length=60)

    @model_validator(mode="after")
    def _one_way(self) -> Off:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("either percent or amount")
        return self

    def reduction(self, *, surcharge: bool) -> Reduction:
        """What the basket understands. Raises Refused (INVALID_VALUE) for more than 100 % off."""
        return Reduction(self.amount or 0, self.percent or 0, surcharge, self.text)


class LineToSell(Strict):
    """One line: an article by number, GTIN or name; `void` takes it off again before payment.

    Without `quantity` it is one piece, or what lies on the register's scale.
    """

    article: str = Field(min_length=1)
    quantity: Thousandths | None = None
    void: bool = False
    discount: Off | None = None
    surcharge: Off | None = None


class VoucherToSell(Strict):
    """A voucher sold: single purpose with the VAT key of what it is for, multi purpose without one."""

    voucher: str = Field(min_length=1)
    amount: Cents
    vat_key: int | None = None


class VoucherToRedeem(Strict):
    """A voucher that pays; without `amount` as much as is left to pay."""

    redeem: str = Field(min_length=1)
    amount: Cents | None = None
    vat_key: int | None = None


class DownPayment(Strict):
    """Money for goods that come later."""

    down_payment: Cents
    vat_key: int
    text: str = Field("", max_length=60)


class DownPaymentToUse(Strict):
    """The down payment that was made with a receipt of the branch; without `amount` all that is left of it."""

    use_down_payment: Number
    amount: Cents | None = None
    vat_key: int | None = None

    @model_validator(mode="after")
    def _both(self) -> DownPaymentToUse:
        if (self.amount is None) != (self.vat_key is None):
            raise ValueError("amount and vat_key, or neither")
        return self


class Settlement(Strict):
    """A customer pays what he owes from an earlier receipt; without `amount` all that it left open."""

    settle: Number
    amount: Cents | None = None


class Tip(Strict):
    """A tip to the employee (not taxable), or to the employer with its VAT key."""

    tip: Cents
    to: Literal["employee", "employer"] = "employee"
    vat_key: int = 1


class Buyer(Strict):
    """Who buys; needed where something is owed."""

    id: str = Field("", max_length=50)
    name: str = Field("", max_length=50)
    kind: str = Field("Kunde", max_length=50)
    street: str = Field("", max_length=60)
    postcode: str = Field("", max_length=10)
    town: str = Field("", max_length=62)
    country: str = Field("", max_length=3)
    vat_id: str = Field("", max_length=15)


_KINDS = {
    "voucher": VoucherToSell,
    "redeem": VoucherToRedeem,
    "down_payment": DownPayment,
    "use_down_payment": DownPaymentToUse,
    "settle": Settlement,
    "tip": Tip,
}
_TAGS: dict[type, str] = {kind: f"<{name}>" for name, kind in _KINDS.items()}


def _kind(value: object) -> str:
    """The field that tells what it is; anything else is an article."""
    if isinstance(value, dict):
        return next((f"<{name}>" for name in _KINDS if name in value), "<article>")
    return _TAGS.get(type(value), "<article>")


Entry = Annotated[
    Annotated[LineToSell, Tag("<article>")]
    | Annotated[VoucherToSell, Tag("<voucher>")]
    | Annotated[VoucherToRedeem, Tag("<redeem>")]
    | Annotated[DownPayment, Tag("<down_payment>")]
    | Annotated[DownPaymentToUse, Tag("<use_down_payment>")]
    | Annotated[Settlement, Tag("<settle>")]
    | Annotated[Tip, Tag("<tip>")],
    Discriminator(_kind),
]
"""Anything that stands in the `lines` of a sale."""


def goes_back_to(entry: Entry) -> str:
    """Number of the receipt that an entry settles or whose down payment it uses; empty for any other."""
    match entry:
        case Settlement():
            return entry.settle
        case DownPaymentToUse():
            return entry.use_down_payment
        case _:
            return ""
