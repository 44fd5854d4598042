"""What a till can be told: the commands of script mode, checked before anything happens.

Amounts and quantities come as people write them (`"12,50"`, `"0,486"`) and leave as integers: cents and thousandths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from branchgate.errors import Refused
from branchgate.money import QUANTITY_UNITS
from branchgate.receipts.check import MAX_QUANTITY_THOUSANDTHS
from branchgate.receipts.model import PaymentType

_DECIMAL = re.compile(r"(-?)(\d{1,9})(?:[.,](\d{1,3}))?")
_ID_BYTES = 16

CARDS = {
    "girocard": PaymentType.EC_KARTE,
    "visa": PaymentType.KREDITKARTE,
    "mastercard": PaymentType.KREDITKARTE,
    "american express": PaymentType.KREDITKARTE,
}
"""Cards by name; an unknown name is booked as UNBAR."""


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


def _quantity(value: object) -> int:
    thousandths = fixed_point(value, 3)
    if not 0 < thousandths <= MAX_QUANTITY_THOUSANDTHS:
        # More than the gateway would find plausible is a barcode in the wrong field.
        raise ValueError(f"more than zero, at most {MAX_QUANTITY_THOUSANDTHS // QUANTITY_UNITS}")
    return thousandths


def _ref(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise ValueError("a text or a whole number")  # noqa: TRY004 (the kind that pydantic reports)
    return value


Cents = Annotated[int, BeforeValidator(_amount)]
Thousandths = Annotated[int, BeforeValidator(_quantity)]
Id = Annotated[bytes, BeforeValidator(_id)]


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ref: Annotated[str | int | None, BeforeValidator(_ref)] = None
    """Repeated in the answer."""


class LineToSell(BaseModel):
    """One line: an article by number, GTIN or name; `void` takes it off again before payment.

    Without `quantity` it is one piece, or what lies on the register's scale.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    article: str = Field(min_length=1)
    quantity: Thousandths | None = None
    void: bool = False


class Pay(BaseModel):
    """How it is paid: `{"cash": "20,00"}`, `{"cash": "exact"}`, `{"cash": "next 20"}` (rounded up to notes) or `{"card": "Visa"}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cash: str | int | None = None
    card: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Pay:
        if (self.cash is None) == (self.card is None):
            raise ValueError("either cash or card")
        if self.cash is not None:
            # Checks how it is written.
            self.given_cents(1)
        return self

    def given_cents(self, total_cents: int) -> int:
        """The cash handed over for a total; nothing when money goes out. Raises ValueError with the rule."""
        text = str(self.cash).strip()
        if text == "exact":
            return max(0, total_cents)
        if text.startswith("next "):
            note = fixed_point(text.removeprefix("next "), 2)
            if note <= 0:
                raise ValueError("a note of more than zero")
            return -(-max(0, total_cents) // note) * note
        given = fixed_point(text, 2)
        if given < 0:
            raise ValueError("not less than zero")
        return given if total_cents > 0 else 0


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
    amount: Cents
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
    job: Id
    complete: bool


class Wait(_Command):
    """Waits until the catalogue is current, the gateway has settled, central has, or the drawer answered."""

    do: Literal["wait"]
    for_: Literal["catalogue", "settled", "central", "drawer"] = Field(alias="for")
    timeout_ms: int = Field(30_000, ge=1, le=3_600_000)


Command = Annotated[
    Sell | Return | Void | MoveCash | Ask | Drawer | PrintAgain | Resolve | Wait, Field(discriminator="do")
]
_COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)

DOES = "sell, return, void, float, paid-in, paid-out, drawer, print, print-jobs, resolve, findings, articles, status, x, close, wait, quit"
MOST_SHOWN = 80


def parse_command(line: str) -> Command:
    """One line of a script. Raises Refused (INVALID_VALUE) naming the field, the value and the rule."""
    try:
        return _COMMANDS.validate_json(line)
    except ValidationError as failure:
        raise _refused(failure.errors(include_url=False)[0]) from failure


def command_of(fields: Mapping[str, object]) -> Command:
    """A command from its fields, checked like a script's line."""
    try:
        return _COMMANDS.validate_python(fields)
    except ValidationError as failure:
        raise _refused(failure.errors(include_url=False)[0]) from failure


def ref_of(line: str) -> str | int | None:
    """The `ref` of a line that could not be understood, so that its answer can still be told by it."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    ref = found.get("ref") if isinstance(found, dict) else None
    return ref if isinstance(ref, str | int) and not isinstance(ref, bool) else None


def _refused(first: Any) -> Refused:
    kind, place, found = first["type"], first["loc"], first.get("input", "")
    rule = str(first["msg"]).removeprefix("Value error, ")
    if kind == "json_invalid":
        return Refused("INVALID_VALUE", field="line", value=_shortened(found), rule=rule)
    if kind.startswith("union_tag"):
        value = found.get("do", "") if isinstance(found, dict) else found
        return Refused("INVALID_VALUE", field="do", value=_shortened(value), rule=f"one of {DOES}")
    # The command's own name stands in front of its fields.
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place[1:]).removeprefix(".")
    value = "" if kind == "missing" else _shortened(found)
    return Refused("INVALID_VALUE", field=field or "line", value=value, rule=rule)


def _shortened(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
