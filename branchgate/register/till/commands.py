"""What a till can be told: the commands of script mode, checked before anything happens.

Amounts and quantities come as people write them (`"12,50"`, `"0,486"`) and leave as integers: cents and thousandths.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from branchgate.errors import Refused
from branchgate.receipts.model import PaymentType

_DECIMAL = re.compile(r"(-?)(\d{1,9})(?:[.,](\d{1,3}))?")

CARDS = {
    "girocard": PaymentType.EC_KARTE,
    "visa": PaymentType.KREDITKARTE,
    "mastercard": PaymentType.KREDITKARTE,
    "american express": PaymentType.KREDITKARTE,
}
"""Cards by name; an unknown name is booked as UNBAR."""


def fixed_point(value: object, decimals: int) -> int:
    """A number as people write it, as an integer of 10^-decimals. Raises ValueError with the rule."""
    text = str(value).strip()
    found = _DECIMAL.fullmatch(text)
    if found is None or len(found[3] or "") > decimals:
        raise ValueError(
            f"a number with at most {decimals} decimals, for example 12{',' + '5' * decimals if decimals else ''}"
        )
    whole = int(found[2]) * 10**decimals + int((found[3] or "").ljust(decimals, "0") or 0)
    return -whole if found[1] else whole


Cents = Annotated[int, BeforeValidator(lambda value: fixed_point(value, 2))]
Thousandths = Annotated[int, BeforeValidator(lambda value: fixed_point(value, 3))]


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ref: str | int | None = None
    """Repeated in the answer."""


class LineToSell(BaseModel):
    """One line: an article by number, GTIN or name; `void` takes it off again before payment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article: str = Field(min_length=1)
    quantity: Thousandths = 1000
    void: bool = False


class Pay(BaseModel):
    """How it is paid: `{"cash": "20,00"}`, `{"cash": "exact"}`, `{"cash": "next 20"}` (rounded up to notes) or `{"card": "Visa"}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cash: str | int | None = None
    card: str | None = None

    def given_cents(self, total_cents: int) -> int:
        """The cash handed over for a total. Raises Refused (INVALID_VALUE)."""
        text = str(self.cash).strip()
        if text == "exact" or total_cents <= 0:
            return max(0, total_cents)
        note = text.removeprefix("next ") if text.startswith("next ") else None
        try:
            if note is None:
                return fixed_point(text, 2)
            step = fixed_point(note, 2)
        except ValueError as failure:
            raise Refused("INVALID_VALUE", field="pay.cash", value=self.cash, rule=str(failure)) from failure
        if step <= 0:
            raise Refused("INVALID_VALUE", field="pay.cash", value=self.cash, rule="a note of more than zero")
        return -(-total_cents // step) * step


class Sell(_Command):
    """Rings up and pays."""

    do: Literal["sell"]
    lines: tuple[LineToSell, ...] = Field(min_length=1)
    pay: Pay


class Return(_Command):
    """Takes goods back and pays out."""

    do: Literal["return"]
    lines: tuple[LineToSell, ...] = Field(min_length=1)
    pay: Pay
    receipt: str = ""
    """Number of the receipt they were sold with, if known."""


class Void(_Command):
    """Reverses a paid receipt of this till by a receipt of its own; without a number the last one."""

    do: Literal["void"]
    receipt: str = ""


class MoveCash(_Command):
    """Opening float, money put in or taken out of the drawer without goods."""

    do: Literal["float", "paid-in", "paid-out"]
    amount: Cents = Field(gt=0)
    text: str = ""


class Ask(_Command):
    """Questions and the day's end."""

    do: Literal["x", "close", "status", "articles", "print-jobs", "findings", "quit"]


class Drawer(_Command):
    """Opens the drawer without a sale."""

    do: Literal["drawer"]
    reason: str = "NO_SALE"


class PrintAgain(_Command):
    """Prints a receipt again, marked KOPIE; without a number the last one."""

    do: Literal["print"]
    receipt: str = ""


class Resolve(_Command):
    """Answers "Liegt der Bon vollständig vor?" for an uncertain print job."""

    do: Literal["resolve"]
    job: str
    complete: bool


class Wait(_Command):
    """Waits until the catalogue is current, the gateway has settled, central has, or the drawer answered."""

    do: Literal["wait"]
    for_: Literal["catalogue", "settled", "central", "drawer"] = Field(alias="for")
    timeout_ms: int = Field(30_000, ge=1)


Command = Annotated[
    Sell | Return | Void | MoveCash | Ask | Drawer | PrintAgain | Resolve | Wait, Field(discriminator="do")
]
_COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)


def parse_command(line: str) -> Command:
    """One line of a script. Raises Refused (INVALID_VALUE) naming the field, the value and the rule."""
    try:
        return _COMMANDS.validate_json(line)
    except ValidationError as failure:
        first: Any = failure.errors()[0]
        # The discriminator's tag stands in front of the fields of its command.
        place = ".".join(str(part) for part in first["loc"][1:]) or "do"
        raise Refused("INVALID_VALUE", field=place, value=first.get("input", ""), rule=first["msg"]) from failure
